"""What a resident's own page shows: one voice, its case, who has it, what was done, what to do now.

A voice that joined somebody else's matter never sees that other person's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from lianxin.cases.enums import CaseState, MessageKind, PublicationState, VoiceKind
from lianxin.cases.models import Case, Message, Publication, Reveal, Voice
from lianxin.cases.queries.cases import speaking_for
from lianxin.cases.queries.catalogue import answers_given
from lianxin.cases.queries.custody import card
from lianxin.cases.queries.story import Telling, story
from lianxin.handling.enums import MatterState
from lianxin.handling.models import Answer, Commitment, Dispatch, Event, Matter, Verdict
from lianxin.kernel.private_numbers import uncovered
from lianxin.kernel.together import hang, together
from lianxin.places.queries import names_for
from lianxin.record.models import Attachment
from lianxin.record.queries import attachments_of_kinds
from lianxin.web.parts import Custody, Photo, Step

ACTS = ("reply", "verdict", "objection", "supplement", "urge", "withdraw")


@dataclass(frozen=True, slots=True)
class Tracking:
    """The tracking page. `acts` are what the voice can do now, the first one is the main act."""

    voice: Voice
    case: Case
    root: Case
    matter: Matter | None
    title: str
    words: str
    place: str
    details: list[tuple[str, str]]
    photos: Sequence[Photo]
    card: Custody
    steps: list[Step]
    acts: tuple[str, ...]
    answers: list[Answer]
    answer_photos: Mapping[UUID, Sequence[Photo]]
    commitments: list[Commitment]
    question: str = ""
    verdict: Verdict | None = None

    @property
    def door_phone(self) -> str:
        """The phone of the right door where the matter was refused."""
        return self.root.refusal.phone if self.root.state == "refused" and self.root.refusal else ""

    @property
    def is_own(self) -> bool:
        """Whether the words of the case are this voice's."""
        return self.voice.kind == VoiceKind.FILED


def tracking(voice: Voice, *, code: str, at: datetime) -> Tracking:
    """Everything the page of a voice needs; the number of queries does not grow with the story."""
    case = voice.case
    root = speaking_for(case)
    told = _told(voice, case, root.matter_id)
    matter, messages = told.matter, told.messages
    files = _files(case, messages, matter, own=voice.kind == VoiceKind.FILED)
    photos = {key: [_photo(row, code) for row in rows] for key, rows in files.items()}
    telling = Telling(
        case=case,
        root=root,
        matter=matter,
        messages=messages,
        reveals=told.reveals,
        voice=voice,
        photos=photos,
        above=next((answer.pk for answer in _delivered(matter)), None),
    )
    own = voice.kind == VoiceKind.FILED
    name = names_for([case.division_code]).get(case.division_code)
    verdicts = [v for v in matter.verdicts.all() if matter.round == v.round] if matter else []
    return Tracking(
        voice=voice,
        case=case,
        root=root,
        matter=matter,
        title=case.title if own else _shared_title(root),
        words=case.said if own else "",
        place=name.tail(2) if name else "",
        details=answers_given(case.category_id, _details(case)) if own else [],
        photos=photos.get(case.pk, ()),
        card=card(root, matter, at=at),
        steps=_with_next(story(telling), root, matter),
        acts=acts_now(voice, case, root, matter, judged=bool(verdicts)),
        answers=_delivered(matter),
        answer_photos=photos,
        commitments=list(matter.commitments.all()) if matter else [],
        question=_question(root, matter, messages),
        verdict=verdicts[0] if verdicts else None,
    )


def _details(case: Case) -> dict[str, object]:
    """What was answered to the category's questions, as it was written."""
    return {
        name: uncovered(value, f"details.{name}", case.hidden) if isinstance(value, str) else value
        for name, value in case.details.items()
    }


def _shared_title(root: Case) -> str:
    """What somebody who joined may read: what was published of it, else the category."""
    shown = Publication.objects.filter(case=root, state=PublicationState.PUBLISHED).first()
    if shown:
        return shown.title
    return str(root.category) if root.category else _("A concern of several residents")


@dataclass(frozen=True, slots=True)
class _Told:
    """What a voice may know: the matter with delivered answers and public events, what was written
    to and fro, who looked at the contact."""

    matter: Matter | None
    messages: list[Message]
    reveals: list[Reveal]


def _told(voice: Voice, case: Case, matter_id: UUID | None) -> _Told:
    """One query."""
    said = Q(voice=voice)
    if voice.kind == VoiceKind.FILED:  # the desk's questions, too
        said |= Q(case=case, voice__isnull=True)
    dispatches = Dispatch.objects.select_related(
        "to_organ", "to_deputy__person", "from_deputy__person", "from_organ"
    )
    events = Event.objects.filter(is_public=True).select_related(
        "organ", "person", "dispatch__to_organ", "dispatch__to_deputy__person"
    )
    answers = Answer.objects.filter(delivered_at__isnull=False).select_related("organ")
    parts: dict[str, QuerySet[Any]] = {
        "dispatches": dispatches.order_by("id"),
        "events": events.order_by("number"),
        "answers": answers,
        "commitments": Commitment.objects.select_related("organ").order_by("until_date"),
        "verdicts": Verdict.objects.filter(voice=voice.pk),
    }
    named = ("owner", "holder_organ", "holder_deputy__person")
    matters, messages, reveals, *hanging = together(
        Matter.objects.filter(pk__in=[matter_id] if matter_id else []).select_related(*named),
        Message.objects.filter(said),
        Reveal.objects.filter(voice=voice).select_related("organ"),
        *(rows.filter(matter=matter_id) for rows in parts.values()),
    )
    for matter in matters:
        hang(matter, **dict(zip(parts, hanging, strict=True)))
    return _Told(next(iter(matters), None), messages, reveals)


def _files(
    case: Case, messages: Iterable[Message], matter: Matter | None, *, own: bool
) -> dict[UUID, list[Attachment]]:
    return attachments_of_kinds(
        {
            "cases.case": [case.pk] if own else [],
            "cases.message": [message.pk for message in messages if message.voice_id],
            "handling.answer": [answer.pk for answer in matter.answers.all()] if matter else [],
        }
    )


def files_of(voice: Voice) -> frozenset[UUID]:
    """Attachments that this voice may open: of its case, of what it said, of answers it got."""
    root = speaking_for(voice.case)
    told = _told(voice, voice.case, root.matter_id)
    files = _files(voice.case, told.messages, told.matter, own=voice.kind == VoiceKind.FILED)
    return frozenset(row.pk for rows in files.values() for row in rows)


def _photo(row: Attachment, code: str) -> Photo:
    def address(variant: str) -> str:
        return reverse("cases:track-file", args=[code, row.pk, variant])

    return Photo(
        src=address("preview") if row.is_image else "",
        href=address("full"),
        alt=row.name or _("Photo"),
    )


def _with_next(steps: list[Step], root: Case, matter: Matter | None) -> list[Step]:
    """The last step is now; above it stands what is still to come."""
    if root.state == CaseState.FILED:
        ahead = Step(title=_("Accepted, or not with the reason"), state="next")
    elif matter and matter.state == MatterState.OPEN:
        ahead = Step(title=_("Answer"), text=_("Then you judge it"), state="next")
    elif matter and matter.state == MatterState.ANSWERED:
        ahead = Step(
            title=_("Your verdict"), text=_("Then it is closed, or opened again"), state="next"
        )
    else:
        return steps
    return [ahead, *(replace(step, state="now") for step in steps[:1]), *steps[1:]]


def _delivered(matter: Matter | None) -> list[Answer]:
    """Answers that reached the asker, the latest first."""
    found = matter.answers.all() if matter else ()
    return sorted(found, key=lambda a: (a.delivered_at or a.given_at, a.pk), reverse=True)


def _question(root: Case, matter: Matter | None, messages: Sequence[Message]) -> str:
    """What the resident was asked and has not answered yet."""
    if root.state == CaseState.ASKED_BACK:
        asked = [m.text for m in messages if m.kind == MessageKind.ASK_BACK]
        return asked[-1] if asked else ""
    if matter and matter.paused_at:
        return next((e.note for e in reversed(matter.events.all()) if e.act == "pause"), "")
    return ""


def acts_now(
    voice: Voice, case: Case, root: Case, matter: Matter | None, *, judged: bool
) -> tuple[str, ...]:
    """What this voice can do at this moment, in the order of ACTS. *When*, not *who*."""
    if voice.erased_at:
        return ()
    found: set[str] = set()
    first = voice.kind == VoiceKind.FILED and case.pk == root.pk
    if root.state == CaseState.ASKED_BACK and first:
        found.add("reply")
    if root.state == CaseState.REFUSED and first and not _objected(root):
        found.add("objection")
    if root.state in (CaseState.FILED, CaseState.ASKED_BACK, CaseState.ACCEPTED):
        is_open = matter is None or matter.state in (MatterState.OPEN, MatterState.ANSWERED)
        found |= {"supplement"} if is_open and "reply" not in found else set()
        waits = root.state == CaseState.FILED if matter is None else _works(matter)
        found |= {"urge"} if waits else set()
        over = matter is not None and matter.state != MatterState.OPEN
        found |= {"withdraw"} if not over and first and root.voices_count == 1 else set()
    answered = matter and matter.state in (MatterState.ANSWERED, MatterState.CLOSED)
    if answered and not judged:
        found.add("verdict")
    return tuple(act for act in ACTS if act in found)


def _works(matter: Matter) -> bool:
    """Somebody is at it and the clock runs: pressing makes sense."""
    return matter.state == MatterState.OPEN and matter.paused_at is None


def _objected(root: Case) -> bool:
    return root.messages.filter(kind=MessageKind.OBJECTION).exists()
