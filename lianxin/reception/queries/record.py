"""The record of a day: who was received and how, who was there, who has signed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from lianxin.cases.models import Voice
from lianxin.cases.rules.masking import masked
from lianxin.congress.models import Actor
from lianxin.handling.models import Verdict
from lianxin.kernel.fields import field_is_empty
from lianxin.kernel.phones import mask_name
from lianxin.kernel.refused import Absent
from lianxin.kernel.together import Asked
from lianxin.people.enums import Ability
from lianxin.reception.enums import SEATED, DayState, ShiftState, VisitPath
from lianxin.reception.models import ReceptionDay, SignOff, Visit
from lianxin.reception.rules.room import SIGN_WITHIN, Seat, Signing, signing_of


@dataclass(frozen=True, slots=True)
class Entry:
    """One visitor as the record shows it: masked, with the words and what became of them."""

    visit: Visit
    number: int
    who: str
    title: str
    words: str
    answer: str
    is_judged: bool

    @property
    def can_judge(self) -> bool:
        """Answered on the spot, and the resident has not said yet what they think of it."""
        return self.visit.path == VisitPath.ON_THE_SPOT and not self.is_judged


@dataclass(frozen=True, slots=True)
class Record:
    """A day with its entries, in the order of recording, and its signatures."""

    day: ReceptionDay
    entries: tuple[Entry, ...]
    signing: Signing
    sign_offs: tuple[SignOff, ...]


def signing(day: ReceptionDay) -> Signing:
    """Who has signed and who has not. Two queries."""
    signed = set(SignOff.objects.filter(day=day).values_list("deputy_id", flat=True))
    shifts = day.shifts.filter(state__in=SEATED).select_related("deputy__person").order_by("seat")
    return signing_of(
        Seat(
            deputy_id=one.deputy_id,
            name=one.deputy.name,
            state=one.state,
            has_signed=one.deputy_id in signed,
        )
        for one in shifts
    )


def entries_of(day: ReceptionDay) -> tuple[Entry, ...]:
    """The visitors of a day. Three queries, whatever their number."""
    verdicts = Verdict.objects.filter(matter_id=OuterRef("case__matter_id"))
    rows = list(
        Visit.objects.filter(day=day)
        .select_related("case__matter", "case__category", "ticket", "recorded_by")
        .prefetch_related("case__matter__answers")
        .annotate(judged=Exists(verdicts))
        .order_by("recorded_at", "id")
    )
    voices: dict[UUID, Voice] = {}
    for voice in Voice.objects.filter(case__visit__day=day).order_by("-joined_at"):
        voices[voice.case_id] = voice
    return tuple(
        Entry(
            visit=row,
            number=number,
            who=_who(voices.get(row.case_id)),
            title=masked(row.case.title),
            words=masked(row.case.words),
            answer=_answer(row),
            is_judged=row.judged,
        )
        for number, row in enumerate(rows, 1)
    )


def _who(voice: Voice | None) -> str:
    return "" if voice is None or field_is_empty(voice, "name") else mask_name(voice.name)


def _answer(visit: Visit) -> str:
    """What was answered on the spot."""
    if visit.path != VisitPath.ON_THE_SPOT or visit.case.matter is None:
        return ""
    return next((one.text for one in visit.case.matter.answers.all() if one.delivered_at), "")


def record_of(day: ReceptionDay) -> Record:
    """All of it. Six queries."""
    signed = SignOff.objects.filter(day=day).select_related("deputy__person").order_by("signed_at")
    return Record(day, entries_of(day), signing(day), tuple(signed))


def day_run_by(actor: Actor, day_id: UUID) -> ReceptionDay:
    """A day of a venue that the actor runs. Raises Absent: a foreign day looks like none."""
    days = ReceptionDay.objects.select_related("venue").filter(pk=day_id)
    day = days.filter(venue__desk_id__in=actor.organs_with(Ability.RECEPTION_RUN)).first()
    if day is None:
        raise Absent
    return day


def day_of_deputy(deputy_id: UUID, day_id: UUID) -> ReceptionDay:
    """A day on which the deputy has a seat. Raises Absent."""
    days = ReceptionDay.objects.select_related("venue").filter(
        pk=day_id, shifts__deputy_id=deputy_id, shifts__state__in=SEATED
    )
    day = days.exclude(state=DayState.CANCELLED).first()
    if day is None:
        raise Absent
    return day


def to_sign(deputy_id: UUID) -> QuerySet[ReceptionDay]:
    """The days whose record waits for this deputy's signature, the oldest first."""
    mine = SignOff.objects.filter(day=OuterRef("pk"), deputy_id=deputy_id)
    return (
        ReceptionDay.objects.filter(
            ~Exists(mine),
            state=DayState.ENDED,
            shifts__deputy_id=deputy_id,
            shifts__state=ShiftState.PRESENT,
        )
        .select_related("venue")
        .order_by("starts_at", "id")
    )


def unsigned(at: datetime, *, most: timedelta = timedelta(days=60)) -> QuerySet[ReceptionDay]:
    """Days that ended so long ago that a reminder is due, of the last two months."""
    return (
        ReceptionDay.objects.filter(
            state=DayState.ENDED, ends_at__lte=at - SIGN_WITHIN, ends_at__gt=at - most
        )
        .select_related("venue")
        .order_by("ends_at", "id")
    )


def days_held(deputy_id: UUID, year: int) -> Asked[int]:
    """How many reception days of the year the deputy was present at and signed for."""
    days = ReceptionDay.objects.filter(
        sign_offs__deputy_id=deputy_id, state=DayState.SIGNED, date__year=year
    )
    return Asked((days.order_by().values_list("pk", flat=True),), len)
