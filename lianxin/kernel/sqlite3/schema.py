"""A migration looks again at what it has written, not at the whole database.

Django has SQLite check every foreign key of every table after each migration: at a million cases (16 GB)
the database is locked for minutes, also where nothing but a small table was altered.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.backends.sqlite3 import schema

#: Action codes of SQLite for a statement that inserts, updates, deletes or drops, as its
#: authoriser is told when the statement is prepared; the name of the table comes with them.
WRITES = {18, 23, 9, 11}
_ALLOWED = 0

REFERENCES = """
SELECT m.name, f."table" FROM sqlite_master m, pragma_foreign_key_list(m.name) f
WHERE m.type = 'table'
"""

_Editor: Any = schema.DatabaseSchemaEditor  # Its types leave out what it overrides here.
#: What all engines do at the end; SQLite's own would check everything first.
_Common: Any = BaseDatabaseSchemaEditor


class DatabaseSchemaEditor(_Editor):
    """Django's; at its end the tables written to are checked, and those that refer to them."""

    def __enter__(self) -> DatabaseSchemaEditor:
        super().__enter__()
        self.written: set[str] = set()
        self.connection.connection.set_authorizer(self._prepared)
        return self

    def __exit__(self, *raised: Any) -> None:
        """Raises IntegrityError where a reference leads nowhere; the migration is then undone."""
        self.connection.connection.set_authorizer(None)
        self.connection.check_constraints(self._doubtful())
        _Common.__exit__(self, *raised)
        self.connection.enable_constraint_checking()

    def _prepared(self, action: int, table: str | None, *_: object) -> int:
        if action in WRITES and table:
            self.written.add(table)
        return _ALLOWED

    def _doubtful(self) -> list[str]:
        with self.connection.cursor() as cursor:
            there = set(self.connection.introspection.table_names(cursor))
            referring = {
                name for name, target in cursor.execute(REFERENCES) if target in self.written
            }
        return sorted((self.written | referring) & there)
