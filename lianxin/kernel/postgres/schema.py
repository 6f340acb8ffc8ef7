"""New columns keep their default in the database, so that an older version can go on inserting.

Django drops it once the rows that are there are filled: it sends every value itself. But while a new
version is being rolled out the old one still writes, and knows nothing of the column.
"""

from __future__ import annotations

from typing import Any

from django.db.backends.postgresql import schema


class DatabaseSchemaEditor(schema.DatabaseSchemaEditor):
    def skip_default_on_alter(self, field: Any) -> bool:
        """Whether a column's default stays when the column was added or became NOT NULL."""
        return True
