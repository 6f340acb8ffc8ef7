from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from lianxin.cases.models import CaseCounter
from lianxin.kernel import statements
from lianxin.kernel.models import IdempotencyRecord
from tests.kernel.world import Note

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


def record(key="k", body="7K3F"):
    return IdempotencyRecord(
        key=key, actor="a", route="r", body_hash="", response_body=body, expires_at=NOW
    )


@pytest.mark.django_db
def test_rows_are_written_as_the_orm_would(django_assert_num_queries):
    notes = [Note(title="一", due=1, phone="13800138000"), Note(title="%s", address="北门")]
    with django_assert_num_queries(1):
        statements.insert(*notes)
    for note in notes:
        assert not note._state.adding
        found = Note.objects.get(pk=note.pk)
        for field in Note._meta.fields:
            assert getattr(found, field.attname) == getattr(note, field.attname)
    with django_assert_num_queries(0):
        statements.insert()


@pytest.mark.django_db
def test_the_same_row_twice_is_an_error():
    note = Note(title="a")
    statements.insert(note)
    with pytest.raises(IntegrityError), transaction.atomic():
        statements.insert(note)


@pytest.mark.django_db
def test_a_value_is_taken_once():
    assert statements.insert_once(record(), "key")
    assert not statements.insert_once(record(body="another"), "key")
    assert IdempotencyRecord.objects.get().response_body == "7K3F"


@pytest.mark.django_db
def test_only_the_named_fields_of_the_row_are_changed():
    mine, other = record(), record("other")
    statements.insert(mine, other)
    mine.response_body, mine.route = "92QX", "not written"
    statements.update(mine, "response_body")
    found = IdempotencyRecord.objects.get(pk=mine.pk)
    assert (found.response_body, found.route) == ("92QX", "r")
    assert IdempotencyRecord.objects.get(pk=other.pk).response_body == "7K3F"


@pytest.mark.django_db
def test_a_counter_begins_at_one_and_counts_apart():
    def count(county):
        return statements.count_up(CaseCounter, "last", county_code=county, year=2026)

    assert [count("530112"), count("530112"), count("530102"), count("530112")] == [1, 2, 1, 3]
    assert CaseCounter.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_no_number_is_given_twice():
    def count(_):
        try:
            return statements.count_up(CaseCounter, "last", county_code="530112", year=2026)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(count, range(40))) == list(range(1, 41))


@pytest.mark.django_db
def test_fields_of_many_rows_are_written_and_no_others(django_assert_num_queries):
    notes = [Note(title=f"{n}", due=n, phone=f"1380013{n:04}") for n in range(30)]
    statements.insert(*notes)
    for note in notes:
        note.due, note.phone, note.title = note.due + 100, "13900139000", "not written"
    with django_assert_num_queries(1):
        statements.update_each(notes, "due", "phone")
    for number, note in enumerate(Note.objects.order_by("due")):
        assert (note.title, note.due, note.phone) == (f"{number}", number + 100, "13900139000")
    with django_assert_num_queries(0):
        statements.update_each([], "due")
