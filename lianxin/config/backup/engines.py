"""Copying a whole database out and in again, on either engine."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from contextlib import closing, suppress
from pathlib import Path
from typing import Any, TypeVar

from django.conf import settings
from django.core.management.base import CommandError
from django.db import connections, transaction

from lianxin.kernel import scope
from lianxin.kernel.db import is_sqlite

T = TypeVar("T")
COPY = "copy"
#: Of each connection that restores: indexes of millions of rows are sorted in memory.
SORTING = "-c maintenance_work_mem=256MB"
#: The entries of a dump's list of contents that put row security over a table.
GUARD = re.compile(r"\d+; \d+ \d+ (ROW SECURITY|(COMMENT \S+ )?POLICY) ")


def dump(target: Path, look: Callable[[str], T], *, without: str) -> T:
    """Writes the database as it is at one moment to `target`; returns what `look(alias)` saw of it.

    `look` sees all, the dump holds no rows of the table `without`. SQLite: its own online back-up,
    page by page, while others write. PostgreSQL: pg_dump on the very snapshot that `look` reads.
    Raises CommandError.
    """
    if is_sqlite():
        source = connections["default"]
        source.ensure_connection()
        with _open_sqlite(target) as copy:
            source.connection.backup(copy)
        copy.close()
        seen = _with_copy(target, look)
        _emptied(target, without)
        return seen
    with transaction.atomic(), connections["default"].cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        cursor.execute("SELECT pg_export_snapshot()")
        (snapshot,) = cursor.fetchone()
        _run(
            "pg_dump",
            "--format=custom",
            # Lightly: what is sealed packs badly, and packing is what takes the time.
            "--compress=1",
            # It holds the owner, too: pg_dump is told to read in the scope of PGOPTIONS.
            "--enable-row-security",
            f"--snapshot={snapshot}",
            f"--exclude-table-data={without}",
            f"--file={target}",
        )
        return look("default")


def load(source: Path) -> None:
    """Moves a dump into the configured database, which must be empty. Raises CommandError.

    SQLite: beside the source nothing of its size is written. PostgreSQL: by as many connections as
    the machine has cores, since a million cases are to be back within five minutes.
    """
    if is_sqlite():
        path = Path(settings.DATABASES["default"]["NAME"])
        connections["default"].close()
        if path.exists() and path.stat().st_size:
            raise CommandError(f"{path} is there already; restore into an empty place.")
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".restoring")
        shutil.move(source, fresh)
        synced(fresh)
        fresh.replace(path)
        synced(path.parent)
        return
    if connections["default"].introspection.table_names():
        raise CommandError("The database is not empty; restore into an empty one.")
    connections["default"].close()
    # References are checked before row security stands: between a table's ENABLE and its policy
    # nobody sees a row of it, and two connections do both at any moment.
    entries = _run("pg_restore", "--list", str(source)).splitlines()
    _restore(source, [one for one in entries if not GUARD.match(one)])
    _restore(source, [one for one in entries if GUARD.match(one)])


def _restore(source: Path, entries: list[str]) -> None:
    """Those entries of a dump's list of contents; the list stands beside it meanwhile."""
    contents = source.with_suffix(".contents")
    contents.write_text("\n".join(entries))
    try:
        _run(
            "pg_restore",
            "--exit-on-error",
            "--no-owner",
            "--no-privileges",
            f"--jobs={os.cpu_count() or 1}",
            f"--use-list={contents}",
            f"--dbname={settings.DATABASES['default']['NAME']}",
            str(source),
            options=SORTING,
        )
    finally:
        contents.unlink()


def _with_copy(path: Path, look: Callable[[str], T]) -> T:
    """`look` at a SQLite file through Django, beside the database in use."""
    connections.databases[COPY] = {**connections.databases["default"], "NAME": str(path)}
    try:
        return look(COPY)
    finally:
        connections[COPY].close()
        del connections[COPY]
        del connections.databases[COPY]
        for extra in ("-wal", "-shm"):
            with suppress(FileNotFoundError):
                path.with_name(path.name + extra).unlink()


def _emptied(path: Path, table: str) -> None:
    """Overwrites a table's rows in a copy; nothing of them stays on its free pages or in a log."""
    with closing(_open_sqlite(path)) as copy:
        copy.execute("PRAGMA journal_mode = DELETE")
        copy.execute("PRAGMA secure_delete = ON")
        copy.execute(f'DELETE FROM "{table}"')  # noqa: S608  (a table of ours)
        copy.commit()


def _open_sqlite(path: Path) -> Any:
    import sqlite3  # The one that settings put in place of Debian's.

    return sqlite3.connect(path)


def synced(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _run(program: str, *words: str, options: str = "") -> str:
    """What a program of PostgreSQL printed; the password goes to it by the environment."""
    config = settings.DATABASES["default"]
    known = {
        "PGHOST": config["HOST"],
        "PGPORT": config["PORT"],
        "PGUSER": config["USER"],
        "PGPASSWORD": config["PASSWORD"],
        "PGDATABASE": config["NAME"],
        "PGOPTIONS": f"-c lianxin.scope={scope.EVERYWHERE} {options}",
    }
    done = subprocess.run(
        [_program(program), *words],
        env={**os.environ, **{name: str(value) for name, value in known.items() if value}},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise CommandError(f"{program}: {done.stderr.strip()[-2000:]}")
    return done.stdout


def _program(name: str) -> str:
    """The newest of that name that is installed; Debian keeps them beside the server."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    found = next((str(one / name) for one in folders if (one / name).exists()), shutil.which(name))
    if not found:
        raise CommandError(f"{name} is not installed (Debian: apt-get install postgresql-client).")
    return found
