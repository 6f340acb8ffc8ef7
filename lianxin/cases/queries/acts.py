"""Which acts are offered to whom: rule × state, for the case's page and for the lists alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import CaseState
from lianxin.cases.models import Case
from lianxin.cases.queries.act_rules import (
    CASE_RULES,
    DISPATCH_RULES,
    ActRule,
    DispatchRule,
    can_close,
    can_publish,
    publishes,
)
from lianxin.congress.models import Actor
from lianxin.handling.enums import RUNNING, CommitmentState, MatterState
from lianxin.handling.models import Commitment, Dispatch, FollowUp
from lianxin.handling.rules import permissions as handling
from lianxin.kernel.refused import Forbidden


@dataclass(frozen=True, slots=True)
class ActLink:
    """One act, as a button: `leads` marks the one that moves the case on."""

    code: str
    label: Promise | str
    href: str
    leads: bool = False
    dispatch_id: UUID | None = None
    #: Needs no word: one press does it.
    is_post: bool = False


_BY_CODE: dict[str, ActRule] = {rule.code: rule for rule in CASE_RULES}
_OF_DISPATCH: dict[str, DispatchRule] = {rule.code: rule for rule in DISPATCH_RULES}


def href_of(name: str, key: UUID | str) -> str:
    """The address, or nothing where this installation has no such page."""
    try:
        return reverse(name, args=(key,))
    except NoReverseMatch:
        return ""


def label_of(code: str) -> Promise | str:
    """The name of an act, as on its button."""
    rule = _BY_CODE.get(code) or _OF_DISPATCH[code]
    return rule.label


def check_may(actor: Actor, case: Case, code: str) -> None:
    """Whether the actor's posts allow the act on this case at all. Raises Forbidden."""
    if not _BY_CODE[code].may(actor, case):
        raise Forbidden


def is_possible(case: Case, code: str) -> bool:
    """Whether the state of the case knows the act now."""
    return _BY_CODE[code].when(case)


def check_may_on(actor: Actor, dispatch: Dispatch, code: str) -> None:
    if not _OF_DISPATCH[code].may(actor, dispatch):
        raise Forbidden


def is_possible_on(dispatch: Dispatch, code: str) -> bool:
    return _OF_DISPATCH[code].when(dispatch)


def dispatch_acts(actor: Actor, dispatch: Dispatch) -> list[ActLink]:
    """What the actor may do to one dispatch now."""
    found = []
    for rule in DISPATCH_RULES:
        if rule.when(dispatch) and rule.may(actor, dispatch):
            href = href_of(rule.url, dispatch.pk)
            if href:
                found.append(
                    ActLink(
                        rule.code,
                        rule.label,
                        href,
                        dispatch_id=dispatch.pk,
                        is_post=rule.code == "sign",
                    )
                )
    return found


def acts_for(actor: Actor, case: Case) -> list[ActLink]:
    """Every act offered on a case, the leading one first. No query when the page prefetched."""
    ranked: list[tuple[int, ActLink]] = []
    dispatches = list(case.matter.dispatches.all()) if case.matter else []
    for dispatch in dispatches:
        for link in dispatch_acts(actor, dispatch):
            ranked.append((_OF_DISPATCH[link.code].lead, link))
    held = any(d.owes_answer and d.state in RUNNING for d in dispatches)
    for rule in CASE_RULES:
        if not (rule.when(case) and rule.may(actor, case)):
            continue
        href = href_of(rule.url, case.pk)
        lead = 0 if held and rule.code in ("assign", "share", "transfer", "answer") else rule.lead
        if href:
            ranked.append((lead, ActLink(rule.code, rule.label, href)))
    ranked += [(70, link) for link in _looks_back(actor, case)]
    ranked.sort(key=lambda pair: -pair[0])
    return [replace(link, leads=i == 0 and lead > 0) for i, (lead, link) in enumerate(ranked)]


def _looks_back(actor: Actor, case: Case) -> list[ActLink]:
    """Follow-ups and promises that wait for a look."""
    if case.matter is None or not handling.may_steer(actor, case.matter):
        return []
    found: list[FollowUp | Commitment] = [
        *(f for f in case.matter.follow_ups.all() if f.done_at is None),
        *(c for c in case.matter.commitments.all() if c.state == CommitmentState.OPEN),
    ]
    return [look_back(one) for one in found]


def look_back(one: FollowUp | Commitment) -> ActLink:
    if isinstance(one, FollowUp):
        return ActLink("follow-up", _("Follow up"), href_of("cases:case-follow-up", one.pk))
    return ActLink("commitment", _("Check the promise"), href_of("cases:case-commitment", one.pk))


def next_act(actor: Actor, case: Case) -> ActLink | None:
    """The one act of a row of a list, from the row and its annotations alone (queries.desk)."""
    if case.state == CaseState.FILED:
        return _of_case("accept", case)
    if case.matter is None:
        return None
    matter = case.matter
    for code, key in (("take", "judge_id"), ("decide", "extension_id")):
        wanted = getattr(case, key, None)
        if wanted:
            return ActLink(code, _OF_DISPATCH[code].label, href_of(_OF_DISPATCH[code].url, wanted))
    if matter.state == MatterState.OPEN:
        if not matter.owing:
            return _of_case("share" if case.deputy_id else "assign", case)
        running = getattr(case, "running_id", None)
        if running:
            return ActLink(
                "remind", _OF_DISPATCH["remind"].label, href_of("cases:case-remind", running)
            )
    if can_close(case):
        return _of_case("close", case)
    if can_publish(case) and publishes(actor, case):
        return _of_case("publish", case)
    return None


def _of_case(code: str, case: Case) -> ActLink:
    rule = _BY_CODE[code]
    return ActLink(code, rule.label, href_of(rule.url, case.pk), leads=rule.lead > 0)
