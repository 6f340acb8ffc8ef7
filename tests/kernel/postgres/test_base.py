"""What is sent to PostgreSQL, and when the scope is in it."""

import pytest
from django.db import NotSupportedError, connection, transaction
from django.db.utils import ProgrammingError

from lianxin.kernel import scope
from lianxin.kernel.postgres import base

pytestmark = pytest.mark.only_postgresql("the scope goes to PostgreSQL alone")
SHOW = "SELECT current_setting('lianxin.scope', true)"


def seen():
    with connection.cursor() as cursor:
        cursor.execute(SHOW)
        return cursor.fetchone()[0]


def broken():
    with connection.cursor() as cursor:
        cursor.execute("SELECT nothing_like_it")


@pytest.fixture
def sent(monkeypatch):
    """The scopes sent along, one per statement; None where none was."""
    seen()  # The first statement of a connection has others before it.
    found = []
    wanted = base.Cursor._wanted

    def noted(cursor):
        found.append(wanted(cursor))
        return found[-1]

    monkeypatch.setattr(base.Cursor, "_wanted", noted)
    return found


@pytest.mark.django_db(transaction=True)
class TestOutside:
    def test_each_statement_carries_it_and_leaves_nothing(self, sent):
        with scope.within(["53"]):
            assert seen() == seen() == ".,53"
        with scope.nowhere():
            assert not seen()
        assert sent == [".,53", ".,53", None]

    def test_many_at_once(self):
        with connection.cursor() as cursor, scope.within(["53"]):
            cursor.execute("CREATE TEMP TABLE noted (scope text, number int)")
            cursor.executemany(
                "INSERT INTO noted VALUES (current_setting('lianxin.scope'), %s)", [[1], [2]]
            )
            assert cursor.rowcount == 2
            cursor.execute("SELECT * FROM noted ORDER BY number")
            assert cursor.fetchall() == [(".,53", 1), (".,53", 2)]

    def test_a_copy_is_refused(self):
        copying = "COPY (SELECT 1) TO STDOUT"
        with connection.cursor() as cursor, pytest.raises(NotSupportedError), cursor.copy(copying):
            pass

    def test_what_bears_no_company_goes_without_a_scope(self):
        with connection.cursor() as cursor, scope.nowhere():
            cursor.execute("VACUUM kernel_ratebucket")


@pytest.mark.django_db(transaction=True)
class TestInside:
    def test_once_a_transaction(self, sent):
        with scope.within(["53"]):
            for _ in range(2):
                with transaction.atomic():
                    assert seen() == seen() == ".,53"
        assert sent == [".,53", None, ".,53", None]
        with scope.nowhere():
            assert not seen()

    def test_a_change_is_heard_at_once(self):
        with transaction.atomic():
            assert seen() == scope.EVERYWHERE
            with scope.within(["53"]):
                assert seen() == ".,53"
            with scope.nowhere():
                assert seen() == ""
            assert seen() == scope.EVERYWHERE

    def test_what_a_rollback_undid_is_set_again(self):
        with transaction.atomic():
            assert seen() == scope.EVERYWHERE
            with scope.within(["53"]):
                with transaction.atomic():
                    assert seen() == ".,53"
                    transaction.set_rollback(True)
                assert seen() == ".,53"
                with pytest.raises(ProgrammingError), transaction.atomic():
                    broken()
                assert seen() == ".,53"

    def test_a_fresh_transaction_after_a_broken_one(self):
        with scope.within(["53"]):
            with pytest.raises(ProgrammingError), transaction.atomic():
                broken()
            with transaction.atomic():
                assert seen() == ".,53"

    def test_a_statement_that_never_left_sets_nothing(self):
        with transaction.atomic(), scope.within(["53"]):
            with connection.cursor() as cursor, pytest.raises(ProgrammingError):
                cursor.execute("SELECT %s, %s", [1])
            assert seen() == ".,53"

    def test_copies_and_many_at_once(self):
        with transaction.atomic(), scope.within(["53"]), connection.cursor() as cursor:
            with cursor.copy(f"COPY ({SHOW}) TO STDOUT") as copy:
                assert b"".join(map(bytes, copy)) == b".,53\n"
            cursor.executemany(SHOW + " WHERE 1 = %s", [[1], [2]])
            assert seen() == ".,53"

    def test_the_level_of_isolation_may_still_be_chosen(self):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
            assert seen() == scope.EVERYWHERE


@pytest.mark.django_db
def test_it_counts_as_no_query_and_changes_no_result(django_assert_num_queries):
    with (
        scope.within(["53"]),
        django_assert_num_queries(1) as counted,
        connection.cursor() as cursor,
    ):
        cursor.execute("SELECT 7 WHERE '%%' = %s", ["%"])
        assert cursor.fetchall() == [(7,)]
        assert [column.name for column in cursor.description] == ["?column?"]
    assert "lianxin" not in str(counted.captured_queries)
    with scope.within(["53"]), connection.cursor() as cursor:
        cursor.callproc("generate_series", [1, 2])
        assert cursor.fetchall() == [(1,), (2,)]
