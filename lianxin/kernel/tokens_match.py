"""Where a model's search index stands, and asking it. See kernel/search.py."""

# Names of tables and columns come from models.
# ruff: noqa: S608

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Func


class TokensMatch(Func):
    """Condition (key, column of tokens): the row holds all `terms`, and is of the `newest` that do.

    See kernel/search.py.
    """

    output_field = BooleanField()

    def __init__(
        self, *expressions: Any, terms: tuple[tuple[str, bool], ...], newest: int | None = None
    ) -> None:
        super().__init__(*expressions)
        self.terms, self.newest = terms, newest

    def as_sqlite(self, compiler: Any, connection: Any, **kwargs: Any) -> Any:
        key, column = self.get_source_expressions()
        sql, params = compiler.compile(key)
        name = search_name(column.target.model._meta.db_table, column.target.column)
        # Tokens are letters and digits only, so that quoting them is safe.
        query = " AND ".join(f'"{token}"{"*" if starts else ""}' for token, starts in self.terms)
        found = (
            f'SELECT i.id FROM "{name}_fts" JOIN "{name}_ids" i ON i.docid = "{name}_fts".rowid '
            f'WHERE "{name}_fts" MATCH %s'
        )
        if self.newest is not None:
            # Numbers are given as rows come, so that FTS5 reads no more than these.
            found += f' ORDER BY "{name}_fts".rowid DESC LIMIT {self.newest:d}'
        return f"{sql} IN ({found})", (*params, query)

    def as_postgresql(self, compiler: Any, connection: Any, **kwargs: Any) -> Any:
        column = self.get_source_expressions()[1]
        table = compiler.quote_name_unless_alias(column.alias)
        query = " & ".join(f"'{token}'{':*' if starts else ''}" for token, starts in self.terms)
        vector = f'"{vector_name(column.target.column)}" @@ %s::tsquery'
        if self.newest is None:
            return f"{table}.{vector}", (query,)
        sql, params = compiler.compile(self.get_source_expressions()[0])
        meta = column.target.model._meta
        found = (
            f'SELECT "{meta.pk.column}" FROM "{meta.db_table}" WHERE {vector} '
            f'ORDER BY "{meta.pk.column}" DESC LIMIT {self.newest:d}'
        )
        return f"{sql} IN ({found})", (*params, query)


def search_name(table: str, column: str) -> str:
    return f"{table}_{column}"[:55]


def vector_name(column: str) -> str:
    return f"{column}_vector"
