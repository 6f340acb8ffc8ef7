from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from uuid import UUID

import pytest
from django.db import transaction

from lianxin.kernel import bus, outbox
from lianxin.kernel.ids import uuid7
from lianxin.kernel.models import OutboxMessage
from tests.kernel.world import Counted, Everything, keep

heard = []


def hear(event):
    heard.append((event, bus.delivery()))


@pytest.fixture(autouse=True)
def silence():
    heard.clear()


@pytest.mark.django_db
def test_an_event_reaches_each_of_its_handlers_as_it_was():
    bus.subscribe(Everything, hear)
    bus.subscribe(Everything, keep_nothing)
    event = Everything(
        id=uuid7(),
        at=datetime(2026, 2, 28, 9, 30, 1, 5, tzinfo=UTC),
        day=None,
        parts=(uuid7(), uuid7()),
        word="“路灯”\0\ud83d".encode("utf-8", "ignore").decode().replace("\0", ""),
    )
    event_id = bus.announce(event, key=event.id, division_code="532524")
    assert OutboxMessage.objects.count() == 2
    assert outbox.run_pending(raising=True) == 2
    (again, about) = heard[0]
    assert again == event
    assert (about.event_id, about.attempt, about.division_code) == (event_id, 1, "532524")
    assert bus.delivery() is None


def keep_nothing(event):
    """Another handler."""


@pytest.mark.django_db
def test_without_a_handler_nothing_is_queued():
    bus.announce(Counted(1, "a"), key="a", division_code="")
    assert OutboxMessage.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_an_event_is_announced_within_its_transaction(committed):
    bus.subscribe(Counted, keep)
    with pytest.raises(RuntimeError, match="transaction"):
        bus.announce(Counted(1, "a"), key="a", division_code="")
    with transaction.atomic():
        bus.announce(Counted(1, "a"), key="a", division_code="")
        transaction.set_rollback(True)
    assert OutboxMessage.objects.count() == 0


def test_only_frozen_dataclasses_are_events():
    @dataclass
    class Soft:
        id: UUID

    with pytest.raises(TypeError):
        bus.subscribe(Soft, hear)
    with pytest.raises(TypeError):
        bus.subscribe(dict, hear)


def test_an_event_of_an_older_version_is_still_read():
    key = uuid7()
    payload = {"id": str(key), "at": "2026-01-01T00:00:00+00:00", "day": "2026-01-02",
               "parts": [], "dropped": 1}  # fmt: skip
    event = bus.decode(Everything, payload)
    assert event == Everything(key, datetime(2026, 1, 1, tzinfo=UTC), date(2026, 1, 2), (), "")


class Word(StrEnum):
    YES = "YES"


@dataclass(frozen=True)
class Odd:
    thing: object = None
    word: Word | None = None
    counts: dict[str, int] | None = None


def test_words_and_tables_travel_and_objects_do_not():
    odd = Odd(word=Word.YES, counts={"a": 1})
    assert bus.decode(Odd, bus.encode(odd)) == odd
    with pytest.raises(TypeError, match="ids, words"):
        bus.encode(Odd(thing=object()))


@pytest.mark.django_db
def test_no_message_for_who_does_not_want_it():
    def wants_nothing(_event: object) -> bool:
        return False

    before = OutboxMessage.objects.count()
    bus.subscribe(Unwanted, _never, when=wants_nothing)
    with transaction.atomic():
        bus.announce(Unwanted(1), key="k", division_code="53")
    assert OutboxMessage.objects.count() == before
    bus.subscribe(Unwanted, _never)
    with transaction.atomic():
        bus.announce(Unwanted(1), key="k", division_code="53")
    assert OutboxMessage.objects.count() == before + 1


@dataclass(frozen=True)
class Unwanted:
    number: int


def _never(_event: Unwanted) -> None:
    raise AssertionError("nobody delivers it in this test")
