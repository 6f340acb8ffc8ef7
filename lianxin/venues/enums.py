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
