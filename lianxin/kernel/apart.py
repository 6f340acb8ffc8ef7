"""Kept apart by the database itself: values that one owner never holds at the same time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lianxin.kernel.db import SchemaExtra


class KeepApart(SchemaExtra):
    """Migration operation: no two rows of an `owner` that overlap in time (`from_date`, `until_date`,
    not `is_withdrawn`) point by `field` to different ones of these `codes`.

    A trigger, because the codes stand in another table, and so that a load past the services is held
    to it as well. On PostgreSQL it sees what row level security lets its writer see: the service asks
    from everywhere.
    """

    def __init__(self, model: str, *, owner: str, field: str, codes: Sequence[str]) -> None:
        super().__init__(model)
        self.owner, self.field, self.codes = owner, field, tuple(codes)

    def deconstruct(self) -> Any:
        words = {"owner": self.owner, "field": self.field, "codes": self.codes}
        return (type(self).__name__, [self.model], words)

    def describe(self) -> str:
        return f"Keep {', '.join(self.codes)} apart in {self.model}"

    def statements(self, model: Any, vendor: str) -> list[str]:
        table, found = model._meta.db_table, self._clash(model)
        name, says = f"{table}_apart", f"{table}: {', '.join(self.codes)} are kept apart"
        if vendor == "sqlite":
            return [
                f'CREATE TRIGGER IF NOT EXISTS "{name}_{verb.lower()}" BEFORE {verb} ON "{table}" '
                f"WHEN {found} BEGIN SELECT RAISE(ABORT, '{says}'); END"
                for verb in ("INSERT", "UPDATE")
            ]
        return [
            f'CREATE OR REPLACE FUNCTION "{name}"() RETURNS trigger LANGUAGE plpgsql AS '
            f"$$ BEGIN IF {found} THEN RAISE EXCEPTION '{says}' "
            "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN new; END $$",
            f'CREATE OR REPLACE TRIGGER "{name}" BEFORE INSERT OR UPDATE ON "{table}" '
            f'FOR EACH ROW EXECUTE FUNCTION "{name}"()',
        ]

    def undoing(self, model: Any, vendor: str) -> list[str]:
        table = model._meta.db_table
        if vendor != "sqlite":
            return [
                f'DROP TRIGGER IF EXISTS "{table}_apart" ON "{table}"',
                f'DROP FUNCTION IF EXISTS "{table}_apart"()',
            ]
        return [f'DROP TRIGGER IF EXISTS "{table}_apart_{verb}"' for verb in ("insert", "update")]

    def _clash(self, model: Any) -> str:
        field, owner = (model._meta.get_field(name) for name in (self.field, self.owner))
        other, key = field.related_model._meta.db_table, field.column
        codes = ", ".join(f"'{code}'" for code in self.codes)
        return (
            f'NOT new.is_withdrawn AND EXISTS (SELECT 1 FROM "{model._meta.db_table}" held '  # noqa: S608
            f'JOIN "{other}" mine ON mine.id = held."{key}" '
            f'JOIN "{other}" wanted ON wanted.id = new."{key}" '
            f'WHERE held."{owner.column}" = new."{owner.column}" AND held.id <> new.id '
            "AND NOT held.is_withdrawn AND mine.code <> wanted.code "
            f"AND mine.code IN ({codes}) AND wanted.code IN ({codes}) "
            "AND (held.until_date IS NULL OR held.until_date >= new.from_date) "
            "AND (new.until_date IS NULL OR new.until_date >= held.from_date))"
        )
