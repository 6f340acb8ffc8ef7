"""The role as which the application works on PostgreSQL: it owns nothing and may hardly do anything.

It reads and writes rows, those of append-only tables excepted, which it can only add to: the one
column that may be emptied is guarded by their trigger. It creates, changes, empties and drops no table,
and row level security holds it. Tables are made by another role, their owner, who migrates.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import connection, transaction
from psycopg.sql import SQL, Composable, Composed, Identifier, Literal

from lianxin.kernel.db import append_only_tables

#: What a role of the application must not have, as pg_roles calls it.
POWERS = ("rolsuper", "rolbypassrls", "rolcreaterole", "rolcreatedb", "rolreplication")
#: Written by `migrate` alone.
_MADE_BY_MIGRATE = {"contenttypes", "auth"}
#: Of no model; triggers write there as whoever changed a row: see kernel/reference.py.
_STAMPS = "kernel_stamp"
_SEARCH = "pg_catalog.ts_match_vq(tsvector, tsquery)"


class TooPowerfulError(Exception):
    """The role exists, and may do what the application must not; the message says what."""


@transaction.atomic
def prepare(role: str, password: str = "") -> list[str]:
    """Makes the role where it is missing, and gives it what the application needs, as the owner.

    May be run again. Returns what the operator should know. Raises TooPowerfulError.
    """
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(POWERS)} FROM pg_roles WHERE rolname = %s", [role])  # noqa: S608
        found = cursor.fetchone()
        if found is None:
            cursor.execute(SQL("CREATE ROLE {} LOGIN NOINHERIT").format(Identifier(role)))
        elif any(found):
            powers = [name for name, has in zip(POWERS, found, strict=True) if has]
            raise TooPowerfulError(f"{role} has {', '.join(powers)}.")
        if password:
            # Only its digest leaves for the server, whose log may show statements.
            pgconn = connection.connection.pgconn
            digest = pgconn.encrypt_password(password.encode(), role.encode(), b"scram-sha-256")
            cursor.execute(
                SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(role), Literal(digest.decode()))
            )
        _grant_database(cursor, role)
        for config in apps.get_app_configs():
            grant(config.label, role)
        return _search_may_use_its_index(cursor)


def grant(app_label: str, role: str) -> None:
    """Gives the role its rights on the app's tables, and takes all others from it."""
    appended = append_only_tables(app_label)
    verbs = "SELECT" if app_label in _MADE_BY_MIGRATE else "SELECT, INSERT, UPDATE, DELETE"
    models = apps.get_app_config(app_label).get_models(include_auto_created=True)
    names = [model._meta.db_table for model in models]
    wanted: dict[str, Composable] = {name: SQL(verbs) for name in names}
    wanted |= {name: _appending(appended[name]) for name in appended.keys() & wanted}
    if app_label == "kernel":
        wanted[_STAMPS] = SQL("SELECT, INSERT, UPDATE")
    present = set(connection.introspection.table_names())
    with connection.cursor() as cursor:
        for table in present.intersection(wanted):
            about = {"table": Identifier(table), "role": Identifier(role)}
            cursor.execute(SQL("REVOKE ALL ON {table} FROM PUBLIC, {role}").format(**about))
            given = SQL("GRANT {verbs} ON {table} TO {role}")
            cursor.execute(given.format(verbs=wanted[table], **about))


def _appending(may_empty: str) -> Composed:
    """The rights on an append-only table."""
    verbs = SQL("SELECT, INSERT")
    return verbs + (SQL(", UPDATE ({})").format(Identifier(may_empty)) if may_empty else SQL(""))


def _grant_database(cursor: Any, role: str) -> None:
    names = {"role": Identifier(role), "database": Identifier(connection.settings_dict["NAME"])}
    for sql in (
        "REVOKE CREATE, TEMPORARY ON DATABASE {database} FROM PUBLIC, {role}",
        "GRANT CONNECT ON DATABASE {database} TO {role}",
        "REVOKE CREATE ON SCHEMA public FROM PUBLIC, {role}",
        "GRANT USAGE ON SCHEMA public TO {role}",
        "GRANT SELECT ON django_migrations TO {role}",
    ):
        cursor.execute(SQL(sql).format(**names))


def _search_may_use_its_index(cursor: Any) -> list[str]:
    """Under row level security an index serves only operators that are said not to leak."""
    cursor.execute("SELECT proleakproof FROM pg_proc WHERE oid = %s::regprocedure", [_SEARCH])
    if cursor.fetchone()[0]:
        return []
    cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    change = f"ALTER FUNCTION {_SEARCH} LEAKPROOF"
    if cursor.fetchone()[0]:
        cursor.execute(change)
        return []
    return [f"Search reads whole tables until a superuser has run, in this database: {change};"]
