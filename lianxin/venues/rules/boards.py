"""What a board says, as plain facts, and what differs between a printed board and now.

Facts are a dictionary that goes into a printed issue as JSON. They hold nothing but what hangs on the
wall: public names, an office's phone, days. Words that depend on a language (levels, weekdays) stay
codes and ISO times.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lianxin.congress.enums import Level
from lianxin.web.dates import cn_short

Facts = dict[str, Any]
Wording = Callable[["Change"], str]

VENUE_FIELDS = {
    "name": gettext_lazy("name of the venue"),
    "address": gettext_lazy("address of the venue"),
    "phone": gettext_lazy("phone of the venue"),
    "hours": gettext_lazy("opening hours"),
}
DEPUTY_FIELDS = {
    "levels": gettext_lazy("level"),
    "unit": gettext_lazy("unit and position"),
    "constituency": gettext_lazy("constituency"),
    "profession": gettext_lazy("profession"),
    "field": gettext_lazy("field of expertise"),
    "phone": gettext_lazy("phone"),
    "languages": gettext_lazy("languages spoken"),
    "grids": gettext_lazy("bound grids"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that a printed board says and that is otherwise now.

    `kind` is a key of `SENTENCES`; `subject` a deputy's name or the beginning of a day (ISO);
    `name` the field; `before` and `after` what it said and what holds now.
    """

    kind: str
    subject: str = ""
    name: str = ""
    before: str = ""
    after: str = ""


def digest(facts: Mapping[str, Any]) -> str:
    """SHA-256 over what the board says; the day on which it was read is no part of it."""
    said = {name: facts.get(name) for name in ("venue", "deputies", "days")}
    text = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def differences(printed: Facts, current: Facts, *, at: datetime) -> list[Change]:
    """What has changed since a board was printed: venue, deputies, then days by time.

    Days that are over are no change, and days beyond the last one that either side lists are not
    compared: a board does not age by the calendar alone, until all its days are over.
    """
    return [
        *_of_venue(printed["venue"], current["venue"]),
        *_of_deputies(printed["deputies"], current["deputies"]),
        *_of_days(printed, current, at),
    ]


def _of_venue(printed: Facts, current: Facts) -> Iterator[Change]:
    for name in VENUE_FIELDS:
        if printed[name] != current[name]:
            yield Change("venue", "", name, printed[name], current[name])


def _of_deputies(printed: list[Facts], current: list[Facts]) -> Iterator[Change]:
    now = {one["id"]: one for one in current}
    then = {one["id"]: one for one in printed}
    for key, old in then.items():
        new = now.get(key)
        if new is None:
            yield Change("deputy_gone", old["name"])
            continue
        if old["name"] != new["name"]:
            yield Change("deputy_name", old["name"], after=new["name"])
        for name in DEPUTY_FIELDS:
            if old[name] != new[name]:
                said = _said(name, old[name]), _said(name, new[name])
                yield Change("deputy", new["name"], name, *said)
        if old["photo"] != new["photo"]:
            yield Change("photo" if new["photo"] else "photo_gone", new["name"])
    for key, new in now.items():
        if key not in then:
            yield Change("deputy_new", new["name"])


def _said(name: str, value: Any) -> str:
    if name == "levels":
        value = [level_words(*seat) for seat in value]
    return "、".join(value) if isinstance(value, list) else str(value)


def level_words(level: str, place: str) -> str:
    """Of which congress somebody is a deputy, in the language of the moment."""
    if place:
        return _("%(place)s congress deputy") % {"place": place}
    return _("%(level)s congress deputy") % {"level": Level(level).label}


def _of_days(printed: Facts, current: Facts, at: datetime) -> Iterator[Change]:
    until = min(printed["until"], current["until"])
    then = {one["id"]: one for one in printed["days"]}
    now = {one["id"]: one for one in current["days"]}
    changes = []
    for key, old in then.items():
        if _is_over(old, at):
            continue
        new = now.get(key)
        if new is None or new["off"]:
            if not old["off"] and (new is not None or _day(old) <= until):
                changes.append(Change("day_off", old["starts"], after=new["note"] if new else ""))
        elif old["off"]:
            changes.append(_new_day(new))
        else:
            changes += _of_day(old, new)
    for key, new in now.items():
        if key not in then and not new["off"] and not _is_over(new, at) and _day(new) <= until:
            changes.append(_new_day(new))
    yield from sorted(changes, key=lambda change: change.subject)
    if then and all(_is_over(one, at) for one in then.values()):
        yield Change("days_over")


def _of_day(old: Facts, new: Facts) -> list[Change]:
    changes = []
    if (old["starts"], old["ends"]) != (new["starts"], new["ends"]):
        changes.append(Change("day_moved", old["starts"], after=new["starts"], name=new["ends"]))
    if old["place"] != new["place"]:
        changes.append(Change("day_place", new["starts"], "", old["place"], new["place"]))
    if old["who"] != new["who"]:
        names = "、".join(old["names"]), "、".join(new["names"])
        changes.append(Change("day_names", new["starts"], "", *names))
    return changes


def _new_day(day: Facts) -> Change:
    return Change("day_new", day["starts"], after="、".join(day["names"]))


def _is_over(day: Facts, at: datetime) -> bool:
    return datetime.fromisoformat(day["ends"]) <= at


def _day(day: Facts) -> str:
    return date.fromisoformat(day["starts"][:10]).isoformat()


def sentence(change: Change) -> str:
    """The change in plain words, in the language of the moment."""
    return SENTENCES[change.kind](change)


def _when(text: str) -> str:
    return cn_short(datetime.fromisoformat(text)) if text else ""


def _venue_words(one: Change) -> str:
    field = VENUE_FIELDS[one.name]
    if not one.after:
        return _("No longer valid, %(field)s: %(before)s") % {"field": field, "before": one.before}
    return _("Now %(field)s: %(after)s") % {"field": field, "after": one.after}


def _deputy_words(one: Change) -> str:
    words = {"name": one.subject, "field": DEPUTY_FIELDS[one.name], "before": one.before}
    if not one.after:
        return _("Deputy %(name)s, no longer valid, %(field)s: %(before)s") % words
    return _("Deputy %(name)s, now %(field)s: %(after)s") % {**words, "after": one.after}


def _off_words(one: Change) -> str:
    words = {"when": _when(one.subject), "why": one.after}
    if one.after:
        return _("No reception on %(when)s: %(why)s") % words
    return _("No reception on %(when)s.") % words


def _new_words(one: Change) -> str:
    words = {"when": _when(one.subject), "names": one.after}
    if one.after:
        return _("New reception day: %(when)s, %(names)s.") % words
    return _("New reception day: %(when)s.") % words


def _names_words(one: Change) -> str:
    words = {"when": _when(one.subject), "names": one.after}
    if one.after:
        return _("On %(when)s it is %(names)s who receive.") % words
    return _("Who receives on %(when)s is open again.") % words


def _place_words(one: Change) -> str:
    words = {"when": _when(one.subject), "place": one.after}
    if one.after:
        return _("The reception on %(when)s is held here: %(place)s.") % words
    return _("The reception on %(when)s is in the usual room.") % words


SENTENCES: dict[str, Wording] = {
    "venue": _venue_words,
    "deputy_gone": lambda one: _("Deputy %(name)s is no longer here.") % {"name": one.subject},
    "deputy_new": lambda one: _("Deputy %(name)s is here now too.") % {"name": one.subject},
    "deputy_name": lambda one: (
        _("Deputy %(before)s is now written %(name)s.") % {"before": one.subject, "name": one.after}
    ),
    "deputy": _deputy_words,
    "photo": lambda one: _("Deputy %(name)s has another photo.") % {"name": one.subject},
    "photo_gone": lambda one: (
        _("The photo of deputy %(name)s was taken down.") % {"name": one.subject}
    ),
    "day_off": _off_words,
    "day_new": _new_words,
    "day_moved": lambda one: (
        _("The reception of %(before)s is now on %(when)s.")
        % {"before": _when(one.subject), "when": _when(one.after)}
    ),
    "day_names": _names_words,
    "day_place": _place_words,
    "days_over": lambda one: _("All reception days on this board are over."),
}
