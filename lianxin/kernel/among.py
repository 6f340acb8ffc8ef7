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
        words = ", ".join(f"'{word}'" for word in self.words)
        return f"{sql} IN ({words})", params
