import random
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lianxin.kernel.db import restore_extras
from lianxin.kernel.paging import keyset
from lianxin.kernel.search import matching, terms, tokens
from tests.kernel.world import EXTRAS, Note

pytestmark = pytest.mark.django_db

TEXTS = {
    "lamp": "临安镇建中路的路灯坏了三个月，晚上接孩子很不安全，请尽快修一下。",
    "water": "老姆登村从上周起停水，人畜饮水都困难。",
    "bus": "玉龙社区希望增加 12 路公交车的班次 Bus No.12A，2026-000123 号",
    "congress": "人民代表大会常务委员会组成人员到石林县视察",
    "rare": "𠮷野家门前的路 ꀀꀁ",
}


@pytest.fixture
def notes():
    return {
        title: Note.objects.create(title=title, due=n, search_text=tokens(text))
        for n, (title, text) in enumerate(TEXTS.items())
    }


def found(query: str) -> set[str]:
    return set(matching(Note.objects.all(), query).values_list("title", flat=True))


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("灯", {"lamp"}),
        ("路", {"lamp", "bus", "rare"}),
        ("停水", {"water"}),
        ("路灯", {"lamp"}),
        ("姆登", {"water"}),  # no word, but two neighbours
        ("公交车", {"bus"}),
        ("建中路", {"lamp"}),
        ("老姆登村从上周起停水", {"water"}),
        ("人民代表大会常务委员", {"congress"}),
        ("晚上接孩子很不安全请", {"lamp"}),
    ],
)
def test_1_2_3_10_characters(notes, query, titles):
    assert found(query) == titles


def test_of_a_common_word_the_newest_are_enough(notes):
    def newest(query, number):
        rows = matching(Note.objects.filter(due__gte=0), query, newest=number)
        return set(rows.values_list("title", flat=True))

    assert newest("路", 2) == {"bus", "rare"}
    assert newest("路", 3) == newest("路", 9) == {"lamp", "bus", "rare"}
    assert newest("停水", 1) == {"water"}
    notes["rare"].delete()
    assert newest("路", 2) == {"lamp", "bus"}


@pytest.mark.only_sqlite("FTS5 has to be filled in the order of its numbers")
def test_the_index_is_filled_in_one_walk_over_its_numbers(notes):
    fill = EXTRAS[0][0].statements(Note, "sqlite")[-1]
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {fill}")
        plan = [row[3] for row in cursor.fetchall()]
    assert plan[0] == "SCAN i", plan  # the table itself, not the index of its keys
    assert not any("TEMP B-TREE" in step for step in plan)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("路灯 孩子", {"lamp"}),
        ("孩子路灯", {"lamp"}),  # words in any order, written together
        ("路灯停水", set()),
        ("路灯坏了吗", {"lamp"}),  # a particle that is not there
        ("bus", {"bus"}),
        ("ＢＵＳ", {"bus"}),
        ("12A", {"bus"}),
        ("0001", {"bus"}),  # the beginning of a number
        ("000123", {"bus"}),
        ("2026-000123", {"bus"}),
        ("𠮷", {"rare"}),
        ("ꀀꀁ", {"rare"}),
        ("的", {"lamp", "bus", "rare"}),
        ("", set(TEXTS)),
        ("  \n", set(TEXTS)),
        ("，。！", set()),
    ],
)
def test_words_numbers_and_other_scripts(notes, query, titles):
    assert found(query) == titles


@pytest.mark.parametrize(
    "query",
    [
        '"', "'", '" OR 1=1 --', "NEAR(", "路*", "AND", "OR NOT", "title:路", "^路", "路 \0 灯", "\\",
        "' | 'a", "a & !b", ":*", "{}", "-", "路)" * 500, "\ud800", "🙂", "A" * 10_000, "路" * 10_000,
        "%s %(x)s %", "'; DROP TABLE kernel_tests_note; --",
    ],
)  # fmt: skip
def test_hostile_queries_are_no_error(notes, query):
    found(query)
    assert Note.objects.count() == len(TEXTS)


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(max_size=60))
def test_any_text_finds_itself(text):
    with transaction.atomic():
        note = Note.objects.create(search_text=tokens(text))
        if terms(text):
            assert note in matching(Note.objects.all(), text)
        transaction.set_rollback(True)


def test_every_piece_of_a_text_finds_it(notes):
    chance = random.Random(1)
    for title, text in TEXTS.items():
        for _ in range(60):
            start = chance.randrange(len(text) - 1)
            piece = text[start : start + chance.randint(1, 12)]
            if terms(piece) and not any(c.isascii() for c in piece):
                assert title in found(piece), piece


def test_it_works_within_filters_and_pages(notes):
    rows = matching(Note.objects.filter(due__gte=0).exclude(title="rare"), "路")
    page = keyset(rows.annotate(twice=F("due") * 2), order=("-due", "id"), size=1)
    assert [note.title for note in page] == ["bus"]
    page = keyset(rows, order=("-due", "id"), size=1)
    page = keyset(rows, order=("-due", "id"), size=1, after=page.next_cursor)
    assert [note.title for note in page] == ["lamp"]
    assert page.next_cursor is None
    assert rows.count() == 2
    assert rows.filter(title="lamp").exists()
    assert not rows.exclude(pk__in=matching(Note.objects.all(), "路").values("pk")).exists()


def test_the_index_follows_changes_and_deletions(notes):
    note = notes["lamp"]
    note.search_text = tokens("垃圾没有人收")
    note.save()
    assert found("路灯") == set()
    assert found("垃圾") == {"lamp"}
    Note.objects.filter(pk=note.pk).update(search_text=tokens("噪音"))
    assert (found("垃圾"), found("噪音")) == (set(), {"lamp"})
    note.delete()
    assert found("噪音") == set()


def test_a_broken_search_text_is_no_error():
    Note.objects.create(search_text="  a   b  ")
    assert matching(Note.objects.all(), "a b").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_sqlite("PostgreSQL changes tables in place")
def test_sqlite_triggers_come_back_after_a_change_of_the_table(committed, monkeypatch):
    from django.apps import apps

    from lianxin.kernel import db

    note = Note.objects.create(search_text=tokens("路灯坏了"))
    with connection.cursor() as cursor:
        for end in ("ai", "au", "ad"):
            cursor.execute(f'DROP TRIGGER "kernel_tests_note_search_text_{end}"')
    Note.objects.create(search_text=tokens("停水"))
    assert matching(Note.objects.all(), "停水").count() == 0
    monkeypatch.setattr(db, "_operations", lambda: {"kernel_tests": [EXTRAS[0][0]]})
    monkeypatch.setattr(
        apps, "get_app_config", lambda label: SimpleNamespace(models={"note": Note})
    )
    restore_extras("kernel_tests")
    assert matching(Note.objects.all(), "停水").count() == 1
    assert matching(Note.objects.all(), "路灯").get() == note


@pytest.mark.django_db(transaction=True)
def test_moved_rows_keep_the_index(committed):
    notes = [Note.objects.create(title=str(n), search_text=tokens(f"编号{n}号")) for n in range(9)]
    for note in notes[:5]:
        note.delete()
    with connection.cursor() as cursor:
        # Each moves the rows: SQLite numbers them anew, PostgreSQL writes the table anew.
        on_postgres = 'CLUSTER "kernel_tests_note" USING "kernel_tests_note_pkey"'
        cursor.execute("VACUUM" if connection.vendor == "sqlite" else on_postgres)
    assert found("编号7") == {"7"}


def test_an_index_can_be_taken_away_and_made_again(notes):
    operation, model = EXTRAS[0]
    for sqls in (operation.undoing, operation.statements):
        with connection.cursor() as cursor:
            for sql in sqls(model, connection.vendor):
                cursor.execute(sql)
    assert found("路灯") == {"lamp"}
    assert "search_text" in operation.describe()


def test_an_append_only_table_refuses_changes():
    from tests.kernel.world import Line

    line = Line.objects.create(text="a")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Line.objects.filter(pk=line.pk).update(text="b")
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        Line.objects.filter(pk=line.pk).delete()
    assert Line.objects.get(pk=line.pk).text == "a"


def test_a_search_uses_the_index(notes):
    if connection.vendor == "postgresql":  # reads a table of a few rows, whatever its indexes
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off")
    plan = matching(Note.objects.all(), "路灯").explain()
    assert "kernel_tests_note_search_text" in plan
