"""Menus: filled once in config/wiring.py, drawn by the base templates.

`offer("public", [...])` sets what a menu holds. An item whose URL does not exist (yet) in
this installation is left out, so that a menu never leads nowhere.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class Item:
    """`url` is a URL name; `key` finds its count in the page's `counts`; `ability` hides it
    from an actor who lacks it; `post` makes it a button (sign out); `args` go to reverse."""

    label: Words
    url: str
    key: str = ""
    ability: str = ""
    post: bool = False
    args: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Group:
    items: Sequence[Item]
    title: Words = ""


@dataclass(frozen=True)
class Entry:
    label: Words
    href: str
    count: Any = None
    active: bool = False
    post: bool = False


@dataclass
class Section:
    title: Words
    entries: list[Entry] = field(default_factory=list)


_menus: dict[str, list[Group]] = {}


def offer(menu: str, groups: Iterable[Group | Item]) -> None:
    """Set what `menu` holds: public, footer, phone, account, or a workplace's name."""
    listed: list[Group] = []
    loose: list[Item] = []
    for part in groups:
        if isinstance(part, Group):
            listed.append(part)
        else:
            loose.append(part)
    _menus[menu] = ([Group(tuple(loose))] if loose else []) + listed


def menu(name: str, request: HttpRequest | None, counts: dict[str, Any] | None) -> list[Section]:
    """The sections of a menu for this request, the item being looked at marked active."""
    path = request.path if request else ""
    actor = getattr(request, "actor", None) if _asks_who(name) else None
    sections: list[Section] = []
    for group in _menus.get(name, ()):
        section = Section(group.title)
        for item in group.items:
            if item.ability and not (actor and actor.can(item.ability)):
                continue
            try:
                href = reverse(item.url, args=item.args)
            except NoReverseMatch:
                continue
            count = (counts or {}).get(item.key) if item.key else None
            section.entries.append(Entry(item.label, href, count, False, item.post))
        if section.entries:
            sections.append(section)
    return _mark(sections, path)


def _asks_who(name: str) -> bool:
    # Public pages carry nothing of the person, so that they can be cached.
    return any(item.ability for group in _menus.get(name, ()) for item in group.items)


def _mark(sections: list[Section], path: str) -> list[Section]:
    hrefs = [entry.href for section in sections for entry in section.entries]
    fitting = [href for href in hrefs if path == href or (href != "/" and path.startswith(href))]
    here = max(fitting, key=len, default=None)
    for section in sections:
        section.entries = [
            Entry(e.label, e.href, e.count, e.href == here, e.post) for e in section.entries
        ]
    return sections
