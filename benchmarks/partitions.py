"""Partitions tried on PostgreSQL: `python -m benchmarks.partitions --rows 10000000`.

The journal's table with its indexes and its row security, plain, by month of its time-ordered key, and
by prefecture. Rows over three years go in by COPY; then the questions that pages ask, single
inserts, taking a month away, and VACUUM are measured on each. Lines of JSON; docs/decisions/0015
keeps the figures of a run.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg

from benchmarks.installation import PLAIN, Installation

FIRST, MONTHS = (2024, 1), 36
COUNTIES = 129
SHAPES = ("plain", "months", "places")
#: UUIDv7: 48 bits of milliseconds, then chance; made by the server, as COPY would bring them.
KEY = (
    "(lpad(to_hex((extract(epoch FROM at) * 1000)::bigint), 12, '0') || '7' || "
    "substr(md5(n::text), 1, 3) || '8' || substr(md5(n::text), 4, 15))::uuid"
)
COLUMNS = (
    "id, division_code, at, action, subject_type, subject_id, actor_name, organ_id, data, public"
)
#: Sixteen prefectures; counties and villages below, as the codes of the province are made.
SOURCE = f"""
SELECT {KEY}, division_code, at, 'handling.dispatch.sign', 'handling.Matter',
       md5((n / 10)::text)::uuid, '段小梅', md5((n % 9973)::text)::uuid,
       jsonb_build_object('round', n % 3, 'dispatch', md5(n::text)), n % 4 = 0
FROM (SELECT n, timestamptz '2024-01-01Z' + interval '1096 days' * (n::float8 / {{rows}}) AS at,
             '53' || lpad((1 + h % 16)::text, 2, '0') || lpad((1 + h / 16 % 8)::text, 2, '0')
             || lpad((h / 128 % 10)::text, 3, '0') || lpad((n % 8)::text, 3, '0') AS division_code
      FROM (SELECT n, ('x' || substr(md5((n / 10)::text), 1, 6))::bit(24)::int AS h
            FROM generate_series({{first}}, {{last}}) n) a) b
"""
INDEXES = (
    "(subject_type, subject_id, id)",
    "(division_code, at, id)",
)


def months() -> Iterator[tuple[str, datetime, datetime]]:
    year, month = FIRST
    for _ in range(MONTHS):
        start = datetime(year, month, 1, tzinfo=UTC)
        name = f"{year}{month:02}"
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        yield name, start, datetime(year, month, 1, tzinfo=UTC)


def lowest(at: datetime) -> str:
    """The smallest key of that moment: what a partition begins with."""
    made = f"{int(at.timestamp() * 1000):012x}" + "0" * 20
    return f"{made[:8]}-{made[8:12]}-{made[12:16]}-{made[16:20]}-{made[20:]}"


def tables(shape: str) -> Iterator[str]:
    key = "PRIMARY KEY (id)" if shape != "places" else "PRIMARY KEY (division_code, id)"
    part = {"months": "PARTITION BY RANGE (id)", "places": "PARTITION BY RANGE (division_code)"}
    yield f"""CREATE TABLE {shape} (id uuid, division_code varchar(12) NOT NULL, at timestamptz NOT NULL,
        action varchar(60) NOT NULL, subject_type varchar(60) NOT NULL, subject_id uuid NOT NULL,
        actor_name varchar(60) NOT NULL, organ_id uuid, data jsonb NOT NULL, public boolean NOT NULL,
        {key}) {part.get(shape, "")}"""
    if shape == "months":
        for name, start, end in months():
            yield (
                f"CREATE TABLE months_{name} PARTITION OF months "
                f"FOR VALUES FROM ('{lowest(start)}') TO ('{lowest(end)}')"
            )
    if shape == "places":
        for n in range(1, 17):
            yield (
                f"CREATE TABLE places_{n:02} PARTITION OF places "
                f"FOR VALUES FROM ('53{n:02}') TO ('53{n + 1:02}')"
            )


def security(shape: str) -> Iterator[str]:
    """The policy that the product writes, on a table of this name."""
    from lianxin.kernel.rowsecurity import ROWS, policies_of
    from lianxin.record.models import Entry

    condition = policies_of(Entry)[ROWS].replace(Entry._meta.db_table, shape)
    yield f"ALTER TABLE {shape} ENABLE ROW LEVEL SECURITY"
    yield f"ALTER TABLE {shape} FORCE ROW LEVEL SECURITY"
    yield f"CREATE POLICY rows ON {shape} USING ({condition}) WITH CHECK ({condition})"


class Trial:
    """One shape of the table, in a database of its own."""

    def __init__(self, connection: psycopg.Connection, shape: str, rows: int) -> None:
        self.tell, self.shape, self.rows = connection.execute, shape, rows
        self.connection, self.found = connection, {"shape": shape, "rows": rows}

    def run(self) -> dict[str, Any]:
        for sql in tables(self.shape):
            self.tell(sql)
        self.clocked("copy_seconds", self.fill)
        self.clocked("index_seconds", self.index)
        size = self.one(
            "SELECT sum(pg_total_relation_size(oid)) FROM pg_class "
            "WHERE relkind = 'r' AND relname LIKE %s",
            self.shape + "%",
        )
        self.found["gigabytes"] = round(float(size) / 2**30, 2)
        for sql in security(self.shape):
            self.tell(sql)
        self.clocked("vacuum_seconds", lambda: self.tell(f"VACUUM (ANALYZE) {self.shape}"))
        self.ask()
        self.clocked("insert_seconds", self.insert)
        self.clocked("drop_month_seconds", self.drop_month)
        self.clocked("vacuum_after_seconds", lambda: self.tell(f"VACUUM {self.shape}"))
        return self.found

    def clocked(self, name: str, act: Callable[[], object]) -> None:
        began = time.monotonic()
        act()
        self.found[name] = round(time.monotonic() - began, 2)

    def one(self, sql: str, *words: object) -> Any:
        return (self.tell(sql, words).fetchone() or (None,))[0]

    def fill(self) -> None:
        """A second connection makes the rows, COPY carries them."""
        info = self.connection.info
        with psycopg.connect(info.dsn, autocommit=True) as source:
            step = 1_000_000
            for first in range(0, self.rows, step):
                last = min(first + step, self.rows) - 1
                made = SOURCE.format(rows=self.rows, first=first, last=last)
                with (
                    source.cursor().copy(f"COPY ({made}) TO STDOUT (FORMAT binary)") as out,
                    self.connection.cursor().copy(
                        f"COPY {self.shape} ({COLUMNS}) FROM STDIN (FORMAT binary)"
                    ) as into,
                ):
                    for block in out:
                        into.write(block)

    def index(self) -> None:
        self.tell("SET maintenance_work_mem = '256MB'")
        # The key of a table by place begins with the place.
        for columns in (*INDEXES, "(id)") if self.shape == "places" else INDEXES:
            self.tell(f"CREATE INDEX ON {self.shape} {columns}")

    def ask(self) -> None:
        """The questions of pages, each as the scope of one county and as everywhere."""
        self.scoped("*")
        some = self.tell(
            f"SELECT id, division_code, subject_id, at FROM {self.shape} "
            "TABLESAMPLE SYSTEM (1) LIMIT 20000"
        ).fetchall()
        for scope in ("county", "*"):
            for name, sql, words in QUESTIONS:
                spent, blocks = [], []
                for row in some[:: max(1, len(some) // 60)]:
                    key, code, subject, at = row
                    known = {
                        "id": key,
                        "county": code[:6],
                        "next": str(int(code[:6]) + 1),
                        "subject": subject,
                        "code": code,
                        "at": at,
                        "newest": lowest(at),
                        "oldest": lowest(at - QUARTER),
                    }
                    self.scoped(f".,{code[:6]}" if scope == "county" else "*")
                    plan = self.one(
                        "EXPLAIN (ANALYZE, BUFFERS, FORMAT json) " + sql.format(table=self.shape),
                        *(known[w] for w in words),
                    )[0]
                    spent.append(plan["Planning Time"] + plan["Execution Time"])
                    blocks.append(
                        plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
                    )
                label = f"{name}_{'everywhere' if scope == '*' else scope}"
                self.found[f"{label}_ms"] = round(statistics.median(spent), 3)
                self.found[f"{label}_blocks"] = round(statistics.median(blocks))

    def scoped(self, value: str) -> None:
        self.tell("SELECT set_config('lianxin.scope', %s, false)", [value])

    def insert(self) -> None:
        """20,000 rows of now, a hundred in each transaction, one statement a row."""
        self.scoped("*")
        for _ in range(200):
            with self.connection.transaction():
                for _ in range(100):
                    self.tell(
                        f"INSERT INTO {self.shape} ({COLUMNS}) SELECT {KEY}, '530112005001', at, 'a', 's', "
                        "gen_random_uuid(), '', NULL, '{}', false FROM (SELECT timestamptz "
                        "'2026-12-15Z' AS at, gen_random_uuid()::text AS n) one"
                    )

    def drop_month(self) -> None:
        """The oldest month is taken away: a partition, or row by row."""
        self.scoped("*")
        _name, start, end = next(months())
        if self.shape == "months":
            self.tell(f"ALTER TABLE months DETACH PARTITION months_{start:%Y%m}")
            self.tell(f"DROP TABLE months_{start:%Y%m}")
        else:
            self.tell(f"DELETE FROM {self.shape} WHERE at < %s", [end])


QUARTER = timedelta(days=92)
QUESTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("by_key", "SELECT * FROM {table} WHERE id = %s", ("id",)),
    (
        "by_key_and_place",
        "SELECT * FROM {table} WHERE id = %s AND division_code = %s",
        ("id", "code"),
    ),
    (
        "of_a_matter",
        "SELECT * FROM {table} WHERE subject_type = 'handling.Matter' AND subject_id = %s ORDER BY id",
        ("subject",),
    ),
    (
        "county_list",
        "SELECT * FROM {table} WHERE division_code >= %s AND division_code < %s AND at < %s "
        "ORDER BY at DESC, id DESC LIMIT 50",
        ("county", "next", "at"),
    ),
    (
        "county_quarter",
        "SELECT * FROM {table} WHERE division_code >= %s AND division_code < %s AND id < %s "
        "AND id >= %s ORDER BY at DESC, id DESC LIMIT 50",
        ("county", "next", "newest", "oldest"),
    ),
)


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.partitions", description=__doc__)
    words.add_argument("--rows", type=int, default=10_000_000)
    words.add_argument("--shapes", nargs="*", default=SHAPES, choices=SHAPES)
    asked, url = words.parse_args(), os.environ.get("DATABASE_URL", "")
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", PLAIN)
    django.setup()
    with Installation(url, settings=PLAIN) as home:
        for shape in asked.shapes:
            with psycopg.connect(home.new_database(), autocommit=True) as connection:
                print(json.dumps(Trial(connection, shape, asked.rows).run()), flush=True)


if __name__ == "__main__":
    main()
