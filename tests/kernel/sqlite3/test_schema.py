"""A migration's references are checked where it wrote, and nowhere else."""

import pytest
from django.db import IntegrityError, connection, connections

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.only_sqlite("PostgreSQL checks each reference as it is written"),
]


@pytest.fixture
def other(tmp_path):
    """A database of its own: a large table that refers to another, and something small."""
    wrapper = connection.copy(alias="migrated")
    connections["migrated"] = wrapper
    wrapper.settings_dict = {**wrapper.settings_dict, "NAME": str(tmp_path / "migrated.sqlite3")}
    with wrapper.cursor() as cursor:
        cursor.execute("CREATE TABLE parent (id integer PRIMARY KEY)")
        cursor.execute("CREATE TABLE child (id integer PRIMARY KEY, of REFERENCES parent (id))")
        cursor.execute("CREATE TABLE small (id integer PRIMARY KEY)")
        cursor.execute("INSERT INTO parent VALUES (1)")
        cursor.execute("INSERT INTO child VALUES (1, 1)")
    yield wrapper
    wrapper.close()
    del connections["migrated"]


def migrate(other, *statements):
    with other.schema_editor() as editor:
        for sql in statements:
            editor.execute(sql, params=None)


@pytest.mark.parametrize(
    "statements",
    [
        ["INSERT INTO child VALUES (2, 99)"],
        ["UPDATE child SET of = 99"],
        ["DELETE FROM parent"],
        [
            "CREATE TABLE new__parent (id integer PRIMARY KEY)",
            "DROP TABLE parent",
            "ALTER TABLE new__parent RENAME TO parent",
        ],
        [
            "CREATE TABLE new__child (id integer PRIMARY KEY, of REFERENCES parent (id))",
            "INSERT INTO new__child VALUES (1, 99)",
            "DROP TABLE child",
            "ALTER TABLE new__child RENAME TO child",
        ],
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(other, statements):
    with pytest.raises(IntegrityError, match="invalid foreign key"):
        migrate(other, *statements)


def test_what_leads_somewhere_is_kept(other):
    migrate(other, "INSERT INTO parent VALUES (2)", "INSERT INTO child VALUES (2, 2)")
    with other.cursor() as cursor:
        assert cursor.execute("SELECT count(*) FROM child").fetchone() == (2,)
        assert cursor.execute("PRAGMA foreign_keys").fetchone() == (1,)


def test_a_table_that_was_not_written_to_is_not_looked_through(other):
    """Seen by a fault that was there before: whoever looked would refuse."""
    with other.constraint_checks_disabled(), other.cursor() as cursor:
        cursor.execute("INSERT INTO child VALUES (3, 99)")
    migrate(other, "INSERT INTO small VALUES (1)", "ALTER TABLE small ADD COLUMN more text")
    with pytest.raises(IntegrityError):
        migrate(other, "INSERT INTO parent VALUES (7)")


def test_statements_of_before_are_noted_too(other):
    """SQLite keeps prepared statements; one that was used before the migration counts as well."""
    sql = "UPDATE child SET of = %s"
    with other.cursor() as cursor:
        cursor.execute(sql, [1])
    with pytest.raises(IntegrityError), other.schema_editor() as editor:
        editor.execute(sql, params=[99])
