"""“My data” (个人信息保护法 45): everything that is kept of a resident in one matter, to take along.

Which columns are handed out is said by the inventory (`record.queries.inventory`), and by nothing
else: a test compares what it names with what is in the file.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Model, Q
from django.template.loader import render_to_string

from lianxin.cases.enums import DataWish, VoiceKind, WishState
from lianxin.cases.models import Case, Message, Voice
from lianxin.cases.queries.cases import speaking_for
from lianxin.cases.rules.erasing import may_withdraw, must_wait
from lianxin.handling.models import Answer, Commitment, Event, Verdict
from lianxin.kernel.clock import local
from lianxin.kernel.refused import Absent
from lianxin.notices.models import Delivery
from lianxin.record.models import Attachment
from lianxin.record.queries import attachments_by_subject, body_of
from lianxin.record.queries.inventory import Table, exported

#: What another app keeps of the resident of a case: offered in config/wiring.py.
Keeps = Callable[[Case], Iterable[Model]]
_others: list[Keeps] = []


def offer(*others: Keeps) -> None:
    """Who else keeps rows of the resident of a case. Called in config/wiring.py."""
    _others[:] = others


@dataclass(frozen=True, slots=True)
class Page:
    """What the page of one's own data says: where it stands, and the ways to have it erased."""

    case: Case
    is_own: bool
    is_waiting: bool
    is_held: bool
    ways: tuple[str, ...]
    lawful_days: int


def page_of(voice: Voice) -> Page:
    root = speaking_for(voice.case)
    waits = voice.requests.filter(kind=DataWish.ERASE, state=WishState.WAITING).exists()
    held = voice.case.is_held
    ways: tuple[str, ...] = ("now",)
    if must_wait(voice, root):
        ways = ("withdraw", "wait") if may_withdraw(voice, root) else ("wait",)
    return Page(
        case=voice.case,
        is_own=voice.kind == VoiceKind.FILED,
        is_waiting=waits,
        is_held=held,
        ways=() if voice.erased_at or held else ways,
        lawful_days=settings.RETAIN_CONTACT_DAYS,
    )


def archive_of(voice: Voice, *, at: datetime) -> bytes:
    """A zip: the data as JSON for machines, as a page for people, and the photos."""
    tables = tables_of(voice)
    plain = {
        "made_at": at.isoformat(),
        "number": voice.case.number,
        "tables": {table.label: rows for table, rows in tables},
    }
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("my-data.json", json.dumps(plain, ensure_ascii=False, indent=1))
        page = render_to_string(
            "cases/resident/my_data_file.html",
            {
                "tables": [(table, _titled(table, rows)) for table, rows in tables],
                "at": at,
                "voice": voice,
            },
        )
        made.writestr("my-data.html", page)
        for photo in _photos(voice):
            with suppress(Absent):  # lost from the disk: the rest is theirs all the same
                made.writestr(f"photos/{photo.pk.hex}.jpg", body_of(photo))
    return packed.getvalue()


def tables_of(voice: Voice) -> list[tuple[Table, list[dict[str, Any]]]]:
    """The exported columns of every row that concerns the voice, table by table."""
    by_table: dict[str, list[Model]] = {}
    for row in _rows(voice):
        by_table.setdefault(row._meta.label, []).append(row)
    return [
        (table, [_plain(row, table) for row in by_table[table.label]])
        for table in exported()
        if by_table.get(table.label)
    ]


def _rows(voice: Voice) -> Iterable[Model]:
    case, own = voice.case, voice.kind == VoiceKind.FILED
    root = speaking_for(case)
    yield voice
    if own:
        yield case
    wanted = Q(voice=voice) | (Q(case=case, voice__isnull=True) if own else Q(pk=None))
    yield from Message.objects.filter(wanted)
    yield from voice.reveals.select_related("person", "organ")
    yield from voice.requests.all()
    yield from _photos(voice)
    if root.matter_id:
        yield from Answer.objects.filter(matter=root.matter_id, delivered_at__isnull=False)
        yield from Commitment.objects.filter(matter=root.matter_id)
        yield from Verdict.objects.filter(matter=root.matter_id, voice=voice.pk)
        yield from _events(root)
    yield from Delivery.objects.filter(event_key__startswith=f"cases:{voice.pk}:")
    if own:
        for other in _others:
            yield from other(case)


def _events(root: Case) -> Iterable[Event]:
    """Public acts. What an asker wrote into them is left out where there are several: each has their
    own words among their messages, and nobody gets another's (as on the page, `queries.story`)."""
    for event in Event.objects.filter(matter=root.matter_id, is_public=True):
        if event.person_id is None and root.voices_count > 1:
            event.note = ""
        yield event


def _photos(voice: Voice) -> list[Attachment]:
    cases = [voice.case_id] if voice.kind == VoiceKind.FILED else []
    said = list(voice.messages.values_list("pk", flat=True))
    found = [
        *attachments_by_subject("cases.case", cases).values(),
        *attachments_by_subject("cases.message", said).values(),
    ]
    return [row for rows in found for row in rows]


def _plain(row: Model, table: Table) -> dict[str, Any]:
    told = {name: _value(getattr(row, name)) for name in table.exported}
    if isinstance(row, Case):
        told["words"] = row.said
    if isinstance(row, Message):
        told["text"] = row.said
    return told


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return local(value).isoformat(timespec="seconds")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (UUID, Decimal, Model)):
        return str(value)
    if isinstance(value, (bytes, memoryview)):
        return bytes(value).hex()
    return value


def _titled(table: Table, rows: list[dict[str, Any]]) -> list[list[tuple[str, Any]]]:
    """Rows with the columns' own words, without what is empty."""
    return [
        [
            (table.title_of(name), value)
            for name, value in row.items()
            if value not in ("", None, {}, [])
        ]
        for row in rows
    ]
