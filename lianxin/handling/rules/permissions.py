"""Who may do what to a matter or a dispatch. *Who* only; *when* is in the tables of moves.

`may_x` answers, `check_x` raises Forbidden with a sentence; both on one implementation.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.handling.models import Dispatch, Matter
from lianxin.kernel.refused import Forbidden


class NotYourMatter(Forbidden):
    message = _("Only the office that owns this matter may do this.")
    code = "not_your_matter"


class NotYourDispatch(Forbidden):
    message = _("Only the one to whom this was handed may do this.")
    code = "not_your_dispatch"


class NotASupervisor(Forbidden):
    message = _("Only an office with the right to supervise here may do this.")
    code = "not_a_supervisor"


class MayNotApprove(Forbidden):
    message = _("Only the head of the unit may approve its answers.")
    code = "may_not_approve"


def may_own(by: Actor, matter: Matter) -> bool:
    """The desk that owns the matter: dispatches, accepts answers, answers the asker."""
    return by.can("matter.dispatch", organ_id=matter.owner_id)


def may_supervise(by: Actor, matter: Matter) -> bool:
    """A congress office, presidium or street committee of the division or above (督办)."""
    return by.can_in("matter.supervise", matter.division_code)


def may_steer(by: Actor, matter: Matter) -> bool:
    """The owner or the office above it."""
    return may_own(by, matter) or may_supervise(by, matter)


def may_hold(by: Actor, dispatch: Dispatch) -> bool:
    """The deputy addressed, or somebody of the organ addressed."""
    if dispatch.to_deputy_id:
        return by.deputy_id == dispatch.to_deputy_id
    organ = dispatch.to_organ_id
    return any(by.can(ability, organ_id=organ) for ability in ("matter.sign", "matter.dispatch"))


def may_record(by: Actor, dispatch: Dispatch) -> bool:
    """The holder; or the owner's desk, writing down what came by phone, letter or in a talk."""
    return may_hold(by, dispatch) or may_own(by, dispatch.matter)


def may_approve(by: Actor, dispatch: Dispatch) -> bool:
    return by.can("matter.approve", organ_id=dispatch.to_organ_id)


def may_judge(by: Actor, dispatch: Dispatch) -> bool:
    """Who takes an answer or decides on more time: the sender; supervision is judged by its opener."""
    if dispatch.from_deputy_id and by.deputy_id == dispatch.from_deputy_id:
        return True
    if dispatch.kind == "supervise":
        return by.can("matter.supervise", organ_id=dispatch.from_organ_id)
    return may_steer(by, dispatch.matter)


def may_press(by: Actor, dispatch: Dispatch) -> bool:
    """Reminders (催办): the owner, the office above, and a deputy who has or sent the matter."""
    matter = dispatch.matter
    if by.deputy_id and by.deputy_id in (dispatch.from_deputy_id, dispatch.to_deputy_id):
        return True
    if by.deputy_id and matter.dispatches.filter(to_deputy_id=by.deputy_id).exists():
        return True
    return may_steer(by, matter)


def may_note(by: Actor, matter: Matter) -> bool:
    """The owner, the office above, and whoever has or had a dispatch of the matter."""
    if may_steer(by, matter):
        return True
    held = Q(to_organ_id__in=by.organ_ids)
    if by.deputy_id:
        held |= Q(to_deputy_id=by.deputy_id) | Q(from_deputy_id=by.deputy_id)
    return matter.dispatches.filter(held).exists()


T = TypeVar("T")


def _checker(
    allowed: Callable[[Actor, T], bool], refusal: type[Forbidden]
) -> Callable[[Actor, T], None]:
    def check(by: Actor, thing: T) -> None:
        if not allowed(by, thing):
            raise refusal

    return check


check_own = _checker(may_own, NotYourMatter)
check_steer = _checker(may_steer, NotYourMatter)
check_supervise = _checker(may_supervise, NotASupervisor)
check_hold = _checker(may_hold, NotYourDispatch)
check_record = _checker(may_record, NotYourDispatch)
check_approve = _checker(may_approve, MayNotApprove)
check_judge = _checker(may_judge, NotYourMatter)
check_note = _checker(may_note, NotYourMatter)
check_press = _checker(may_press, NotYourMatter)
