"""Words of places: levels of divisions, and where a calendar row comes from."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class Level(models.TextChoices):
    """Level of a division; the length of its code says the same (2, 4, 6, 9, 12 digits)."""

    PROVINCE = "province", _("province")
    PREFECTURE = "prefecture", _("prefecture")
    COUNTY = "county", _("county")
    TOWNSHIP = "township", _("township or street")
    VILLAGE = "village", _("village or community")


LEVEL_OF_LENGTH = {
    2: Level.PROVINCE,
    4: Level.PREFECTURE,
    6: Level.COUNTY,
    9: Level.TOWNSHIP,
    12: Level.VILLAGE,
}


class DaySource(models.TextChoices):
    """Who says that a day is worked or off. A local decision wins over a national notice."""

    ANNOUNCED = "announced", _("national notice of holidays")
    DECIDED = "decided", _("local decision")


class YearSource(models.TextChoices):
    """From where the holidays of a year are known."""

    PACKAGE = "package", _("national notice, came with the product")
    ANNOUNCED = "announced", _("national notice, entered here")
    ASSUMED = "assumed", _("not announced yet: weekends only, for the time being")
