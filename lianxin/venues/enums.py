"""The venues' words."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class VenueKind(TextChoices):
    """Kinds of venue in which deputies meet residents."""

    HOME = "home", _("Deputies' home")
    STATION = "station", _("Work station")
    ROOM = "room", _("Liaison room")
    AREA_ROOM = "area_room", _("Area liaison room")
    SPECIALISED = "specialised", _("Specialised deputies' station")
    PRACTICE_BASE = "practice_base", _("Practice base")


class TextKind(TextChoices):
    """Texts on the wall of a venue."""

    ABOUT = "about", _("About the venue")
    ORGANISATION = "organisation", _("Organisation")
    RULE = "rule", _("Rule of work")


class PartnerKind(TextChoices):
    """Who works with a specialised station beside its deputies."""

    SPECIALIST = "specialist", _("Specialist")
    INSTITUTE = "institute", _("Institute")
    ORGAN = "organ", _("Department")


class ActivityState(TextChoices):
    PLANNED = "planned", _("Announced")
    HELD = "held", _("Held")
    CANCELLED = "cancelled", _("Cancelled")


ACTIVITY_MOVES: dict[str, dict[str, str]] = {
    ActivityState.PLANNED: {"hold": ActivityState.HELD, "cancel": ActivityState.CANCELLED},
    ActivityState.HELD: {},
    ActivityState.CANCELLED: {},
}


class BoardForm(TextChoices):
    """Forms of one text on paper."""

    A3 = "a3", _("Poster, A3")
    A2 = "a2", _("Poster, A2")
    LARGE = "large", _("Poster in large print, A2")
    BILINGUAL = "bilingual", _("Poster in two languages, A3")
    CARDS = "cards", _("Cards of the deputies, A4")
