"""The head of a tracking page: who has it, since when, what they owe until when, who is next."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from lianxin.cases.enums import CaseState
from lianxin.cases.models import Case
from lianxin.congress.queries import supervisor_of
from lianxin.handling.enums import CommitmentState, MatterState
from lianxin.handling.models import Matter
from lianxin.handling.queries import matters
from lianxin.places.queries import work_calendar
from lianxin.web.dates import cn_day, cn_short
from lianxin.web.parts import Custody, Fact, Tone


def card(root: Case, matter: Matter | None, *, at: datetime) -> Custody:
    """The card of the case that speaks; `matter` with dispatches and commitments prefetched."""
    if root.state in (CaseState.FILED, CaseState.ASKED_BACK):
        return _screening(root, at=at)
    if matter is None or root.state in (CaseState.REFUSED, CaseState.WITHDRAWN):
        return _over(root)
    if matter.state == MatterState.OPEN:
        return _open(root, matter, at=at)
    return _answered(root, matter)


def state_words(root: Case, matter: Matter | None) -> str:
    """How the case stands, in the words of the card's head."""
    if root.state == CaseState.ASKED_BACK or (matter and matter.paused_at):
        return _("Waiting for your reply")
    if root.state == CaseState.FILED:
        return _("Waiting to be accepted")
    if root.state == CaseState.REFUSED and root.refusal_id:
        return _("Not accepted, with reason")
    if matter is None or root.state in (CaseState.REFUSED, CaseState.WITHDRAWN):
        return str(CaseState(root.state).label)
    if matter.state == MatterState.OPEN:
        return _("Being handled again") if matter.round > 1 else _("Being handled")
    return _("Closed") if matter.state == MatterState.CLOSED else _("Answered: please judge")


def _screening(root: Case, *, at: datetime) -> Custody:
    asked = root.state == CaseState.ASKED_BACK
    venue = root.venue.name
    facts = [Fact(question=_("Who has it now"), answer=_("You") if asked else venue)]
    if asked:
        facts[0] = Fact(
            question=_("Who has it now"),
            answer=_("You"),
            note=_("%(venue)s has a question") % {"venue": venue},
        )
        return Custody(state=state_words(root, None), tone="warn", facts=facts)
    facts.append(Fact(question=_("Since when"), answer=cn_short(root.filed_at)))
    if root.screen_due_at:
        by = _("By %(day)s: accept it, or say why not and where to go") % {
            "day": cn_day(root.screen_due_at)
        }
        facts.append(Fact(question=_("What they owe you"), answer=by))
    facts += _next(root)
    due, tone = _left(root, root.screen_due_at, at)
    return Custody(state=state_words(root, None), tone=tone, due=due, facts=facts)


def _open(root: Case, matter: Matter, *, at: datetime) -> Custody:
    held = matters.custody(matter)
    facts = [
        Fact(
            question=_("Who has it now"),
            answer=_("Deputy %(name)s") % {"name": held.holder} if held.is_deputy else held.holder,
            note=" · ".join(_beside(matter, held.assisting)),
        )
    ]
    if held.since:
        since = cn_short(held.since)
        facts.append(Fact(question=_("Since when"), answer=since, note=_signed(matter, held.since)))
    if held.is_paused:
        facts.append(Fact(question=_("What they owe you"), answer=_("They wait for your reply")))
        return Custody(state=_("Waiting for your reply"), tone="warn", facts=facts)
    if held.due_at:
        owed = _("An answer by %(day)s") % {"day": cn_day(held.due_at)}
        facts.append(Fact(question=_("What they owe you"), answer=owed))
    facts += _next(root)
    due, tone = _left(root, held.due_at, at)
    return Custody(state=state_words(root, matter), tone=tone, due=due, facts=facts)


def _beside(matter: Matter, assisting: tuple[str, ...]) -> list[str]:
    """Who else is at it: assisting units, and the deputy who passed it on and follows."""
    words = [_("Assisting: %(names)s") % {"names": "、".join(assisting)}] if assisting else []
    followers = {
        d.from_deputy.name for d in matter.dispatches.all() if d.from_deputy and d.is_running
    }
    words += [_("Deputy %(name)s follows it") % {"name": name} for name in sorted(followers)]
    return words


def _signed(matter: Matter, since: datetime) -> str:
    """Whether the holder has signed for it, told from the dispatch that made it the holder."""
    for dispatch in matter.dispatches.all():
        if dispatch.is_running and dispatch.signed_at == since:
            return _("signed for")
        if dispatch.is_running and dispatch.sent_at == since:
            return _("handed over, not signed for yet")
    return ""


def _answered(root: Case, matter: Matter) -> Custody:
    """Answered is not done: open promises stay in sight."""
    closed = matter.state == MatterState.CLOSED
    facts = [Fact(question=_("Who answers for it"), answer=root.venue.name)]
    if matter.answered_at:
        facts.append(Fact(question=_("Answered on"), answer=cn_short(matter.answered_at)))
    open_ones = [c for c in matter.commitments.all() if c.state == CommitmentState.OPEN]
    for promise in open_ones:
        facts.append(
            Fact(
                question=_("Still promised"),
                answer=_("By %(day)s") % {"day": cn_day(promise.until_date)},
                note=f"{promise.organ.name} · {promise.what}",
            )
        )
    state = _("Answered, promise still open") if open_ones else state_words(root, matter)
    tone: Tone = "info" if open_ones or not closed else "good"
    return Custody(state=state, tone=tone, facts=facts)


def _over(root: Case) -> Custody:
    if root.state == CaseState.REFUSED and root.refusal:
        phone = root.refusal.phone
        facts = [
            Fact(question=_("Why"), answer=str(root.refusal), note=root.refusal_note),
            Fact(question=_("The right door"), answer=root.refusal.right_door, note=phone),
        ]
        return Custody(state=state_words(root, None), tone="warn", facts=facts)
    facts = [Fact(question=_("Reported at"), answer=root.venue.name)]
    return Custody(state=state_words(root, None), tone="neutral", facts=facts)


def _next(root: Case) -> list[Fact]:
    """Who takes it up when the date is missed: said before it happens."""
    office = supervisor_of(root.desk)
    if office is None:
        return []
    return [
        Fact(
            question=_("If nothing comes by then"),
            answer=_("%(office)s presses") % {"office": office.name},
            note=_("By itself; you see it here"),
        )
    ]


def _left(root: Case, due_at: datetime | None, at: datetime) -> tuple[str, Tone]:
    """(还剩 2 个工作日, tone) of a due time; the calendar is the division's."""
    if due_at is None:
        return "", "neutral"
    left = work_calendar(root.division_code).left(at, due_at)
    tone: Tone = "bad" if left.overdue else "warn" if left.days <= 2 else "info"
    return str(left), tone
