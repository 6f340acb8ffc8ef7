"""The application's role on PostgreSQL; tests/asvs says what it cannot do."""

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from lianxin.kernel import roles
from tests.application_role import ROLE

pytestmark = [
    pytest.mark.only_postgresql("SQLite has no roles"),
    pytest.mark.django_db,
]


def rights(table):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT array_agg(privilege_type::text ORDER BY privilege_type) "
            "FROM information_schema.table_privileges WHERE grantee = %s AND table_name = %s",
            [ROLE, table],
        )
        return cursor.fetchone()[0]


def columns_changed(table):
    """The columns that the role may change, one by one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT column_name::text FROM information_schema.column_privileges "
            "WHERE grantee = %s AND table_name = %s AND privilege_type = 'UPDATE'",
            [ROLE, table],
        )
        return [row[0] for row in cursor.fetchall()]


def test_each_table_gives_what_it_is_for():
    roles.prepare(ROLE)
    roles.prepare(ROLE, "another secret")
    assert rights("cases_case") == ["DELETE", "INSERT", "SELECT", "UPDATE"]
    assert rights("record_entry") == rights("handling_event") == ["INSERT", "SELECT"]
    assert columns_changed("handling_event") == ["note"]
    assert columns_changed("record_entry") == []
    assert rights("kernel_stamp") == ["INSERT", "SELECT", "UPDATE"]
    assert rights("auth_permission") == rights("django_migrations") == ["SELECT"]


def test_a_right_given_by_hand_is_taken_back():
    roles.prepare(ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT ALL ON record_entry TO {ROLE}")
        cursor.execute(f"GRANT UPDATE (data) ON record_entry TO {ROLE}")
    roles.grant("record", ROLE)
    assert rights("record_entry") == ["INSERT", "SELECT"]
    assert columns_changed("record_entry") == []


def test_a_powerful_role_is_refused():
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE ROLE {ROLE} CREATEDB")
    with pytest.raises(CommandError, match="rolcreatedb"):
        call_command("prepare_database", role=ROLE)


def test_a_search_without_its_index_is_said():
    with connection.cursor() as cursor:
        cursor.execute("SELECT proleakproof FROM pg_proc WHERE proname = 'ts_match_vq'")
        (is_safe,) = cursor.fetchone()
    assert bool(roles.prepare(ROLE)) is not is_safe
