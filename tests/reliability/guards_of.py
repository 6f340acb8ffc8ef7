"""Prints what the database itself refuses, as JSON: triggers, and on PostgreSQL row security.

python -m tests.reliability.guards_of
"""

from __future__ import annotations

import json

SQLITE = "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
POSTGRESQL = """
    SELECT tgrelid::regclass::text, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal
    UNION ALL
    SELECT tablename || '.' || policyname, concat_ws(' ', cmd, qual, with_check) FROM pg_policies
    UNION ALL
    SELECT relname, 'held' FROM pg_class WHERE relrowsecurity AND relforcerowsecurity
"""


def main() -> list[list[str]]:
    import django

    django.setup()
    from django.db import connection

    from lianxin.kernel.db import is_sqlite

    with connection.cursor() as cursor:
        cursor.execute(SQLITE if is_sqlite() else POSTGRESQL)
        return sorted(list(row) for row in cursor.fetchall())


if __name__ == "__main__":
    print(json.dumps(main()))
