"""The inventory of every column: personal or not, what for, on which ground, how long, and what erasure does.

It is data, `record/data/inventory.toml`, read by people and by the export; a test compares it with
the models, so that a column nobody thought about fails the build.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.utils.text import capfirst

_FILE = Path(__file__).resolve().parent.parent / "data" / "inventory.toml"
NOT_PERSONAL = "none"
KINDS = (
    "none",
    "contact",
    "identity",
    "words",
    "place",
    "photo",
    "behaviour",
    "pseudonym",
    "key",
    "staff",
)


@dataclass(frozen=True, slots=True)
class Column:
    """`kind` is one of KINDS; `erasure` says what becomes of it: stays, emptied, replaced, deleted."""

    name: str
    kind: str
    purpose: str
    erasure: str
    export: bool
    sealed: str


@dataclass(frozen=True, slots=True)
class Table:
    """What holds for a whole table, and its columns."""

    label: str
    purpose: str
    ground: str
    retention: str
    consent: str
    columns: tuple[Column, ...]

    @property
    def exported(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns if column.export)

    @property
    def title(self) -> str:
        return capfirst(str(apps.get_model(self.label)._meta.verbose_name))

    def title_of(self, name: str) -> str:
        field: Any = apps.get_model(self.label)._meta.get_field(name)
        return capfirst(str(field.verbose_name))


@lru_cache(maxsize=1)
def tables() -> tuple[Table, ...]:
    """The whole inventory, in the order of the file."""
    raw = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    return tuple(_table(label, said) for label, said in raw.items())


def exported() -> Iterable[Table]:
    """Tables of which a resident is handed something out."""
    return (table for table in tables() if table.exported)


def _table(label: str, said: Mapping[str, Any]) -> Table:
    plain = str(said.get("plain", "")).split()
    columns = [Column(name, NOT_PERSONAL, "", "stays", False, "") for name in plain]
    handed_out = set(str(said.get("export", "")).split())
    columns += [_column(name, told) for name, told in (said.get("personal") or {}).items()]
    return Table(
        label=label,
        purpose=said["purpose"],
        ground=said.get("ground", ""),
        retention=said.get("retention", ""),
        consent=said.get("consent", ""),
        columns=tuple(
            Column(c.name, c.kind, c.purpose, c.erasure, c.name in handed_out, c.sealed)
            for c in columns
        ),
    )


def _column(name: str, told: Mapping[str, str]) -> Column:
    return Column(
        name=name,
        kind=told["kind"],
        purpose=told.get("purpose", ""),
        erasure=told["erasure"],
        export=False,
        sealed=told.get("sealed", ""),
    )
