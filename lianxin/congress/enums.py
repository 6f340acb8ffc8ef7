"""The congress's words, and the moves of a mandate."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Level(TextChoices):
    """The five levels of people's congresses (代表法 2)."""

    NATIONAL = "national", _("National")
    PROVINCE = "province", _("Province")
    PREFECTURE = "prefecture", _("Prefecture or city")
    COUNTY = "county", _("County or district")
    TOWNSHIP = "township", _("Township or town")


class OrganKind(TextChoices):
    """Everybody who can hold a matter, except a deputy."""

    UNIT = "unit", _("Handling unit")
    CONGRESS_OFFICE = "congress_office", _("Deputy affairs office of a standing committee")
    PRESIDIUM = "presidium", _("Presidium of a township congress")
    STREET_COMMITTEE = "street_committee", _("Congress working committee of a street")
    VENUE_DESK = "venue_desk", _("Desk of a venue")
    PLATFORM = "platform", _("Outside platform")
    OPERATOR = "operator", _("Operator of this installation")


#: Organs that may open a supervision (督办): 代工委, 主席团 and 街道人大工委.
SUPERVISING = frozenset(
    {OrganKind.CONGRESS_OFFICE, OrganKind.PRESIDIUM, OrganKind.STREET_COMMITTEE}
)


class MandateState(TextChoices):
    ACTIVE = "active", _("In office")
    SUSPENDED = "suspended", _("Duties suspended")
    ENDED = "ended", _("Mandate ended")


class EndReason(TextChoices):
    """Grounds on which a mandate ends (代表法 62; 选举法 50-57)."""

    TERM_OVER = "term_over", _("Term is over")
    MOVED = "moved", _("Moved out of the area")
    RESIGNED = "resigned", _("Resignation accepted")
    ABSENT_TWICE = "absent_twice", _("Two sessions missed without leave")
    RECALLED = "recalled", _("Recalled from office")
    NATIONALITY = "nationality", _("Lost nationality")
    RIGHTS = "rights", _("Deprived of political rights")
    CAPACITY = "capacity", _("Lost legal capacity")
    DECEASED = "deceased", _("Deceased")


class SuspendGround(TextChoices):
    """Grounds on which a deputy's duties are suspended (代表法 61)."""

    DETAINED = "detained", _("Detained or on trial in a criminal case")
    SERVING = "serving", _("Serving a sentence without loss of political rights")


#: 代表法 61 (suspension, restored when its ground ends), 62 and 63 (end, announced).
MANDATE_MOVES: dict[str, dict[str, str]] = {
    MandateState.ACTIVE: {"suspend": MandateState.SUSPENDED, "end": MandateState.ENDED},
    MandateState.SUSPENDED: {"restore": MandateState.ACTIVE, "end": MandateState.ENDED},
    MandateState.ENDED: {},
}
