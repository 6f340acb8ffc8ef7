import base64
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianxin.kernel.paging import capped_count, keyset
from tests.kernel.world import Note

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture
def rows():
    # Many alike, so that the last word of the order has to decide; and empty ones.
    return Note.objects.bulk_create(
        Note(
            title=str(n),
            due=None if n % 5 == 0 else n % 4,
            told_at=START + timedelta(seconds=n % 7),
        )
        for n in range(95)
    )


ORDERS = [
    ("-told_at", "-id"),
    ("told_at", "id"),
    ("due", "-id"),
    ("-due", "told_at", "id"),
    ("-id",),
    ("title", "pk"),
]


def walk(order, size, cursor=None):
    pages = []
    while True:
        page = keyset(Note.objects.all(), order=order, after=cursor, size=size)
        pages.append(page)
        if page.next_cursor is None:
            return pages
        cursor = page.next_cursor


@pytest.mark.parametrize("order", ORDERS)
def test_pages_hold_every_row_once_in_order(rows, order):
    pages = walk(order, 10)
    seen = [note.pk for page in pages for note in page]
    assert len(seen) == len(set(seen)) == 95
    assert [len(page) for page in pages] == [10] * 9 + [5]

    def rank(note):
        out = []
        for name in order:
            value = getattr(note, name.removeprefix("-"))
            if name in ("due", "-due"):
                out.append((value is None, (value or 0) * (-1 if name[0] == "-" else 1)))
            elif name[0] == "-":
                out.append(-(value.int if hasattr(value, "int") else value.timestamp()))
            else:
                out.append(value.int if hasattr(value, "int") else value)
        return out

    ranks = [rank(note) for page in pages for note in page]
    if order[0] != "title":  # collations differ
        assert all(one < two for one, two in pairwise(ranks))


@pytest.mark.parametrize("order", ORDERS)
def test_going_back_shows_the_same_pages(rows, order):
    pages = walk(order, 10)
    assert pages[0].prev_cursor is None
    for before, page in pairwise(pages):
        back = keyset(Note.objects.all(), order=order, after=page.prev_cursor, size=10)
        assert [note.pk for note in back] == [note.pk for note in before]
        assert back.next_cursor is not None
    assert back.prev_cursor is not None
    first = keyset(Note.objects.all(), order=order, after=pages[1].prev_cursor, size=10)
    assert first.prev_cursor is None


def test_a_row_that_comes_in_between_moves_nothing(rows):
    first = keyset(Note.objects.all(), order=("-id",), size=10)
    Note.objects.create(title="new")
    second = keyset(Note.objects.all(), order=("-id",), size=10, after=first.next_cursor)
    assert not {note.pk for note in first} & {note.pk for note in second}


def test_one_query_whatever_the_page(rows):
    cursor = walk(("-told_at", "-id"), 10)[6].next_cursor
    for after in (None, cursor):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            keyset(Note.objects.all(), order=("-told_at", "-id"), size=10, after=after)
        assert len(queries) == 1


@pytest.mark.parametrize("change", ["", "x", "!!", "é", "A" * 5000, "bnVsbA", "\0"])
def test_a_broken_cursor_is_the_first_page(rows, change):
    page = keyset(Note.objects.all(), order=("-id",), size=5, after=change)
    assert page.prev_cursor is None
    assert len(page) == 5


def test_a_forged_or_foreign_cursor_is_the_first_page(rows):
    order = ("-told_at", "-id")
    first = keyset(Note.objects.all(), order=order, size=5)
    raw = bytearray(base64.urlsafe_b64decode(first.next_cursor + "=="))
    raw[20] ^= 1
    forged = base64.urlsafe_b64encode(bytes(raw)).decode()
    for cursor in (forged, keyset(Note.objects.all(), order=("id",), size=5).next_cursor):
        page = keyset(Note.objects.all(), order=order, size=5, after=cursor)
        assert [note.pk for note in page] == [note.pk for note in first]


def test_pages_of_rows_that_are_gone(rows):
    page = keyset(Note.objects.all(), order=("-id",), size=90)
    page = keyset(Note.objects.all(), order=("-id",), size=90, after=page.next_cursor)
    assert len(page) == 5
    cursor = page.prev_cursor
    Note.objects.exclude(pk__in=[note.pk for note in page]).delete()
    assert len(keyset(Note.objects.all(), order=("-id",), after=cursor)) == 5
    Note.objects.all().delete()
    assert len(keyset(Note.objects.all(), order=("-id",), after=cursor)) == 0


def test_sizes_are_bounded(rows):
    assert len(keyset(Note.objects.all(), size=0)) == 1
    assert len(keyset(Note.objects.all(), size=10_000)) == 95


def test_counts_stop_at_the_cap(rows):
    assert capped_count(Note.objects.all()) == (95, False)
    assert capped_count(Note.objects.order_by("title"), cap=95) == (95, False)
    assert capped_count(Note.objects.all(), cap=50) == (50, True)
