"""ASVS 5.0, chapter 13: the parts of the installation talk to each other with the least rights."""

import pytest
from django.db import connection, transaction
from django.db.utils import DatabaseError

from lianxin.kernel import scope
from lianxin.kernel.rowsecurity import rule_of
from lianxin.record.models import Entry
from tests.application_role import ROLE, go_on_as_application
from tests.architecture.source import ROOT

#: What an intruder would try with the application's connection.
FORBIDDEN = (
    "CREATE TABLE taken (id int)",
    "CREATE TEMP TABLE taken (id int)",
    "CREATE FUNCTION taken() RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE ROLE taken SUPERUSER",
    "CREATE EXTENSION pg_trgm",
    "ALTER TABLE cases_case NO FORCE ROW LEVEL SECURITY",
    "ALTER TABLE cases_case DISABLE TRIGGER ALL",
    "DROP POLICY lianxin_rows ON cases_case",
    "CREATE POLICY all_rows ON cases_case USING (true)",
    "TRUNCATE cases_case CASCADE",
    "DROP TABLE cases_case",
    "UPDATE record_entry SET actor_name = 'nobody'",
    "DELETE FROM record_entry",
    "DELETE FROM handling_event",
    "DELETE FROM django_migrations",
    "UPDATE auth_permission SET name = ''",
    "COPY cases_case FROM PROGRAM 'true'",
    "COPY (SELECT 1) TO '/tmp/taken'",
    "SELECT pg_read_file('/etc/passwd')",
    "SELECT rolpassword FROM pg_authid",
    "SET session_replication_role = 'replica'",
    "SET ROLE postgres",
)


@pytest.fixture
def as_application(db):
    go_on_as_application()


@pytest.mark.only_postgresql("SQLite has no roles: the file's mode is what protects it")
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_asvs_13_2_2_the_database_account_may_do_no_more(as_application, statement):
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError) as refused,
        transaction.atomic(),
    ):
        cursor.execute(statement)
    assert refused.value.__cause__.sqlstate == "42501"  # insufficient_privilege


@pytest.mark.only_postgresql("SQLite has no roles: the file's mode is what protects it")
def test_asvs_13_2_2_it_owns_nothing_and_is_held_to_its_scope(as_application):
    Entry.objects.create(
        at="2026-11-02T02:00Z", action="t", division_code="530112", subject_type="t", subject_id=ID
    )
    assert rule_of(Entry)
    with scope.within(["530102"]):
        assert not Entry.objects.exists()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_class c JOIN pg_roles r ON r.oid = c.relowner "
            "WHERE r.rolname = %s",
            [ROLE],
        )
        assert cursor.fetchone() == (0,)


ID = "01a21a2d-370f-760f-a72a-f46ab79dfc7d"


def test_asvs_12_1_1_the_proxy_that_we_set_up_speaks_tls_1_2_and_1_3_alone():
    """Every word that says which versions nginx speaks, in every file of the deployment."""
    said = [
        line.strip()
        for path in (ROOT / "deploy").rglob("*.conf")
        for line in path.read_text(encoding="utf-8").splitlines()
        if "ssl_protocols" in line
    ]
    assert said == ["ssl_protocols TLSv1.2 TLSv1.3;"]
