"""Row level security on PostgreSQL: which rows of a table the scope of what runs now reaches.

A model says it with `row_rule`; one with a `division_code` and no rule is kept to its division. The
policies are written after each migration, so that no new table goes without. They read the setting
that `kernel/postgres` puts in front of the statements, and are forced: the owner of the tables
is held to them as well; only PostgreSQL's superusers are not.

SQLite has nothing like it: one file is one place's, and what people see is asked of the queries alone.
"""

# Names of tables and columns come from models.
# ruff: noqa: S608

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.apps import apps
from django.db import connection, transaction
from django.db.models import Model

SETTING = "(SELECT current_setting('lianxin.scope', true))"
_ANY_SCOPE = f"{SETTING} <> ''"
_BEGINNINGS = "(SELECT string_to_array(current_setting('lianxin.scope', true), ','))::text[]"
READ_BY_ALL = "lianxin_read"
APPENDED_BY_ALL = "lianxin_append"
ROWS = "lianxin_rows"
#: What a policy is for, and whether it has USING and WITH CHECK; ROWS: everything, both.
_VERBS = {READ_BY_ALL: "SELECT", APPENDED_BY_ALL: "INSERT"}
_CLAUSES = {READ_BY_ALL: (True, False), APPENDED_BY_ALL: (False, True)}


@dataclass(frozen=True, slots=True)
class OwnDivision:
    """Read and written by those whose scope holds the row's division.

    `append` says why everybody with any scope may append all the same.
    """

    append: str = ""

    def policies(self, model: type[Model]) -> dict[str, str]:
        # A scope's entry is the beginning of a code, or a whole code with a point behind it.
        column = f'"{model._meta.db_table}"."division_code"'
        inside = _unless_everywhere(f"({column} || '.') ^@ ANY ({_BEGINNINGS})")
        return {ROWS: inside, **_append(self.append)}


@dataclass(frozen=True, slots=True)
class ReadByAll:
    """Written by those whose scope holds the row's division, read by everybody with any scope."""

    reason: str

    def policies(self, model: type[Model]) -> dict[str, str]:
        return {**OwnDivision().policies(model), READ_BY_ALL: _ANY_SCOPE}


@dataclass(frozen=True, slots=True)
class AnyScope:
    """Read and written by everybody with any scope: nobody's division bounds the row."""

    reason: str

    def policies(self, model: type[Model]) -> dict[str, str]:
        return {ROWS: _ANY_SCOPE}


@dataclass(frozen=True, slots=True)
class Through:
    """Read and written by those who reach the row that the foreign key names; `append` as above."""

    field: str
    append: str = ""

    def policies(self, model: type[Model]) -> dict[str, str]:
        field = model._meta.get_field(self.field)
        other = field.related_model._meta  # type: ignore[union-attr]
        column = f'"{model._meta.db_table}"."{field.column}"'  # type: ignore[union-attr]
        # The other table's own policies hold inside, too.
        there = f'SELECT 1 FROM "{other.db_table}" o WHERE o."{other.pk.column}" = {column}'
        return {ROWS: _unless_everywhere(f"EXISTS ({there})"), **_append(self.append)}


Rule = OwnDivision | ReadByAll | AnyScope | Through


def rule_of(model: type[Model]) -> Rule | None:
    """The model's rule; None: a table of the whole installation, without policies."""
    found: Rule | None = getattr(model, "row_rule", None)
    if found is None and any(field.name == "division_code" for field in model._meta.fields):
        return OwnDivision()
    return found


def policies_of(model: type[Model]) -> dict[str, str]:
    """Name and condition of each policy that the table must have."""
    rule = rule_of(model)
    return rule.policies(model) if rule and model._meta.managed else {}


def secure(app_label: str) -> None:
    """Gives the app's tables the policies of their models; touches none that has them already."""
    if connection.vendor != "postgresql":
        return
    with transaction.atomic(), connection.cursor() as cursor:
        present = state_of(cursor)
        for model in apps.get_app_config(app_label).get_models(include_auto_created=True):
            table = model._meta.db_table
            if table in present and present[table] != wanted_state(policies_of(model)):
                for sql in _statements(table, policies_of(model), present[table].policies):
                    cursor.execute(sql)


@dataclass(frozen=True, slots=True)
class State:
    """What a table has: security switched on, forced on its owner, and name → mark of its policies."""

    is_on: bool
    is_forced: bool
    policies: dict[str, str]


def wanted_state(policies: dict[str, str]) -> State:
    on = bool(policies)
    return State(on, on, {name: _mark(condition) for name, condition in policies.items()})


def state_of(cursor: object) -> dict[str, State]:
    """Of every table in the schema; a policy's mark is its comment."""
    cursor.execute(  # type: ignore[attr-defined]
        "SELECT c.relname, c.relrowsecurity, c.relforcerowsecurity, p.polname, "
        "obj_description(p.oid, 'pg_policy') FROM pg_class c "
        "LEFT JOIN pg_policy p ON p.polrelid = c.oid "
        "WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace"
    )
    found: dict[str, State] = {}
    for table, is_on, is_forced, policy, mark in cursor.fetchall():  # type: ignore[attr-defined]
        state = found.setdefault(table, State(is_on, is_forced, {}))
        if policy:
            state.policies[policy] = mark or ""
    return found


def _unless_everywhere(condition: str) -> str:
    # CASE: the planner takes half of the rows for granted instead of hardly any, and keeps its plans.
    return f"CASE {SETTING} WHEN '*' THEN true ELSE {condition} END"


def _append(reason: str) -> dict[str, str]:
    return {APPENDED_BY_ALL: _ANY_SCOPE} if reason else {}


def _mark(condition: str) -> str:
    return hashlib.sha256(condition.encode()).hexdigest()[:16]


def _statements(table: str, policies: dict[str, str], present: Iterable[str]) -> list[str]:
    found = [f'DROP POLICY "{name}" ON "{table}"' for name in present]
    on, forced = ("ENABLE", "FORCE") if policies else ("DISABLE", "NO FORCE")
    found += [f'ALTER TABLE "{table}" {on} ROW LEVEL SECURITY']
    found += [f'ALTER TABLE "{table}" {forced} ROW LEVEL SECURITY']
    for name, condition in policies.items():
        verb, (using, check) = _VERBS.get(name, "ALL"), _CLAUSES.get(name, (True, True))
        found += [
            f'CREATE POLICY "{name}" ON "{table}" FOR {verb}'
            + (f" USING ({condition})" if using else "")
            + (f" WITH CHECK ({condition})" if check else ""),
            f'COMMENT ON POLICY "{name}" ON "{table}" IS \'{_mark(condition)}\'',
        ]
    return found
