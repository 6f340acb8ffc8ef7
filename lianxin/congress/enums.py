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


#: What the journal's acts on accounts and posts are called for the auditor.
WATCHED_ACTS = {
    "people.person.create": _("Person registered"),
    "people.person.change": _("Person's data changed"),
    "people.account.create": _("Account opened"),
    "people.account.close": _("Account closed"),
    "people.account.reopen": _("Account opened again"),
    "people.account.sign-in": _("Signed in"),
    "people.password.set": _("Password set"),
    "people.password.link": _("Link to set a password given"),
    "people.second-factor.reset": _("Second factor reset"),
    "people.code-app.add": _("App with codes set up"),
    "people.code-app.remove": _("App with codes removed"),
    "people.passkey.add": _("Passkey added"),
    "people.passkey.remove": _("Passkey removed"),
    "people.recovery-codes.make": _("Recovery codes made"),
    "people.recovery-code.use": _("Recovery code used"),
    "people.session.end": _("Signed out on other devices"),
    "people.identity.link": _("Sign-in elsewhere linked"),
    "people.identity.unlink": _("Sign-in elsewhere unlinked"),
    "congress.post.give": _("Post given"),
    "congress.post.withdraw": _("Post withdrawn early"),
    "congress.absence.set": _("Absence entered"),
    "congress.absence.cancel": _("Absence taken back"),
}
