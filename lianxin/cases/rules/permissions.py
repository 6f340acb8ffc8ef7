"""Who may do what to a case. *Who* only; *when* is in CASE_MOVES."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianxin.cases.models import Case
from lianxin.congress.models import Actor
from lianxin.kernel.refused import Forbidden


class NotYourDesk(Forbidden):
    message = _("Only the desk of this venue may do this.")
    code = "not_your_desk"


class NotAUnit(Forbidden):
    message = _("This page is for handling units.")
    code = "not_a_unit"


class NotADeputy(Forbidden):
    message = _("This page is for deputies whose mandate is in force.")
    code = "not_a_deputy"


class MayNotReveal(Forbidden):
    message = _("You may not see names and phone numbers of this case.")
    code = "may_not_reveal"


class MayNotHold(Forbidden):
    message = _("Only the office of the people's congress may hold a matter back from erasure.")
    code = "may_not_hold"


class MayNotPublish(Forbidden):
    message = _("You may not publish results of this venue.")
    code = "may_not_publish"


def may_register(by: Actor, desk_id: UUID, receiver_ids: Collection[UUID] = ()) -> bool:
    """People of the desk; a deputy what was said to that deputy in person."""
    return by.can("case.register", organ_id=desk_id) or by.deputy_id in receiver_ids


def check_register(by: Actor, desk_id: UUID, receiver_ids: Collection[UUID] = ()) -> None:
    if not may_register(by, desk_id, receiver_ids):
        raise NotYourDesk


def may_screen(by: Actor, case: Case) -> bool:
    return by.can("case.screen", organ_id=case.desk_id)


def check_screen(by: Actor, case: Case) -> None:
    if not may_screen(by, case):
        raise NotYourDesk


def may_reveal(by: Actor, case: Case) -> bool:
    """The venue's desk, the office above, or a deputy who has the case."""
    if by.can("case.reveal", organ_id=case.desk_id):
        return True
    if by.can_in("matter.supervise", case.division_code) and by.can_in(
        "case.reveal", case.division_code
    ):
        return True
    return bool(
        by.deputy_id
        and case.matter
        and case.matter.dispatches.filter(to_deputy_id=by.deputy_id).exists()
    )


def check_reveal(by: Actor, case: Case) -> None:
    if not may_reveal(by, case):
        raise MayNotReveal


def may_hold(by: Actor, case: Case) -> bool:
    """The office of the division: whoever supervises there."""
    return by.can_in("matter.supervise", case.division_code)


def check_hold(by: Actor, case: Case) -> None:
    if not may_hold(by, case):
        raise MayNotHold


def may_publish(by: Actor, case: Case) -> bool:
    return by.can("case.publish", organ_id=case.desk_id) or (
        by.can_in("matter.supervise", case.division_code)
        and by.can_in("case.publish", case.division_code)
    )


def check_publish(by: Actor, case: Case) -> None:
    if not may_publish(by, case):
        raise MayNotPublish
