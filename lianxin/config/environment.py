"""Reads the process environment, and remembers each variable for docs/settings.md.

A variable is declared where it is used, in settings.py, with its default and one
sentence. The table in docs/settings.md is drawn from these declarations, and a test
fails when the two differ.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

YES = {"1", "true", "yes", "on"}
NO = {"0", "false", "no", "off"}


@dataclass(frozen=True)
class Variable:
    name: str
    default: str
    meaning: str


class Environment:
    """Typed access to the environment; a value that cannot be read names its variable."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self.variables: list[Variable] = []

    def text(self, name: str, default: str, meaning: str, *, shown: str | None = None) -> str:
        """The variable, or `default`; `shown` replaces the default in the table."""
        self.variables.append(Variable(name, default if shown is None else shown, meaning))
        return self._values.get(name, "").strip() or default

    def flag(self, name: str, default: bool, meaning: str, *, shown: str | None = None) -> bool:
        written = "yes" if default else "no"
        value = self.text(name, written, meaning, shown=shown).lower()
        if value not in YES | NO:
            raise ImproperlyConfigured(f"{name} must be yes or no, and is “{value}”.")
        return value in YES

    def number(self, name: str, default: int, meaning: str, *, shown: str | None = None) -> int:
        value = self.text(name, str(default), meaning, shown=shown)
        try:
            return int(value)
        except ValueError:
            raise ImproperlyConfigured(
                f"{name} must be a whole number, and is “{value}”."
            ) from None

    def words(self, name: str, default: str, meaning: str) -> list[str]:
        value = self.text(name, default, meaning)
        return [word.strip() for word in value.split(",") if word.strip()]

    def is_set(self, name: str) -> bool:
        return bool(self._values.get(name, "").strip())

    def table(self) -> str:
        """The Markdown table of docs/settings.md."""
        lines = ["| variable | default | meaning |", "|---|---|---|"]
        for variable in self.variables:
            default = f"`{variable.default}`" if variable.default else "–"
            lines.append(f"| `{variable.name}` | {default} | {variable.meaning} |")
        return "\n".join(lines) + "\n"


# What the driver of PostgreSQL is told unless the address says otherwise: a server that does not
# answer is given up in seconds (units: s, ms for the last), so that another one can be asked.
PATIENCE = {
    "connect_timeout": "3",
    "keepalives_idle": "5",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "tcp_user_timeout": "10000",
}


def database(url: str) -> dict[str, Any]:
    """Django's database settings for `sqlite:///relative`, `sqlite:////absolute` or
    `postgres://user:password@host:port/name?option=value`.

    An empty PostgreSQL host means the local socket; `?host=/run/postgresql` names its folder.
    Several hosts, `a:5432,b:5432`, are tried in turn; `?target_session_attrs=read-write` then
    finds the one that may be written to.
    """
    parts = urlsplit(url)
    if parts.scheme == "sqlite":
        return {
            "ENGINE": "lianxin.kernel.sqlite3",
            "NAME": str(Path(unquote(parts.path.removeprefix("/"))).absolute()),
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                # NORMAL could lose an acknowledged filing when the power fails.
                "init_command": (
                    "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;"
                    " PRAGMA trusted_schema=OFF; PRAGMA secure_delete=ON;"
                ),
            },
        }
    if parts.scheme in {"postgres", "postgresql"}:
        options: dict[str, Any] = {**PATIENCE, **dict(parse_qsl(parts.query))}
        hosts, ports = _hosts(parts.netloc.rpartition("@")[2])
        return {
            "ENGINE": "lianxin.kernel.postgres",
            "NAME": unquote(parts.path.removeprefix("/")),
            "USER": unquote(parts.username or ""),
            "PASSWORD": unquote(parts.password or ""),
            "HOST": options.pop("host", hosts),
            "PORT": ports,
            "CONN_HEALTH_CHECKS": True,
            # PgBouncer gives the next transaction another connection, on which no cursor is open.
            "DISABLE_SERVER_SIDE_CURSORS": True,
            "OPTIONS": options,
        }
    raise ImproperlyConfigured(
        "DATABASE_URL must start with sqlite:/// or postgres://; see docs/settings.md."
    )


def _hosts(listed: str) -> tuple[str, str]:
    """`a:1,b:2` as the driver wants it: `a,b` and `1,2`. IPv6 addresses stand in brackets."""
    pairs = [urlsplit(f"//{one}") for one in listed.split(",")]
    ports = [str(one.port or "") for one in pairs]
    return ",".join(one.hostname or "" for one in pairs), ",".join(ports) if any(ports) else ""
