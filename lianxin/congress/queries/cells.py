"""Cells of imported tables that name a place, an organ, a role, a day or a yes."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import override

from lianxin.people.enums import RoleCode
from lianxin.places import queries as places
from lianxin.places.models import Division

YES = frozenset({"是", "有", "需要", "1", "y", "yes", "true", "√", "✓"})
NO = frozenset({"", "否", "无", "不需要", "0", "n", "no", "false"})

#: From so many spellings on, all divisions are read once instead of asked for one by one.
_MANY = 20
_PORTION = 5000


class PlaceCells:
    """The divisions that cells name, by code or by path, each spelling looked up once."""

    def __init__(self, texts: Iterable[str]) -> None:
        said = {text for text in texts if text}
        codes = {text for text in said if text.isdecimal()}
        known = _by_code(codes)
        self._found = {text: [known[text]] if text in known else [] for text in codes}
        paths = said - codes
        if len(paths) > _MANY:
            found = places.resolve_many(paths)
        else:
            found = {text: places.resolve(text) for text in paths}
        self._found.update({text: _sure(text, found[text]) for text in paths})

    def refusal(self, text: str) -> str:
        """Why the cell names no place, or an empty string."""
        found = self._found.get(text, [])
        if not found:
            return _("We know no place called “%(place)s”.") % {"place": text}
        if len(found) > 1:
            paths = "; ".join(one.path for one in found[:3])
            return _("Several places are called so: %(paths)s.") % {"paths": paths}
        return ""

    def code(self, text: str) -> str:
        """The division's code; only for cells without a refusal."""
        return self._found[text][0].code

    def name(self, text: str) -> str:
        """The division's own name; only for cells without a refusal."""
        return self._found[text][0].name


def _by_code(codes: Collection[str]) -> dict[str, Division]:
    """Divisions in use, by code; in portions that both engines take."""
    wanted, found = sorted(codes), {}
    for start in range(0, len(wanted), _PORTION):
        rows = Division.objects.filter(code__in=wanted[start : start + _PORTION], is_active=True)
        found.update({row.code: row for row in rows})
    return found


def _sure(text: str, found: Iterable[Division]) -> list[Division]:
    """Readings of the text as a place; half a name alone is too little for a table to rely on."""
    return [one for one in found if text != one.stem or text in (one.name, one.short_name)]


def choice_by_word(choices: Iterable[tuple[str, object]], text: str) -> str | None:
    """The value whose label, in one of our languages, or whose code the cell says."""
    wanted = text.strip().casefold()
    for value, label in choices:
        words = {str(value).casefold()}
        for language in ("zh-hans", "en"):
            with override(language):
                words.add(str(label).casefold())
        if wanted in words:
            return str(value)
    return None


def role_by_word(text: str) -> str | None:
    """A built-in role from its name or code."""
    return choice_by_word(RoleCode.choices, text)


def yes_or_no(text: str) -> bool | None:
    """None when the cell says neither."""
    word = text.strip().casefold()
    return True if word in YES else False if word in NO else None


def day(text: str) -> date | None:
    """A day written 2026-03-02, 2026/3/2, 2026.3.2 or 2026年3月2日."""
    plain = text.strip().rstrip("日")
    for sign in "年月/.":
        plain = plain.replace(sign, "-")
    try:
        year, month, number = (int(part) for part in plain.split("-"))
        return date(year, month, number)
    except ValueError:
        return None


def too_long(values: dict[str, str], longest: dict[str, int]) -> list[str]:
    """A sentence for every cell that does not fit its column."""
    return [
        _("“%(text)s…” is too long, %(most)s characters at most.")
        % {"text": values[name][:10], "most": most}
        for name, most in longest.items()
        if len(values[name]) > most
    ]
