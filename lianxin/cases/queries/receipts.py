"""What the slip shows that somebody takes home: the code, the way to it, how the matter stands."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.conf import settings

from lianxin.cases.models import Case
from lianxin.cases.queries.acts import ActLink, acts_for, href_of
from lianxin.cases.queries.desk_case import case_for
from lianxin.congress.models import Actor
from lianxin.places.queries import path


@dataclass(frozen=True, slots=True)
class Slip:
    """`link` is the whole address behind the QR code; `act` what the desk does next, if anything."""

    code: str
    case: Case
    place: str
    link: str
    act: ActLink | None


def slip_of(actor: Actor, case_id: UUID, code: str) -> Slip:
    """The slip of a matter just registered. The code is stored nowhere: it is shown this once."""
    case = case_for(actor, case_id)
    return Slip(
        code=code,
        case=case,
        place=path(case.division_code),
        link=f"{settings.PUBLIC_URL}{track_address(code)}",
        act=next((act for act in acts_for(actor, case) if act.leads), None),
    )


def track_address(code: str) -> str:
    return href_of("cases:track", code) or f"/t/{code}/"
