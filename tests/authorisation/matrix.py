"""The authorisation matrix: who gets what answer at which address.

One file per app, `matrix/<app>.yaml`, one row per address:

    people:start:              # its name, as in reverse(); or its pattern where it has none
      with: {view_id: saved_view}   # arguments: the name of a thing (things.py), or a plain value
      get: {all: 200, anonymous: sign-in}
      post: {all: 302}         # a method that is left out must be refused, or do what get does
      data: {name: x}          # what is posted, where it matters

`all` holds for every role that the row does not name. An expectation is a status, a list of
statuses, or `sign-in` (sent to the sign-in page). `not_exercised: <reason>` keeps the row
without trying it.
"""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from django.urls import URLPattern, URLResolver, get_resolver

FOLDER = Path(__file__).parent / "matrix"
METHODS = ("get", "post")
#: With MATRIX_SHARE=1 every pair is tried. Else of one's own place each role tries every address by
#: one of the two methods, and of other places every twelfth pair is tried.
OWN_SHARE, FOREIGN_SHARE = (int(os.environ.get("MATRIX_SHARE", usual)) for usual in ("2", "12"))
ROLES = (
    "anonymous",
    "clerk",
    "stranger",  # a clerk of another place
    "station_head",
    "deputy",
    "handler",
    "unit_head",
    "supervisor",
    "auditor",
    "security_admin",
    "operator",
)


@dataclass(frozen=True)
class Row:
    name: str
    expected: dict[str, dict[str, Any]]
    arguments: dict[str, Any] = field(default_factory=dict)
    data: dict[str, Any] = field(default_factory=dict)
    not_exercised: str = ""
    file: str = ""

    def answer(self, method: str, role: str) -> Any:
        """What the role should get. A method that the row does not mention is refused, or a POST
        does what GET does: nothing."""
        if method in self.expected:
            return self.expected[method].get(role, self.expected[method].get("all"))
        refused = [403, 404, 405, "sign-in"]
        same = self.answer("get", role) if method == "post" and "get" in self.expected else []
        return refused + (same if isinstance(same, list) else [same])


def thinned(pairs: Sequence[Any], *, share: int, turn: int) -> Sequence[Any]:
    """All with share 1, else every share-th; where it begins goes on with each row's turn."""
    return pairs[turn % share :: share]


def rows(folder: Path = FOLDER) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for path in sorted(folder.glob("*.yaml")):
        for name, row in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).items():
            if name in found:
                raise ValueError(f"{path.name}: {name} has two rows")
            found[name] = Row(
                name=name,
                expected={method: row[method] for method in METHODS if method in row},
                arguments=row.get("with", {}),
                data=row.get("data", {}),
                not_exercised=row.get("not_exercised", ""),
                file=path.stem,
            )
    return found


def addresses(
    patterns: list[Any] | None = None, space: str = "", prefix: str = ""
) -> Iterator[str]:
    """The names of all addresses, `app:name`; the pattern itself where a name is missing."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        route = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            inner = f"{space}{entry.namespace}:" if entry.namespace else space
            yield from addresses(entry.url_patterns, inner, route)
        elif isinstance(entry, URLPattern):
            yield f"{space}{entry.name}" if entry.name else route


def faults(names: list[str], table: dict[str, Row]) -> list[str]:
    """Addresses without a row, rows without an address, rows that expect nothing sensible."""
    found = [f"{name} has no row" for name in names if name not in table]
    found += [f"{name} is no address" for name in table if name not in names]
    found += [
        f"{name} is the name of two addresses" for name in set(names) if names.count(name) > 1
    ]
    for row in table.values():
        if not row.expected and not row.not_exercised:
            found.append(f"{row.name} expects nothing")
        for method, expected in row.expected.items():
            unknown = set(expected) - {"all", *ROLES}
            if unknown or ("all" not in expected and set(expected) != set(ROLES)):
                found.append(f"{row.name}: {method} does not cover exactly the known roles")
    return sorted(found)


def meets(expected: Any, status: int, location: str, sign_in: str) -> bool:
    """Whether an answer is what the row expects."""
    if expected == "sign-in":
        return status == 302 and location.split("?")[0] == sign_in
    if isinstance(expected, list):
        return any(meets(one, status, location, sign_in) for one in expected)
    if expected == 302 and location.split("?")[0] == sign_in:
        return False  # A redirect that was promised is not a refusal in disguise.
    return bool(status == expected)
