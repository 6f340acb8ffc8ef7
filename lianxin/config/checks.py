"""What has to be true before the installation may start."""

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.db import connection

OLDEST_SQLITE = (3, 51, 3)


def sqlite_too_old(version: tuple[int, ...]) -> str:
    """The sentence to stop with, or an empty one.

    Before 3.51.3 a database in WAL mode can be corrupted when two connections write
    and checkpoint at once.
    """
    if version >= OLDEST_SQLITE:
        return ""
    return (
        f"SQLite {'.'.join(map(str, version))} can corrupt the database when several processes "
        f"write; {'.'.join(map(str, OLDEST_SQLITE))} or newer is needed: run `make setup` again."
    )


@register()
def sqlite_is_safe(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    if connection.vendor != "sqlite":
        return []
    import sqlite3  # pysqlite3, put in place by settings

    sentence = sqlite_too_old(sqlite3.sqlite_version_info)
    return [Error(sentence, id="config.E001")] if sentence else []


@register(deploy=True)
def production_is_meant(app_configs: Any, **kwargs: Any) -> Sequence[CheckMessage]:
    found = []
    if not settings.PRODUCTION:
        found.append(Error("LIANXIN_MODE is not production.", id="config.E002"))
    if not settings.PUBLIC_URL.startswith("https://"):
        found.append(Error("PUBLIC_URL does not start with https://.", id="config.E003"))
    return found
