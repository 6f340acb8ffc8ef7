"""Words of an enum as a condition that a partial index can serve."""

from __future__ import annotations

from typing import Any

from django.db.models import BooleanField, Func


class Among(Func):
    """Condition: the column holds one of these words of ours, which stand in the statement itself.

    SQLite sees that a partial index serves it only where the words of the index are in the statement:
    into a list of parameters it does not look.
    """

    output_field = BooleanField()

    def __init__(self, *expressions: Any, words: tuple[str, ...] = ()) -> None:
        super().__init__(*expressions)
        self.words = tuple(str(word) for word in words)
        if not all(word.isidentifier() for word in self.words):
            raise ValueError("Only words of ours stand in a statement.")

    def as_sql(self, compiler: Any, connection: Any, *args: Any, **kwargs: Any) -> Any:
        sql, params = compiler.compile(self.get_source_expressions()[0])
        if len(self.words) == 1:
            return f"{sql} = '{self.words[0]}'", params
        words = ", ".join(f"'{word}'" for word in self.words)
        return f"{sql} IN ({words})", params


class Unindexed(Func):
    """A column that SQLite shall not look for in an index: where another one serves better.

    It knows how many rows a value has on average, not that most rows hold one and the same
    (no deputy), or that a range is everything there is (a province). PostgreSQL knows.
    """

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **kwargs: Any) -> Any:
        return super().as_sql(compiler, connection, template="+%(expressions)s", **kwargs)
