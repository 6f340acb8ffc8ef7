"""The list of divisions, brought up to date with a newer edition."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.refused import Refused
from lianxin.places import queries
from lianxin.places.enums import Level
from lianxin.places.models import Division
from lianxin.places.rules import is_street, short_name, stem
from lianxin.record import services as record

BATCH = 1000
LARGEST_SHARE_RETIRED = 0.1
FIELDS = (
    "name",
    "short_name",
    "stem",
    "level",
    "parent_code",
    "path_names",
    "is_street",
    "is_active",
    "sort",
)


class ListUnlikely(Refused):
    """The list has a code twice, a parent that is missing, or lacks too much of what we have."""

    code = "places.list_unlikely"
    status = 422


@dataclass(frozen=True, slots=True)
class DivisionRow:
    code: str
    name: str
    parent_code: str


@dataclass(slots=True)
class LoadReport:
    """What a load changed. `moved` pairs an old code with the new code of the same name."""

    total: int = 0
    added: list[str] = field(default_factory=list)
    renamed: list[tuple[str, str, str]] = field(default_factory=list)
    moved: list[tuple[str, str]] = field(default_factory=list)
    retired: list[str] = field(default_factory=list)
    restored: list[str] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        return not (self.added or self.renamed or self.moved or self.retired or self.restored)


@transaction.atomic
def load_divisions(
    *,
    rows: Sequence[DivisionRow],
    at: datetime,
    retire_many: bool = False,
    progress: Callable[[int], object] = lambda done: None,
) -> LoadReport:
    """Makes the table equal to the list; what the list lacks is retired, never deleted.

    Effects: divisions added, changed and retired in bulk; one journal entry if anything changed.
    `progress` hears how many more rows are done. Raises ListUnlikely, also where more than a
    tenth of the divisions would be retired and `retire_many` is not set.
    """
    wanted = _wanted(rows)
    known = {row.code: row for row in Division.objects.select_for_update()}
    report = LoadReport(total=len(wanted))
    new, changed = [], []
    for code, values in wanted.items():
        row = known.get(code)
        if row is None:
            report.added.append(code)
            new.append(Division(code=code, **values))
        elif any(getattr(row, name) != values[name] for name in FIELDS):
            _note(report, row, values)
            _set(row, values)
            changed.append(row)
        else:
            progress(1)
    gone = [row for code, row in known.items() if row.is_active and code not in wanted]
    _check_retired(gone, known, retire_many=retire_many)
    for row in gone:
        row.is_active = False
        report.retired.append(row.code)
    _pair_moved(report, {row.code: row.name for row in (*new, *gone)})
    _write(new, [*changed, *gone], progress)
    if not report.is_empty:
        _journal(report, at=at)
    return report


def _wanted(rows: Iterable[DivisionRow]) -> dict[str, dict[str, Any]]:
    wanted: dict[str, dict[str, Any]] = {}
    for row in sorted(rows, key=lambda row: (len(row.code), row.code)):
        try:
            level = queries.level_of(row.code)
        except ValueError as wrong:
            raise ListUnlikely(str(wrong)) from None
        if row.code in wanted:
            raise ListUnlikely(_("The code %(code)s is there twice.") % {"code": row.code})
        parent = wanted.get(row.parent_code)
        if parent is None and level != Level.PROVINCE:
            raise ListUnlikely(
                _("%(code)s lies in %(parent)s, which is not in the list.")
                % {"code": row.code, "parent": row.parent_code}
            )
        wanted[row.code] = {
            "name": row.name,
            "short_name": short_name(row.name),
            "stem": stem(row.name),
            "level": level.value,
            "parent_code": row.parent_code,
            "path_names": [*(parent["path_names"] if parent else ()), row.name],
            "is_street": is_street(row.code),
            "is_active": True,
            "sort": int(row.code[len(row.parent_code) :]),
        }
    return wanted


def _note(report: LoadReport, row: Division, values: dict[str, Any]) -> None:
    if row.name != values["name"]:
        report.renamed.append((row.code, row.name, values["name"]))
    if not row.is_active:
        report.restored.append(row.code)


def _set(row: Division, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _check_retired(gone: list[Division], known: dict[str, Division], *, retire_many: bool) -> None:
    active = sum(row.is_active for row in known.values())
    if not retire_many and len(gone) > active * LARGEST_SHARE_RETIRED:
        raise ListUnlikely(
            _("The list lacks %(gone)s of %(active)s divisions; nothing was changed.")
            % {"gone": len(gone), "active": active},
            hint=_("If this is right, load it with --retire-many."),
        )


def _pair_moved(report: LoadReport, names: dict[str, str]) -> None:
    """A retired and an added division of one level and name, each the only one, are one that moved."""

    def by_name(codes: list[str]) -> dict[tuple[int, str], list[str]]:
        found: dict[tuple[int, str], list[str]] = {}
        for code in codes:
            found.setdefault((len(code), names[code]), []).append(code)
        return found

    added = by_name(report.added)
    for key, old in by_name(report.retired).items():
        if len(old) == 1 and len(added.get(key, ())) == 1:
            report.moved.append((old[0], added[key][0]))
    left, come = {old for old, _new in report.moved}, {new for _old, new in report.moved}
    report.retired = [code for code in report.retired if code not in left]
    report.added = [code for code in report.added if code not in come]


def _write(new: list[Division], changed: list[Division], progress: Callable[[int], object]) -> None:
    for start in range(0, len(new), BATCH):
        progress(len(Division.objects.bulk_create(new[start : start + BATCH])))
    for start in range(0, len(changed), BATCH):
        part = changed[start : start + BATCH]
        Division.objects.bulk_update(part, FIELDS, batch_size=200)
        progress(len(part))


def _journal(report: LoadReport, *, at: datetime) -> None:
    top = Division.objects.order_by("code").first()
    assert top is not None
    counts = ("added", "renamed", "moved", "retired", "restored")
    record.write(
        action="places.divisions.loaded",
        by=None,
        at=at,
        division_code=top.code,
        subject=top,
        data={name: len(getattr(report, name)) for name in counts},
        public=False,
    )
