from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from lianxin.cases.models import Case, CaseCounter, Voice
from lianxin.kernel import statements
from lianxin.kernel.clock import LOCAL
from lianxin.kernel.ids import uuid7
from lianxin.kernel.models import IdempotencyRecord, OutboxMessage, RateBucket
from lianxin.record.models import Entry, Leaf
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


@pytest.mark.parametrize(
    "model", [Case, Voice, CaseCounter, Entry, Leaf, IdempotencyRecord, OutboxMessage, RateBucket]
)
def test_a_new_row_is_what_the_model_makes(model):
    mine, made = statements.new(model), model()
    drawn = {
        f.attname for f in model._meta.concrete_fields if f.has_default() and callable(f.default)
    } - {"details"}
    for field in model._meta.concrete_fields:
        if field.attname not in drawn:
            assert mine.__dict__[field.attname] == made.__dict__[field.attname]
        assert type(mine.__dict__[field.attname]) is type(made.__dict__[field.attname])
    assert mine._state.adding
    assert mine._state is not statements.new(model)._state


def test_a_new_row_has_no_other_columns():
    assert statements.new(CaseCounter, year=2026).year == 2026
    for wrong in ({"county": "530112"}, {"year": 2026, "counter": 1}):
        with pytest.raises(TypeError, match="no column"):
            statements.new(CaseCounter, **wrong)


def test_columns_hold_what_the_fields_would_make_of_them():
    moments = [NOW, NOW.replace(microsecond=7), NOW.astimezone(LOCAL), None]
    rows = [
        *(record(f"{n}", body="") for n in range(2)),
        *(Entry(at=at, action="a", actor_id=uuid7(), data={"n": [1]}) for at in moments if at),
        *(OutboxMessage(lease_until=at, payload={"a": None}) for at in moments),
        Voice(case_id=uuid7(), phone_index=b"\1", code_digest=b"\0" * 32, joined_at=NOW),
        Case(number=7, voices_count="3", filed_by_id=str(uuid7()), filed_at=NOW, is_open=1),
    ]
    for row in rows:
        fields = statements._fields(type(row))
        wanted = [f.get_db_prep_save(f.pre_save(row, True), connection) for f in fields]
        for field, mine, made in zip(fields, statements._values([row]), wanted, strict=True):
            assert plain(mine) == plain(made), field


def plain(value):
    """What a driver's wrapper holds."""
    if hasattr(value, "obj") and not isinstance(value, memoryview):
        return value.obj
    return bytes(value) if isinstance(value, (memoryview, bytearray)) else value


@pytest.mark.django_db
def test_a_prepared_row_is_written_with_what_was_learned_since(django_assert_num_queries):
    note = Note(title="not yet known", due=1, phone="13800138000")
    with django_assert_num_queries(0):
        prepared = statements.prepare(note)
        prepared.change(title="一", due=2)
    note.phone = "not written any more"
    with django_assert_num_queries(1):
        statements.write(prepared, statements.prepare())
    found = Note.objects.get(pk=note.pk)
    assert (found.title, found.due, found.phone) == ("一", 2, "13800138000")
    assert (note.title, note._state.adding) == ("一", False)


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
