"""The ledger of a venue (工作台账), drawn from its own events: columns of the reception form."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field, fields
from datetime import date, datetime, time
from itertools import islice
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.cases.models import Case, Receiver, Voice
from lianxin.congress.models import Actor
from lianxin.handling.enums import DispatchKind, Satisfaction
from lianxin.handling.models import Answer, Dispatch, Verdict
from lianxin.kernel import scope
from lianxin.kernel.clock import LOCAL, local_date
from lianxin.kernel.fields import field_is_empty
from lianxin.kernel.phones import mask_name, mask_phone
from lianxin.kernel.together import together
from lianxin.places.queries import names_for, within_q
from lianxin.record.queries import ledger as record
from lianxin.venues.models import Venue

#: Key of the row → heading. The order is the order of the printed form.
COLUMNS: tuple[tuple[str, Any], ...] = (
    ("index", gettext_lazy("No.")),
    ("number", gettext_lazy("Number")),
    ("filed_on", gettext_lazy("Date")),
    ("venue", gettext_lazy("Place of reception")),
    ("deputies", gettext_lazy("Receiving deputies")),
    ("name", gettext_lazy("Resident's name")),
    ("phone", gettext_lazy("Phone")),
    ("place", gettext_lazy("Address or grid")),
    ("constituency", gettext_lazy("Constituency")),
    ("channel", gettext_lazy("How reported")),
    ("category", gettext_lazy("Category")),
    ("words", gettext_lazy("In the resident's own words")),
    ("on_the_spot", gettext_lazy("Answer on the spot")),
    ("opinion", gettext_lazy("Proposed handling")),
    ("path", gettext_lazy("Way of handling")),
    ("units", gettext_lazy("Handling units")),
    ("assigned_on", gettext_lazy("Assigned on")),
    ("due_on", gettext_lazy("Due")),
    ("result", gettext_lazy("Result")),
    ("told_on", gettext_lazy("Resident told")),
    ("satisfaction", gettext_lazy("Satisfaction")),
    ("suggestion", gettext_lazy("Became a suggestion")),
    ("archived", gettext_lazy("Archived")),
    ("recorder", gettext_lazy("Recorded by")),
)


@dataclass(frozen=True, slots=True)
class Period:
    """Days in Shanghai, both inclusive."""

    since: date
    until: date

    @property
    def bounds(self) -> tuple[datetime, datetime]:
        return (
            datetime.combine(self.since, time.min, LOCAL),
            datetime.combine(self.until, time.max, LOCAL),
        )


def venues_with_ledger(actor: Actor) -> QuerySet[Venue]:
    """The venues whose ledger the actor may read: own desks, and those of the divisions above."""
    own = Venue.objects.filter(desk_id__in=actor.organs_with("ledger.see"))
    for post in actor.posts:
        if "ledger.see" in post.abilities and post.organ_kind != "venue_desk":
            own = own | Venue.objects.filter(within_q(post.division_code))
    return own.filter(is_active=True).order_by("division_code", "name").distinct()


def cases_of(venue: Venue, period: Period) -> QuerySet[Case]:
    """The venue's cases of the period, oldest first."""
    return (
        Case.objects.filter(venue=venue, filed_at__range=period.bounds)
        .select_related(
            "venue", "category", "grid", "filed_by", "deputy__person", "matter", "merged_into",
            "refusal",
        )
        .order_by("filed_at", "id")
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Held:
    """What hangs on one case, each in its order."""

    voices: list[Voice] = field(default_factory=list)
    receivers: list[Receiver] = field(default_factory=list)
    dispatches: list[Dispatch] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    verdicts: list[Verdict] = field(default_factory=list)


def _held(cases: Collection[Case]) -> dict[UUID, _Held]:
    """By case. One query for all."""
    keys = [case.pk for case in cases]
    case_of = {case.matter_id: case.pk for case in cases if case.matter_id}
    of_matters: Any = {"matter__in": list(case_of)}
    parts = together(
        Voice.objects.filter(case__in=keys).order_by("joined_at"),
        Receiver.objects.filter(case__in=keys).select_related("deputy__person").order_by("id"),
        Dispatch.objects.filter(**of_matters)
        .select_related("to_organ", "to_deputy__person")
        .order_by("sent_at", "id"),
        Answer.objects.filter(**of_matters).order_by("given_at"),
        Verdict.objects.filter(**of_matters),
    )
    found = {key: _Held() for key in keys}
    names = [part.name for part in fields(_Held)]
    for name, rows in zip(names, parts, strict=True):
        for row in rows:
            key = case_of[row.matter_id] if hasattr(row, "matter_id") else row.case_id
            getattr(found[key], name).append(row)
    return found


def proof_lines(venue: Venue) -> Iterator[str]:
    """The venue's matters for lianxin-verify, JSON a line: the whole log of its county, opened where
    an entry is about one of them. Residents' words are not in it, only their salted digests.
    """
    cases = Case.objects.filter(venue=venue)
    shown = Q(entry__subject_type="cases.case", entry__subject_id__in=cases.values("pk")) | Q(
        entry__subject_type="handling.matter", entry__subject_id__in=cases.values("matter_id")
    )
    log = record.log_of(record.log_code(venue.division_code))
    lines = record.bundle(log, shown)
    while True:
        with scope.everywhere("a log is whole or it proves nothing; of others it shows digests"):
            part = list(islice(lines, 500))
        if not part:
            return
        for line in part:
            yield json.dumps(line, ensure_ascii=False) + "\n"


def rows(cases: Iterable[Case], *, start: int = 1) -> Iterator[dict[str, Any]]:
    """Ledger rows in words. Names and phones stay masked: the ledger is no way round the reveal."""
    cases = list(cases)
    places, held = names_for(case.division_code for case in cases), _held(cases)
    for index, case in enumerate(cases, start):
        voice = next(iter(held[case.pk].voices), None)
        place = places.get(case.division_code)
        yield {
            "index": index,
            "number": case.number,
            "filed_on": local_date(case.filed_at),
            "venue": case.venue.name,
            "name": _name(voice),
            "phone": _phone(voice),
            "place": case.grid.name if case.grid else (place.tail(2) if place else ""),
            "constituency": "",
            "channel": case.get_channel_display(),
            "category": str(case.category or ""),
            "words": case.words,
            "suggestion": "",
            "recorder": case.filed_by.name if case.filed_by else _("The resident"),
            **_handling(case, held[case.pk]),
        }


def _name(voice: Voice | None) -> str:
    if voice is None or field_is_empty(voice, "name"):
        return _("Anonymous")
    return mask_name(voice.name)


def _phone(voice: Voice | None) -> str:
    if voice is None or field_is_empty(voice, "phone"):
        return ""
    return mask_phone(voice.phone)


def _handling(case: Case, held: _Held) -> dict[str, Any]:
    matter = case.matter
    deputies = [one.deputy.name for one in held.receivers]
    deputies += [case.deputy.name] if case.deputy else []
    blank = dict.fromkeys(
        ("deputies", "on_the_spot", "opinion", "path", "units", "result", "satisfaction"), ""
    )
    if matter is None:
        refused = f"{case.refusal or ''} {case.refusal_note}".strip()
        path = case.get_state_display()
        dates = {"assigned_on": None, "due_on": None, "told_on": None, "archived": None}
        names = "、".join(dict.fromkeys(deputies))
        return {**blank, **dates, "deputies": names, "path": path, "result": refused}
    dispatches = [d for d in held.dispatches if d.kind != DispatchKind.SUPERVISE]
    deputies += [d.to_deputy.name for d in dispatches if d.to_deputy]
    delivered = [a for a in held.answers if a.delivered_at]
    last = delivered[-1] if delivered else None
    spot = [a for a in delivered if a.dispatch_id is None]
    kinds = dict.fromkeys(d.get_kind_display() for d in dispatches)
    verdicts = [Satisfaction(v.result).label for v in held.verdicts]
    return {
        "deputies": "、".join(dict.fromkeys(deputies)),
        "on_the_spot": spot[0].text if spot else "",
        "opinion": next((d.instruction for d in dispatches if d.instruction), ""),
        "path": "、".join(str(kind) for kind in kinds) or _("On the spot"),
        "units": "、".join(dict.fromkeys(d.to_organ.label for d in dispatches if d.to_organ)),
        "assigned_on": local_date(dispatches[0].sent_at) if dispatches else None,
        "due_on": local_date(matter.due_at) if matter.due_at else _last_due(dispatches),
        "result": f"{last.get_outcome_display()}：{last.text}" if last else "",
        "told_on": local_date(last.delivered_at) if last and last.delivered_at else None,
        "satisfaction": "、".join(str(one) for one in verdicts),
        "archived": local_date(matter.closed_at) if matter.closed_at else None,
    }


def _last_due(dispatches: list[Dispatch]) -> date | None:
    dues = [d.due_at for d in dispatches if d.due_at]
    return local_date(max(dues)) if dues else None
