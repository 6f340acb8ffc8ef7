"""What is said of a rota: why somebody sits there, what collides, how good it is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from lianxin.reception.rules.rota.problem import ORDER, Goal, Why, Wish
from lianxin.reception.rules.rule_words import listed, weekday_word
from lianxin.web.dates import cn_day

Names = Mapping[str, str]
#: Days of a collision that are named; the others are counted.
NAMED = 4


def reason_words(reason: Iterable[Any], names: Names) -> list[str]:
    """Sentences of a seat's codes; those of seats that changed hands by a swap are single words."""
    found = []
    for code in reason:
        name, *about = [code] if isinstance(code, str) else code
        words = _REASONS.get(name)
        if words:
            found.append(words(about, names))
    return found


def _instead(about: list[Any], names: Names) -> str:
    name = {"name": names.get(str(about[0]), "—")}
    match about[1]:
        case Why.LEAVE:
            return _("In place of %(name)s, who is on leave") % name
        case Why.MEETING:
            return _("In place of %(name)s, who has another meeting") % name
        case Why.ELSEWHERE:
            return _("In place of %(name)s, who receives in another venue") % name
        case Why.NOT_HERE:
            return _("In place of %(name)s, who is no longer stationed here") % name
    return _("In place of %(name)s, for a fairer load") % name


_REASONS: dict[str, Callable[[list[Any], Names], str]] = {
    "fair": lambda a, n: _("Turn %(n)s of %(all)s in this year") % {"n": a[0], "all": a[1]},
    "kept": lambda a, n: _("Stays as it was"),
    "instead": _instead,
    "only_speaker": lambda a, n: _("Nobody else who could come speaks %(what)s") % {"what": a[0]},
    "speaks": lambda a, n: _("Speaks %(what)s") % {"what": a[0]},
    "levels": lambda a, n: _("Different levels together"),
    "professions": lambda a, n: _("Different professions together"),
    "new_pair": lambda a, n: _("For the first time together in this year"),
    "keeps_pair": lambda a, n: _("The pair stays together"),
    "again": lambda a, n: _("Together for the %(n)sth time in this year") % {"n": a[0]},
    "away": lambda a, n: (
        ngettext("%(n)s other cannot come", "%(n)s others cannot come", a[0]) % {"n": a[0]}
    ),
    "no_other": lambda a, n: (
        ngettext(
            "Nobody else is left: %(n)s cannot come", "Nobody else is left: %(n)s cannot come", a[0]
        )
        % {"n": a[0]}
    ),
    "but": lambda a, n: (
        _("Sooner again than the venue wishes")
        if a[0] == Wish.GAP
        else _("On a weekday that was asked off")
    ),
    "swap": lambda a, n: _("Swapped by the deputies"),
    "substitute": lambda a, n: _("Came in as substitute"),
}


# --- collisions -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """One collision in a sentence."""

    wish: str
    words: str


def collision_words(
    collisions: Iterable[Mapping[str, Any]], *, days: Mapping[str, tuple[date, str]], names: Names
) -> list[Said]:
    """Sentences, one for all days on which the same collides. `days`: {key: (date, language)}."""
    groups: dict[tuple[str, str, str], list[str]] = {}
    for one in collisions:
        day = days.get(one["day"] or "")
        causes = listed(_causes(one, names))
        end = _end(one["wish"], day[1] if day else "")
        groups.setdefault((one["wish"], causes, end), []).append(cn_day(day[0]) if day else "")
    return [
        Said(wish, _sentence([when for when in dates if when], causes, end))
        for (wish, causes, end), dates in groups.items()
    ]


def _sentence(dates: list[str], causes: str, end: str) -> str:
    when = listed(dates[:NAMED])
    if len(dates) > NAMED:
        more = len(dates) - NAMED
        when = ngettext("%(days)s and %(n)s day more", "%(days)s and %(n)s days more", more) % {
            "days": when,
            "n": more,
        }
    form = pgettext("what stands against a wish, and what follows", "{causes}: {end}")
    words = form.format(causes=causes, end=end) if causes else end
    day_form = pgettext("days, and what collides on them", "{days}: {words}")
    return day_form.format(days=when, words=words) if when else words


def _causes(one: Mapping[str, Any], names: Names) -> list[str]:
    phrases = []
    for kind, _day, member, about in one["causes"]:
        words = _CAUSES.get(kind)
        if words:
            said = weekdays_words(about) if kind == "weekday" else about
            phrases.append(words() % {"name": names.get(str(member), "—"), "about": said})
    return list(dict.fromkeys(phrases))


_CAUSES: dict[str, Callable[[], str]] = {
    "leave": lambda: _("%(name)s is on leave"),
    "meeting": lambda: _("%(name)s has another meeting"),
    "elsewhere": lambda: _("%(name)s receives in another venue"),
    "weekday": lambda: _("%(name)s asked %(about)s off"),
    "least": lambda: _("%(name)s is to come at least %(about)s times"),
    "most": lambda: _("%(name)s is to come at most %(about)s times"),
    "gap": lambda: _("nobody is to come twice running"),
}


def _end(wish: str, language: str) -> str:
    match wish:
        case Wish.SEATS:
            return _("too few deputies are left for all seats")
        case Wish.LANGUAGE:
            return _("nobody else speaks %(what)s") % {"what": language}
        case Wish.WEEKDAY:
            return _("only deputies are left who asked this weekday off")
        case Wish.GAP:
            return _("too few deputies for days in a row without anybody coming twice running")
    return _("these wishes cannot all be kept")


# --- relaxing -------------------------------------------------------------------------------


def relaxation_words(relaxations: Iterable[list[Any]]) -> list[Said]:
    """Each wish given up alone, and what would come of it."""
    found = []
    for wish, helps, left, spread, to in relaxations:
        name = _eased(wish, to)
        if helps:
            words = ngettext(
                "then everything fits; turns differ by at most %(n)s",
                "then everything fits; turns differ by at most %(n)s",
                spread,
            ) % {"n": spread}
        else:
            words = ngettext(
                "then %(n)s wish is still not kept", "then %(n)s wishes are still not kept", left
            ) % {"n": left}
        found.append(Said(name, words))
    return found


def _eased(wish: str, gap: int) -> str:
    match wish:
        case Wish.GAP:
            if not gap:
                return _("Deputies may come twice running")
            return _("Only %(n)s days between two turns") % {"n": gap}
        case Wish.WEEKDAY:
            return _("Weekdays off are not kept")
        case Wish.QUOTA:
            return _("“At least” and “at most” are not kept")
        case Wish.LANGUAGE:
            return _("No language is asked for")
    return _("One deputy fewer on each day")


def relaxed_words(relaxed: Mapping[str, int]) -> list[str]:
    """Which wishes the rota itself gives up, and how often."""
    forms = {
        Wish.SEATS: lambda n: ngettext("%(n)s seat stays empty", "%(n)s seats stay empty", n),
        Wish.LANGUAGE: lambda n: ngettext(
            "on %(n)s day nobody speaks the language",
            "on %(n)s days nobody speaks the language",
            n,
        ),
        Wish.QUOTA: lambda n: ngettext(
            "%(n)s turn too many or too few", "%(n)s turns too many or too few", n
        ),
        Wish.WEEKDAY: lambda n: ngettext(
            "%(n)s turn on a weekday asked off", "%(n)s turns on a weekday asked off", n
        ),
        Wish.GAP: lambda n: ngettext(
            "%(n)s turn sooner than wished", "%(n)s turns sooner than wished", n
        ),
    }
    return [forms[wish](relaxed[wish]) % {"n": relaxed[wish]} for wish in Wish if relaxed.get(wish)]


# --- figures --------------------------------------------------------------------------------


def figure_words(figures: Mapping[str, Any]) -> list[str]:
    """How good a computed rota is, in short sentences: loads, pairs, mixing, proof."""
    loads = [turns for turns, _share in figures["loads"].values()]
    score = figures["score"]
    words = [load_words(loads), pair_words(figures)] if loads else []
    if figures["replans"]:
        changed = score["changed"]
        words.append(
            ngettext("%(n)s seat changes", "%(n)s seats change", changed) % {"n": changed}
            if changed
            else _("no seat changes")
        )
    for name, form in (
        (Goal.LEVELS, _("%(n)s of %(all)s days with different levels")),
        (Goal.PROFESSIONS, _("%(n)s of %(all)s days with different professions")),
    ):
        if score[name]:
            mixed = max(0, figures["days"] - score[name])
            words.append(form % {"n": mixed, "all": figures["days"]})
    return [*words, proof_words(figures)]


def load_words(loads: list[int]) -> str:
    low, high = min(loads), max(loads)
    if low == high:
        return ngettext("%(n)s turn each", "%(n)s turns each", low) % {"n": low}
    return _("%(low)s to %(high)s turns each") % {"low": low, "high": high}


def pair_words(figures: Mapping[str, Any]) -> str:
    pairs, days = figures["pairs"], figures["days"]
    if figures["lasts"]:
        return ngettext("%(n)s lasting pair", "%(n)s lasting pairs", pairs) % {"n": pairs}
    if pairs == days:
        return ngettext("%(n)s pair", "%(n)s pairs, each another one", pairs) % {"n": pairs}
    return _("%(n)s different pairs on %(days)s days") % {"n": pairs, "days": days}


def proof_words(figures: Mapping[str, Any]) -> str:
    """Proven, or which figure may be bettered and by how much at most."""
    if figures["is_proven"]:
        return _("proven: there is no better rota")
    score, floors = figures["score"], figures["floors"]
    name = next((one for one in ORDER if score[one] > floors[one]), Goal.PAIRS)
    about = {
        "figure": goal_words(name),
        "is": score[name],
        "floor": floors[name],
    }
    return _("close to the best: %(figure)s %(is)s, at best %(floor)s") % about


def goal_words(name: str) -> str:
    return {
        Goal.SHARE: _("distance from fair shares"),
        Goal.CHANGED: _("changed seats"),
        Goal.FAIR: _("unevenness of the load"),
        Goal.LEVELS: _("days with one level only"),
        Goal.PROFESSIONS: _("days with one profession only"),
        Goal.PAIRS: _("repeated pairs"),
        Goal.TRAVEL: _("kilometres"),
    }.get(name, _("wishes that are not kept"))  # type: ignore[call-overload]


def weekdays_words(numbers: Iterable[int]) -> str:
    """ISO weekdays: Mon and Wed."""
    return listed(weekday_word(number - 1) for number in sorted(numbers))
