"""The table of acts: who may, when it makes sense, how strongly it leads.

Nothing is decided here that a service does not check again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import CASE_MOVES, CaseState, PublicationState
from lianxin.cases.models import Case
from lianxin.cases.rules import permissions
from lianxin.congress.models import Actor
from lianxin.handling.enums import (
    DISPATCH_MOVES,
    MATTER_MOVES,
    Act,
    DispatchKind,
    DispatchState,
    ExtensionState,
    MatterState,
)
from lianxin.handling.models import Dispatch
from lianxin.handling.rules import permissions as handling
from lianxin.kernel.moves import possible


@dataclass(frozen=True, slots=True)
class ActRule:
    """Who may (`may`), when it makes sense (`when`), and how strongly it leads (0: never)."""

    code: str
    label: Promise | str
    url: str
    may: Callable[[Actor, Case], bool]
    when: Callable[[Case], bool]
    lead: int = 0


@dataclass(frozen=True, slots=True)
class DispatchRule:
    """The same for one dispatch of the case."""

    code: str
    label: Promise | str
    url: str
    may: Callable[[Actor, Dispatch], bool]
    when: Callable[[Dispatch], bool]
    lead: int = 0


def _screens(by: Actor, case: Case) -> bool:
    return permissions.may_screen(by, case)


def _owns(by: Actor, case: Case) -> bool:
    return case.matter is not None and handling.may_own(by, case.matter)


def _steers(by: Actor, case: Case) -> bool:
    return case.matter is not None and handling.may_steer(by, case.matter)


def _supervises(by: Actor, case: Case) -> bool:
    return case.matter is not None and handling.may_supervise(by, case.matter)


def _takes_part(by: Actor, case: Case) -> bool:
    """The desk, the office above, and whoever has or had it: all may leave a note."""
    if case.matter is None:
        return False
    return handling.may_steer(by, case.matter) or any(
        handling.may_hold(by, d) or (by.deputy_id and by.deputy_id == d.from_deputy_id)
        for d in case.matter.dispatches.all()
    )


def publishes(by: Actor, case: Case) -> bool:
    return permissions.may_publish(by, case)


def _case_knows(action: str) -> Callable[[Case], bool]:
    return lambda case: possible(CASE_MOVES, case.state, action)


def _matter_knows(action: str) -> Callable[[Case], bool]:
    return lambda case: (
        case.matter is not None and possible(MATTER_MOVES, case.matter.state, action)
    )


def _is_handled(case: Case) -> bool:
    matter = case.matter
    return matter is not None and matter.state in (MatterState.OPEN, MatterState.ANSWERED)


def _lacks_holder(case: Case) -> bool:
    return case.matter is not None and case.matter.state == MatterState.OPEN


def can_close(case: Case) -> bool:
    return bool(case.matter and case.matter.state == MatterState.ANSWERED and not case.matter.owing)


def _can_pause(case: Case) -> bool:
    return bool(
        case.matter and case.matter.state == MatterState.OPEN and case.matter.paused_at is None
    )


def _is_paused(case: Case) -> bool:
    return bool(case.matter and case.matter.paused_at is not None)


def _is_published(case: Case) -> bool:
    row = getattr(case, "publication", None)
    return bool(row and row.state == PublicationState.PUBLISHED)


def can_publish(case: Case) -> bool:
    answered = bool(case.matter and case.matter.answered_at)
    return answered and case.may_publish and not case.is_sensitive and not _is_published(case)


def _holds_back(by: Actor, case: Case) -> bool:
    return permissions.may_hold(by, case)


def _is_live(case: Case) -> bool:
    return case.state in (CaseState.FILED, CaseState.ASKED_BACK, CaseState.ACCEPTED)


CASE_RULES = (
    ActRule("accept", _("Accept"), "cases:case-accept", _screens, _case_knows("accept"), 60),
    ActRule("ask-back", _("Ask the resident"), "cases:case-ask-back", _screens, _case_knows("ask_back")),
    ActRule("refuse", _("Refuse"), "cases:case-refuse", _screens, _case_knows("refuse")),
    ActRule("assign", _("Assign"), "cases:case-assign", _owns, _lacks_holder, 40),
    ActRule("share", _("Share out"), "cases:case-share", _owns, _lacks_holder, 39),
    ActRule("transfer", _("Transfer"), "cases:case-transfer", _owns, _lacks_holder, 38),
    ActRule("answer", _("Answer the resident"), "cases:case-answer", _owns, _is_handled, 30),
    ActRule("supervise", _("Supervise"), "cases:supervise", _supervises, _is_handled, 34),
    ActRule("close", _("Close"), "cases:case-close", _owns, can_close, 20),
    ActRule("publish", _("Publish"), "cases:case-publish", publishes, can_publish, 10),
    ActRule("take-back", _("Take back what was published"), "cases:case-take-back", publishes, _is_published),
    ActRule("resume", _("Let the clock run again"), "cases:case-resume", _owns, _is_paused, 35),
    ActRule("pause", _("Stop the clock"), "cases:case-pause", _owns, _can_pause),
    ActRule("reopen", _("Handle again"), "cases:case-reopen", _steers, _matter_knows(Act.REOPEN)),
    ActRule("second-look", _("Second look"), "cases:case-second-look", _steers, _matter_knows(Act.REOPEN)),
    ActRule("describe", _("Title and category"), "cases:case-describe", _screens, _is_live),
    ActRule("note", _("Make a note"), "cases:case-note", _takes_part, lambda case: bool(case.matter)),
    ActRule("merge", _("Merge"), "cases:case-merge", _screens, _case_knows("merge")),
    ActRule("split", _("Split off"), "cases:case-split", _screens, _is_live),
    ActRule("link", _("Link"), "cases:case-link", _screens, lambda case: True),
    ActRule("withdraw", _("Withdraw"), "cases:case-withdraw", _screens, _case_knows("withdraw")),
    ActRule("hold", _("Keep from erasure"), "cases:case-hold", _holds_back, lambda case: not case.is_held),
    ActRule("lift", _("Allow erasure again"), "cases:case-lift", _holds_back, lambda case: case.is_held),
)  # fmt: skip


def _knows(action: str) -> Callable[[Dispatch], bool]:
    return lambda d: possible(DISPATCH_MOVES, d.state, action)


def _is_common(d: Dispatch) -> bool:
    return d.kind != DispatchKind.SUPERVISE


def _wants_time(d: Dispatch) -> bool:
    asked = getattr(d, "extension", None)
    return bool(asked and asked.state == ExtensionState.ASKED and _knows(Act.GRANT_EXTENSION)(d))


def _can_ask_time(d: Dispatch) -> bool:
    return _knows(Act.ASK_EXTENSION)(d) and getattr(d, "extension", None) is None


def _writes_down(by: Actor, d: Dispatch) -> bool:
    """The desk, for whoever has no hands of its own here: a platform, a caller, a letter."""
    return handling.may_own(by, d.matter) and not handling.may_hold(by, d)


def _hands_on(by: Actor, d: Dispatch) -> bool:
    return bool(d.to_deputy_id) and by.deputy_id == d.to_deputy_id


def _steers_it(by: Actor, d: Dispatch) -> bool:
    return handling.may_judge(by, d)


def _can_answer(d: Dispatch) -> bool:
    return d.state in (DispatchState.SENT, DispatchState.SIGNED)


DISPATCH_RULES = (
    DispatchRule("sign", _("Sign for it"), "cases:dispatch-sign", handling.may_hold, _knows(Act.SIGN), 90),
    DispatchRule("approve", _("Approve the answer"), "cases:dispatch-approve", handling.may_approve, _knows(Act.APPROVE), 88),
    DispatchRule("dispatch-answer", _("Answer"), "cases:dispatch-answer", handling.may_hold, _can_answer, 85),
    DispatchRule("pass-on", _("Pass on to a unit"), "cases:dispatch-pass-on", _hands_on, _can_answer),
    DispatchRule("return", _("Return"), "cases:dispatch-return", handling.may_hold, lambda d: _can_answer(d) and not d.to_deputy_id),
    DispatchRule("extend", _("Ask for more time"), "cases:dispatch-extend", handling.may_hold, lambda d: _can_ask_time(d) and not d.to_deputy_id),
    DispatchRule("take", _("Take the answer"), "cases:case-take", _steers_it, lambda d: _is_common(d) and _knows(Act.ACCEPT)(d), 80),
    DispatchRule("rework", _("Send back for rework"), "cases:case-rework", _steers_it, lambda d: _is_common(d) and _knows(Act.REWORK)(d)),
    DispatchRule("decide", _("Decide on more time"), "cases:case-decide", _steers_it, _wants_time, 75),
    DispatchRule("remind", _("Remind"), "cases:case-remind", handling.may_press, lambda d: _is_common(d) and _knows(Act.REMIND)(d), 32),
    DispatchRule("write-down", _("Write down an answer"), "cases:case-write-down", _writes_down, lambda d: _is_common(d) and _can_answer(d)),
    DispatchRule("recall", _("Call back"), "cases:case-recall", _steers_it, lambda d: _is_common(d) and _knows(Act.RECALL)(d)),
)  # fmt: skip
