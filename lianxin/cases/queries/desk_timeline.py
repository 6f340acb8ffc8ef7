"""What happened to a case, in order and in words: events, messages, answers, verdicts, promises."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext

from lianxin.cases.enums import CaseState, Channel
from lianxin.cases.models import Case
from lianxin.cases.queries.desk_tree import target_name
from lianxin.handling.enums import (
    Act,
    CommitmentState,
    DispatchKind,
    Outcome,
    Part,
    Satisfaction,
    Step,
)
from lianxin.handling.models import Answer, Commitment, Event, Matter
from lianxin.web import parts
from lianxin.web.dates import cn_day

#: Acts whose answer is quoted; a delivered one was quoted when it was given.
_QUOTES = (Act.ANSWER, Act.SUBMIT)


def steps_of(case: Case) -> list[parts.Step]:
    """Newest first. Notes that only staff may read say so. No query: the page prefetched."""
    found: list[tuple[datetime, int, parts.Step]] = [(case.filed_at, 0, _filed(case))]
    for i, said in enumerate(case.messages.all()):
        who = said.person.name if said.person else gettext("Resident")
        step = parts.Step(
            title=str(said.get_kind_display()), quote=said.text, at=said.written_at, note=who
        )
        found.append((said.written_at, i, step))
    if case.state == CaseState.REFUSED and case.screened_at:
        found.append((case.screened_at, 1, _refused(case)))
    if case.matter:
        reader = _Reader(case.matter)
        found += [(e.at, 100 + e.number, reader.step(e)) for e in case.matter.events.all()]
    found.sort(key=lambda one: one[:2], reverse=True)
    return [step for _at, _number, step in found]


def last_step(case: Case) -> parts.Step:
    """What happened last: told to whoever comes too late."""
    return steps_of(case)[0]


def _filed(case: Case) -> parts.Step:
    who = case.filed_by.name if case.filed_by else ""
    channel = Channel(case.channel).label
    return parts.Step(
        title=gettext("Filed: %(channel)s") % {"channel": channel}, at=case.filed_at, note=who
    )


def _refused(case: Case) -> parts.Step:
    who = case.screened_by.name if case.screened_by else ""
    return parts.Step(
        title=str(CaseState.REFUSED.label),
        text=f"{case.refusal or ''}\n{case.refusal_note}".strip(),
        at=case.screened_at,
        note=who,
    )


class _Reader:
    """Events of one matter in words, with the answers and promises they speak of."""

    def __init__(self, matter: Matter) -> None:
        self.answers: dict[str, Answer] = {str(a.pk): a for a in matter.answers.all()}
        self.promises: dict[str, Commitment] = {str(c.pk): c for c in matter.commitments.all()}
        self.verdicts = {v.given_at: v for v in matter.verdicts.all()}

    def step(self, event: Event) -> parts.Step:
        text, quote = self._words(event)
        return parts.Step(
            title=self._title(event), text=text, quote=quote, at=event.at, note=_signed(event)
        )

    def _title(self, event: Event) -> str:
        label = str(Act(event.act).label)
        if event.act == Act.SEND and event.dispatch:
            kind = DispatchKind(event.data["kind"]).label
            part = event.data.get("part")
            named = {"kind": kind, "whom": target_name(event.dispatch), "part": Part(part).label}
            if part == Part.EACH:
                return gettext("%(kind)s: %(whom)s") % named
            return gettext("%(kind)s: %(whom)s (%(part)s)") % named
        if event.act == Act.VERDICT:
            return _named(label, Satisfaction(event.data["result"]).label)
        if event.act in (Act.STEP, Act.CONCLUDE) and event.data.get("step"):
            return _named(label, Step(event.data["step"]).label)
        if event.dispatch:
            return _named(label, target_name(event.dispatch))
        return label

    def _words(self, event: Event) -> tuple[str, str]:
        answer = self.answers.get(event.data.get("answer", ""))
        if event.act in _QUOTES and answer:
            return str(Outcome(answer.outcome).label), answer.text
        if event.act == Act.DELIVER and answer:
            return str(Outcome(answer.outcome).label), "" if answer.dispatch_id else answer.text
        if event.act == Act.SEND and event.dispatch:
            return "", event.dispatch.instruction
        if event.act == Act.VERDICT:
            verdict = self.verdicts.get(event.at)
            return "", verdict.reason if verdict else ""
        promise = self.promises.get(event.data.get("commitment", ""))
        if promise and event.act == Act.PROMISE:
            return f"{promise.what} · {cn_day(promise.until_date)}", ""
        if promise:
            return f"{CommitmentState(event.data['state']).label} · {promise.what}", event.note
        if event.act in (Act.NOTE, Act.SUPPLEMENT, Act.URGE):
            return "", event.note
        return event.note, ""


def _named(act: str, whom: object) -> str:
    return gettext("%(act)s: %(whom)s") % {"act": act, "whom": whom}


def _signed(event: Event) -> str:
    """Who did it; the clock and the resident have no name here."""
    named = [event.person.name if event.person else "", event.organ.label if event.organ else ""]
    if event.person is None:
        by_clock = event.act in (Act.REMIND, Act.MARK_OVERDUE)
        named = [gettext("by the clock") if by_clock else gettext("Resident")]
    if event.act == Act.CLOSE and event.person is None:
        named = [gettext("by itself")]
    if event.act == Act.NOTE and not event.is_public:
        named.append(gettext("internal, the resident does not see it"))
    return " · ".join(one for one in named if one)
