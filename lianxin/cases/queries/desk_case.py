"""One case with all that its staff page shows, for whoever may see it; a fixed number of queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext

from lianxin.cases.enums import CaseState
from lianxin.cases.models import Case, CaseLink, LegalHold, Message, Reveal, Voice
from lianxin.cases.queries.cases import by_phone, visible_to
from lianxin.cases.rules.permissions import may_reveal
from lianxin.congress.models import Actor
from lianxin.congress.queries import supervisor_of
from lianxin.handling.enums import Act, MatterState
from lianxin.handling.models import Commitment, Dispatch, FollowUp, Matter
from lianxin.handling.queries.matters import custody, full
from lianxin.kernel import search
from lianxin.kernel.phones import mask_name, mask_phone
from lianxin.kernel.refused import Absent
from lianxin.places.queries import Calendars
from lianxin.web.dates import cn_short, near
from lianxin.web.parts import Custody, Fact, Tone


@dataclass(frozen=True, slots=True)
class VoiceLine:
    """A voice with its contact masked; the reveals of it, newest first."""

    id: UUID
    kind: str
    name: str
    phone: str
    has_home: bool
    joined_at: datetime
    reveals: tuple[Reveal, ...]

    @property
    def has_contact(self) -> bool:
        return bool(self.name or self.phone or self.has_home)


def case_for(actor: Actor, case_id: UUID) -> Case:
    """The case with its matter's dispatches and open ends, if the actor may see it.

    Raises Absent: what is not there and what is not meant for the actor look the same.
    """
    case = (
        visible_to(actor)
        .select_related(
            "desk", "venue", "category", "grid", "refusal", "deputy__person", "publication",
            "filed_by", "screened_by", "merged_into",
        )
        .prefetch_related(
            Prefetch("voices", Voice.objects.order_by("joined_at", "id").prefetch_related(
                Prefetch("reveals", Reveal.objects.select_related("person", "organ"))
            )),
            Prefetch("messages", Message.objects.select_related("person")),
            Prefetch("links", CaseLink.objects.select_related("other")),
            Prefetch("linked_from", CaseLink.objects.select_related("case")),
            Prefetch("holds", LegalHold.objects.select_related("set_by")),
        )
        .filter(pk=case_id)
        .first()
    )  # fmt: skip
    if case is None:
        raise Absent
    if case.matter_id:
        matter = full(case.matter_id, actor)
        if matter is None:
            raise Absent
        for dispatch in matter.dispatches.all():
            dispatch.matter = matter
        case.matter = matter
    return case


def case_of_dispatch(actor: Actor, dispatch_id: UUID) -> tuple[Case, Dispatch]:
    """A dispatch with its case. Raises Absent."""
    return _found_by(actor, Dispatch.objects.filter(pk=dispatch_id), "dispatches", dispatch_id)


def case_of_follow_up(actor: Actor, row_id: UUID) -> tuple[Case, FollowUp]:
    return _found_by(actor, FollowUp.objects.filter(pk=row_id), "follow_ups", row_id)


def case_of_commitment(actor: Actor, row_id: UUID) -> tuple[Case, Commitment]:
    return _found_by(actor, Commitment.objects.filter(pk=row_id), "commitments", row_id)


def case_of_voice(actor: Actor, voice_id: UUID) -> tuple[Case, Voice]:
    """A voice with its case. Raises Absent."""
    key = Voice.objects.filter(pk=voice_id).values_list("case_id", flat=True).first()
    if key is None:
        raise Absent
    case = case_for(actor, key)
    return case, next(v for v in case.voices.all() if v.pk == voice_id)


def _found_by(actor: Actor, rows: QuerySet[Any], relation: str, key: UUID) -> tuple[Case, Any]:
    case_id = rows.values_list("matter__case__pk", flat=True).first()
    if case_id is None:
        raise Absent
    case = case_for(actor, case_id)
    return case, next(row for row in getattr(case.matter, relation).all() if row.pk == key)


def voice_lines(case: Case) -> list[VoiceLine]:
    return [
        VoiceLine(
            id=voice.pk,
            kind=voice.get_kind_display(),
            name=mask_name(voice.name),
            phone=mask_phone(voice.phone) if voice.phone else "",
            has_home=bool(voice.home),
            joined_at=voice.joined_at,
            reveals=tuple(voice.reveals.all()),
        )
        for voice in case.voices.all()
    ]


def sees_contacts(actor: Actor, case: Case) -> bool:
    return may_reveal(actor, case)


def chain(case: Case, days: Calendars, at: datetime) -> Custody:
    """Who has it, since when, what is owed until when, what comes if nothing comes."""
    matter = case.matter
    if matter is None:
        return _before_acceptance(case, days, at)
    state, tone = _state_of(case, matter)
    due, facts = "", []
    if matter.state in (MatterState.OPEN, MatterState.ANSWERED):
        held = custody(matter)
        who = gettext("Deputy %(name)s") % {"name": held.holder} if held.is_deputy else held.holder
        helpers = (
            gettext("with %(units)s") % {"units": "、".join(held.assisting)}
            if held.assisting
            else ""
        )
        facts.append(Fact(question=gettext("Who has it now"), answer=who, note=helpers))
        if held.since:
            since = Fact(
                question=gettext("Since when"), answer=near(held.since), note=_handler(matter)
            )
            facts.append(since)
        if matter.paused_at:
            facts.append(_fact_paused(matter))
        elif held.due_at:
            left = days.of(case.division_code).left(at, held.due_at)
            due, tone = str(left), "bad" if left.overdue else tone
            facts.append(
                Fact(question=gettext("Owed until"), answer=cn_short(held.due_at), note=due)
            )
            facts.append(_fact_missed(case))
    return Custody(state=state, tone=tone, due=due, facts=facts)


def _handler(matter: Matter) -> str:
    """Who signed for what runs now, read from the events at hand."""
    running = {d.pk for d in matter.dispatches.all() if d.is_running}
    signed = {
        e.person.name: None
        for e in matter.events.all()
        if e.act == Act.SIGN and e.dispatch_id in running and e.person
    }
    return gettext("signed for by %(name)s") % {"name": "、".join(signed)} if signed else ""


def _fact_paused(matter: Matter) -> Fact:
    assert matter.paused_at is not None
    return Fact(
        question=gettext("Owed until"),
        answer=gettext("The clock stands still"),
        note=gettext("since %(when)s") % {"when": near(matter.paused_at)},
    )


def _fact_missed(case: Case) -> Fact:
    office = supervisor_of(case.desk)
    answer = office.name if office else gettext("The office above")
    note = gettext("is told, and may open a supervision")
    return Fact(question=gettext("If nothing comes by then"), answer=answer, note=note)


def _before_acceptance(case: Case, days: Calendars, at: datetime) -> Custody:
    tones: dict[str, Tone] = {CaseState.FILED: "warn", CaseState.ASKED_BACK: "info"}
    tone: Tone = tones.get(case.state, "neutral")
    facts, due = [], ""
    if case.state == CaseState.FILED:
        facts.append(Fact(question=gettext("Who has it now"), answer=case.desk.name))
        facts.append(Fact(question=gettext("Since when"), answer=near(case.filed_at)))
        if case.due_at:
            left = days.of(case.division_code).left(at, case.due_at)
            due, tone = str(left), "bad" if left.overdue else tone
            until = cn_short(case.due_at)
            facts.append(Fact(question=gettext("To be accepted or refused by"), answer=until))
    elif case.state == CaseState.ASKED_BACK:
        facts.append(
            Fact(
                question=gettext("Who has it now"),
                answer=gettext("The resident, who was asked for more"),
            )
        )
    elif case.refusal:
        facts.append(
            Fact(question=gettext("Reason"), answer=str(case.refusal), note=case.refusal_note)
        )
        facts.append(Fact(question=gettext("The right door"), answer=case.refusal.right_door))
    elif case.merged_into:
        facts.append(Fact(question=gettext("Goes on in"), answer=str(case.merged_into)))
    return Custody(state=_label(case), tone=tone, due=due, facts=facts)


def _label(case: Case) -> str:
    """The state for those at work: the resident's words differ for one of them."""
    if case.state == CaseState.ASKED_BACK:
        return gettext("Waiting for the resident's reply")
    return str(CaseState(case.state).label)


def _state_of(case: Case, matter: Matter) -> tuple[str, Tone]:
    if case.state != CaseState.ACCEPTED:
        return _label(case), "neutral"
    tones: dict[str, Tone] = {MatterState.OPEN: "info", MatterState.ANSWERED: "good"}
    if matter.state == MatterState.OPEN and not matter.owing:
        return gettext("Accepted, not handed on yet"), "warn"
    return str(MatterState(matter.state).label), tones.get(matter.state, "neutral")


def similar_to(actor: Actor, case: Case, text: str) -> list[Case]:
    """Cases of the same desk that may say the same: by words, number or phone; else by title.

    At most twelve, the newest first; those of the same grid or category when nothing was asked.
    """
    rows = Case.objects.filter(desk_id=case.desk_id).exclude(pk=case.pk).select_related(
        "matter__holder_organ", "matter__holder_deputy__person", "category"
    )  # fmt: skip
    if text.strip():
        by_number = rows.filter(Q(number=text.strip()) | Q(number__endswith=f"-{text.strip()}"))
        found = by_phone(actor, text).values("pk")
        rows = by_number | rows.filter(pk__in=found) | search.matching(rows, text)
    else:
        near_by = Q(grid_id=case.grid_id) if case.grid_id else Q(division_code=case.division_code)
        if case.category_id:
            near_by |= Q(category_id=case.category_id)
        rows = rows.filter(near_by, is_open=True)
    return list(rows.order_by("-filed_at", "-id")[:12])


def earlier_of(actor: Actor, phone: str) -> list[Case]:
    """What a caller said before, newest first; at most eight."""
    rows = by_phone(actor, phone).select_related("matter", "venue", "category")
    return list(rows.order_by("-filed_at", "-id")[:8])
