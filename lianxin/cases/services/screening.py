"""Screening (受理): accept, ask back, refuse with the right door; urgency, sensitivity, wording."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import CASE_MOVES, MATTER_KIND, CaseState, MessageKind
from lianxin.cases.events import CaseScreened, CaseSpoken
from lianxin.cases.models import Case, Category, Message, RefusalReason, Voice
from lianxin.cases.rules import erasing, permissions
from lianxin.cases.services.filing import start_screening
from lianxin.congress.models import Actor
from lianxin.handling.services import matters
from lianxin.kernel import bus, data_keys, search
from lianxin.kernel.moves import move
from lianxin.kernel.private_numbers import cover, covered, kept_apart
from lianxin.kernel.refused import Absent, Refused
from lianxin.record import services as record


class NoSuchCase(Absent):
    message = _("There is no such case, or it is not meant for you.")
    code = "no_such_case"


def lock_case(case_id: UUID) -> Case:
    """The case, locked until the transaction ends. Raises NoSuchCase."""
    case = Case.objects.select_for_update().filter(pk=case_id).first()
    if case is None:
        raise NoSuchCase
    return case


def note(
    case: Case,
    action: str,
    *,
    by: Actor | None,
    at: datetime,
    content: str = "",
    **data: object,
) -> None:
    """The journal entry of a case; of words (`content`) it keeps a digest."""
    record.write(
        action=f"cases.case.{action}",
        by=by,
        at=at,
        division_code=case.division_code,
        subject=case,
        data={name: str(value) for name, value in data.items()},
        public=True,
        content=content,
    )


def _tell(case: Case, act: str, at: datetime) -> None:
    bus.announce(
        CaseScreened(case_id=case.pk, act=act, at=at),
        key=case.pk,
        division_code=case.division_code,
    )


@transaction.atomic
def accept(*, case_id: UUID, by: Actor, at: datetime) -> Case:
    """Accept: the matter is opened and the clock of what is owed to the resident starts.

    Effects: matter with event OPEN; case ACCEPTED; journal; announcement CaseScreened.
    """
    case = lock_case(case_id)
    permissions.check_screen(by, case)
    case.state = move(CASE_MOVES, case.state, "accept")
    case.matter = matters.open_matter(
        kind=MATTER_KIND,
        title=case.title,
        owner_id=case.desk_id,
        division_code=case.division_code,
        urgency=case.urgency,
        is_sensitive=case.is_sensitive,
        by=by,
        at=at,
    )
    case.screened_at, case.screened_by_id = at, by.person_id
    case.due_at = case.matter.next_due_at
    case.save(update_fields=("state", "matter", "screened_at", "screened_by", "due_at"))
    note(case, "accepted", by=by, at=at)
    _tell(case, "accept", at)
    return case


@transaction.atomic
def ask_back(*, case_id: UUID, question: str, by: Actor, at: datetime) -> Case:
    """Ask the resident for what is missing; the screening clock starts anew with the reply."""
    case = lock_case(case_id)
    permissions.check_screen(by, case)
    if not question.strip():
        raise matters.ReasonMissing(_("Please write what you want to know."))
    case.state = move(CASE_MOVES, case.state, "ask_back")
    case.due_at = None
    case.save(update_fields=("state", "due_at"))
    Message.objects.create(
        case=case,
        kind=MessageKind.ASK_BACK,
        text=question,
        person_id=by.person_id,
        written_at=at,
    )
    note(case, "asked_back", by=by, at=at)
    _tell(case, "ask_back", at)
    return case


@transaction.atomic
def refuse(*, case_id: UUID, reason_id: UUID, explanation: str, by: Actor, at: datetime) -> Case:
    """Refuse with a reason from the list and the right door: that is an answer, too."""
    case = lock_case(case_id)
    permissions.check_screen(by, case)
    case.state = move(CASE_MOVES, case.state, "refuse")
    case.refusal = RefusalReason.objects.get(pk=reason_id)
    case.refusal_note = explanation
    case.screened_at, case.screened_by_id = at, by.person_id
    case.due_at, case.is_open = None, False
    case.save(
        update_fields=(
            "state",
            "refusal",
            "refusal_note",
            "screened_at",
            "screened_by",
            "due_at",
            "is_open",
        )
    )
    note(case, "refused", by=by, at=at, reason=case.refusal.code)
    _tell(case, "refuse", at)
    return case


@transaction.atomic
def speak(*, case_id: UUID, voice_id: UUID | None, kind: str, text: str, at: datetime) -> Message:
    """What a resident adds: a reply, a supplement, an objection, or a request to hurry.

    A reply or an objection puts the case before the desk again; a supplement or a request to
    hurry goes into the matter, where whoever has it is told (and a paused clock runs again).
    Raises Forgotten, IllegalMove, Refused.
    """
    case = lock_case(case_id)
    voice = Voice.objects.filter(pk=voice_id).first() if voice_id else None
    if voice:
        erasing.check_speaks(voice)
    if not text.strip() and kind != MessageKind.URGE:
        raise Refused(_("Please write something."), "text_missing", status=422)
    if kind == MessageKind.REPLY:
        move(CASE_MOVES, case.state, "reply")
        start_screening(case, at)
    elif kind == MessageKind.OBJECTION:
        move(CASE_MOVES, case.state, "object")
        if case.messages.filter(kind=MessageKind.OBJECTION).exists():
            raise Refused(_("An objection can be made only once."), "objected_already")
        start_screening(case, at)
    elif case.state in (CaseState.REFUSED, CaseState.WITHDRAWN):
        raise Refused(_("This matter is over."), "case_over")
    case.save(update_fields=("state", "due_at", "screen_due_at", "is_open"))
    shown, found = cover(text)
    if case.matter_id and kind == MessageKind.SUPPLEMENT:
        matters.supplement(matter_id=case.matter_id, at=at, note=shown)
    elif case.matter_id and kind == MessageKind.URGE:
        matters.urge(matter_id=case.matter_id, at=at, note=shown)
    key_id = voice.data_key if voice else None
    if key_id and found:
        key_id = data_keys.usable(key_id)
    said = Message.objects.create(
        case=case,
        voice=voice,
        data_key=key_id,
        kind=kind,
        text=shown,
        hidden=kept_apart({"text": found}),
        written_at=at,
    )
    note(case, f"message.{kind}", by=None, at=at, content=text)
    bus.announce(
        CaseSpoken(case_id=case.pk, kind=kind, at=at),
        key=case.pk,
        division_code=case.division_code,
    )
    return said


@transaction.atomic
def describe(
    *,
    case_id: UUID,
    title: str,
    category_id: UUID | None,
    urgency: str,
    is_sensitive: bool,
    by: Actor,
    at: datetime,
) -> Case:
    """Set title, category, urgency and sensitivity. The resident's own words stay as they are."""
    case = lock_case(case_id)
    permissions.check_screen(by, case)
    if not title.strip():
        raise Refused(_("A case needs a title."), "title_missing", status=422)
    case.title, case.is_sensitive = covered(title.strip())[:120], is_sensitive
    case.category = Category.objects.filter(pk=category_id).first() if category_id else None
    changed = case.urgency != urgency
    case.urgency = urgency
    if changed and case.state == CaseState.FILED:
        start_screening(case, case.filed_at)
    case.search_text = search.tokens(f"{case.number} {case.title} {case.words}")
    case.save()
    if case.matter_id:
        matters.describe(
            matter_id=case.matter_id,
            title=case.title,
            is_sensitive=case.is_sensitive,
            by=by,
            at=at,
        )
        if changed:
            matters.change_urgency(matter_id=case.matter_id, urgency=urgency, by=by, at=at)
    note(case, "described", by=by, at=at, urgency=urgency, sensitive=is_sensitive)
    return case


@transaction.atomic
def withdraw(
    *, case_id: UUID, voice: Voice | None, by: Actor | None, at: datetime, reason: str
) -> Case:
    """The resident withdraws (or the desk, with the resident's word). All clocks are settled.

    Only the sole voice may withdraw a case; one of several leaves the others' matter alone.
    """
    case = lock_case(case_id)
    if by is not None:
        permissions.check_screen(by, case)
    if voice is not None and case.voices_count > 1:
        raise Refused(_("Others have the same concern, so the matter goes on."), "other_voices")
    case.state = move(CASE_MOVES, case.state, "withdraw")
    case.due_at, case.is_open = None, False
    case.save(update_fields=("state", "due_at", "is_open"))
    if case.matter_id:
        matters.withdraw(matter_id=case.matter_id, by=by, at=at, reason=covered(reason))
    note(case, "withdrawn", by=by, at=at)
    return case
