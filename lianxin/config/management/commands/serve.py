"""`manage.py serve`: the whole installation on one machine, under one supervisor."""

import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import get_commands
from django.core.management.base import BaseCommand, CommandError
from django.db import Error, connection
from django.db.migrations.executor import MigrationExecutor

from lianxin.config.checks import sqlite_is_safe
from lianxin.config.doors import DOORKEEPERS
from lianxin.config.supervisor import Part, Supervisor, answers, why_not_listen
from lianxin.kernel.outages import outage

WORKERS = {"outbox": "work_outbox", "scheduler": "run_scheduler"}


class Command(BaseCommand):
    help = "Serves pages on HOST and PORT, works the outbox, runs the scheduled jobs."
    # Every part checks itself; here they would only make the start slower.
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--only", choices=["web"], help="this part alone")

    def handle(self, *args: Any, only: str | None = None, **options: Any) -> None:
        """Ends with exit code 0 after SIGTERM or Ctrl-C, with one sentence when it cannot start."""
        sentence = why_not_listen(settings.HOST, settings.PORT)
        for problem in (sentence, *sqlite_is_safe(None)):
            if problem:
                raise CommandError(str(problem))
        _check_database()
        supervisor = Supervisor(
            [part for part in _parts() if only in (None, part.name)],
            say=self._say,
            is_ready=lambda: answers(settings.HOST, settings.PORT),
            ready=self._ready,
        )
        supervisor.run()
        self._say("All parts have stopped.")

    def _ready(self) -> None:
        self._say(f"Lianxin answers at {_address()}")
        if not settings.PRODUCTION and settings.DEMO_ACCOUNTS.exists():
            self._say(settings.DEMO_ACCOUNTS.read_text(encoding="utf-8").rstrip())

    def _say(self, sentence: str) -> None:
        self.stdout.write(sentence)
        self.stdout.flush()


def _check_database() -> None:
    """Raises CommandError when it cannot be reached, or waits for a migration."""
    try:
        executor = MigrationExecutor(connection)
        waiting = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except Error as error:
        if outage(error):
            raise CommandError(f"The database cannot be reached: {error}") from None
        raise
    if waiting:
        raise CommandError("The database is not up to date: run `python manage.py migrate`.")
    connection.close()


def _address() -> str:
    host = {"127.0.0.1": "localhost", "0.0.0.0": "localhost"}.get(settings.HOST, settings.HOST)  # noqa: S104
    return f"http://{f'[{host}]' if ':' in host else host}:{settings.PORT}/"


def _parts() -> list[Part]:
    manage = [sys.executable, str(settings.BASE_DIR / "manage.py")]
    # fmt: off
    web = [
        sys.executable, "-m", "granian", "--interface", "wsgi",
        "--host", settings.HOST, "--port", str(settings.PORT),
        "--workers", str(settings.WEB_WORKERS),
        "--blocking-threads", str(settings.WEB_THREADS + settings.WEB_WAITING + DOORKEEPERS),
        "--no-ws", "--http", "1", "--log-level", "error",
        "--respawn-failed-workers", "--workers-kill-timeout", "15",
        "--working-dir", str(settings.BASE_DIR),
        "lianxin.config.wsgi:application",
    ]
    # fmt: on
    known = get_commands()
    return [
        Part("web", web),
        *(
            Part(name, [*manage, word], waits=True)
            for name, word in WORKERS.items()
            if word in known
        ),
    ]
