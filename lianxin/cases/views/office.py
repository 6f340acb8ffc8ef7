"""The congress office's pages: the board, and what lies behind each of its figures."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from lianxin.cases.queries import office as queries
from lianxin.cases.queries import office_figures as figures
from lianxin.cases.queries import office_lists as lists
from lianxin.cases.services import replies
from lianxin.cases.views.unit import StaffRequest, _is_uuid
from lianxin.handling.enums import Step
from lianxin.kernel.clock import now
from lianxin.kernel.paging import keyset
from lianxin.kernel.refused import Forbidden
from lianxin.people.queries import views_of
from lianxin.places.queries import names_for
from lianxin.web.parts import Bar, Chip, Tile

LIST = "office"
MOST_BARS = 8


class NotAnOffice(Forbidden):
    message = gettext_lazy("This page is for the offices of the congress that supervise.")
    code = "not_an_office"


def scopes_of(request: StaffRequest) -> tuple[str, ...]:
    """The divisions the actor supervises. Raises NotAnOffice."""
    scopes = queries.scopes_of(request.actor)
    if not scopes:
        raise NotAnOffice
    return scopes


def frame(request: StaffRequest, scopes: tuple[str, ...]) -> dict[str, Any]:
    """What every page of the office shows: its name, where it looks."""
    posts = [p.organ_name for p in request.actor.posts if "matter.supervise" in p.abilities]
    names = names_for(scopes)
    return {
        "workplace": "office",
        "office_name": "、".join(dict.fromkeys(posts)),
        "area": "、".join(names[code].name for code in scopes if code in names),
    }


@login_required
@require_safe
def board(request: StaffRequest) -> HttpResponse:
    """Counts, the ladder, where most is owed, and what is owed longest."""
    scopes, at = scopes_of(request), now()
    late = queries.matters(scopes, queries.Narrowing(), at=at)
    _page, rows = queries.page_of(late, request.actor, after=None, at=at, size=10)
    found = figures.board(scopes, at=at, most=MOST_BARS)
    context = {
        **frame(request, scopes),
        "tiles": tiles(request, scopes),
        "rows": rows,
        "ladder": ladder_bars(found.ladder),
        "places": [place_bar(one) for one in found.places],
        "units": [unit_bar(one) for one in found.units],
        "bars_at": found.at,
        "at": at,
    }
    return render(request, "cases/office/board.html", context)


def tiles(request: StaffRequest, scopes: tuple[str, ...]) -> list[Tile]:
    found = lists.board_counts(scopes, request.actor, at=now())
    matters, steps = reverse("cases:office-matters"), reverse("cases:office-supervisions")
    unscreened = found["unscreened"]
    more = "" if unscreened == "0" else _("%(n)s more not accepted in time") % {"n": unscreened}
    return [
        Tile(value=found["late"], label=_("overdue, an answer is owed"), note=more,
             tone="neutral" if found["late"] == "0" else "bad", href=f"{matters}?where=late"),
        Tile(value=found["soon"], label=_("due within 48 hours"), href=f"{matters}?where=soon"),
        Tile(value=found["again"], label=_("dissatisfied, handled again"), href=f"{matters}?where=again",
             note=_("%(n)s of them a second look") % {"n": found["second"]}),
        Tile(value=found["waiting"], label=_("ask for more time"), href=reverse("cases:office-extensions")),
        Tile(value=found["due"], label=_("promises due, to be checked"), href=reverse("cases:office-commitments"),
             note=_("%(n)s not kept") % {"n": found["broken"]}),
        Tile(value=found["answered"], label=_("steps answered, to be concluded"), href=f"{steps}?where=answered"),
    ]  # fmt: skip


def ladder_bars(ladder: Iterable[tuple[str, int]]) -> list[Bar]:
    here = reverse("cases:office-matters")
    return [
        Bar(label=str(Step(step).label), value=number, href=f"{here}?where=open&step={step}")
        for step, number in ladder
    ]


def place_bar(one: figures.PlaceFigure) -> Bar:
    href = f"{reverse('cases:office-matters')}?where=late&place={one.code}"
    return Bar(label=one.name, value=one.late, href=href)


def unit_bar(one: Any) -> Bar:
    href = f"{reverse('cases:office-matters')}?where=late&unit={one.pk}"
    return Bar(label=one.label, value=one.late, href=href)


def narrowing(request: StaffRequest) -> queries.Narrowing:
    """The filters of the address; what is not understood is left out."""
    said = request.GET
    where, unit, place = said.get("where", "late"), said.get("unit", ""), said.get("place", "")
    step = said.get("step", "")
    return queries.Narrowing(
        where=where if where in queries.LISTS else "late",
        text=said.get("q", "").strip()[:100],
        division_code=place if place.isdecimal() and len(place) <= 12 else "",
        unit_id=UUID(unit) if _is_uuid(unit) else None,
        step=step if step in Step.values else "",
    )


@login_required
@require_safe
def matters(request: StaffRequest) -> HttpResponse:
    """Matters of the area, longest owed first; several can be reminded at once."""
    scopes, at, by = scopes_of(request), now(), narrowing(request)
    found = queries.matters(scopes, by, at=at)
    page, rows = queries.page_of(found, request.actor, after=request.GET.get("after"), at=at)
    context = {
        **frame(request, scopes),
        "by": by,
        "page": page,
        "rows": rows,
        "chips": where_chips(request, by),
        "filters": filter_chips(request, by),
        "list_name": LIST,
        "saved_views": views_of(request.actor.person_id, LIST),
        "late": queries.count(scopes, "late", at=at),
    }
    return render(request, "cases/office/matters.html", context)


def address(request: StaffRequest, **changes: str) -> str:
    """The address of the list with other filters, from its beginning."""
    query = request.GET.copy()
    query.pop("after", None)
    for name, value in changes.items():
        query.pop(name, None)
        if value:
            query[name] = value
    return f"{reverse('cases:office-matters')}?{query.urlencode()}"


def where_chips(request: StaffRequest, by: queries.Narrowing) -> list[Chip]:
    return [
        Chip(label=str(label), href=address(request, where=name), active=name == by.where)
        for name, label in queries.LISTS.items()
    ]


def filter_chips(request: StaffRequest, by: queries.Narrowing) -> list[Chip]:
    """The filters in force, each a chip that takes it away."""
    found = []
    if by.division_code:
        name = names_for([by.division_code]).get(by.division_code)
        found.append(("place", name.name if name else by.division_code))
    if by.unit_id:
        unit = figures.Organ.objects.filter(pk=by.unit_id).first()
        found.append(("unit", unit.label if unit else _("unknown unit")))
    if by.step:
        found.append(("step", str(Step(by.step).label)))
    return [
        Chip(label=f"{label} ×", href=address(request, **{name: ""}), active=True)
        for name, label in found
    ]


@login_required
@require_POST
def remind_picked(request: StaffRequest) -> HttpResponse:
    """Remind whoever owes, for all matters picked; what nobody holds yet is named."""
    scopes = scopes_of(request)
    picked = [UUID(one) for one in request.POST.getlist("id") if _is_uuid(one)][:200]
    owed = queries.to_remind(scopes, picked)
    done, refused = replies.remind_many(dispatch_ids=owed, by=request.actor, at=now())
    if done:
        said = ngettext("%(n)s holder was reminded.", "%(n)s holders were reminded.", done)
        messages.success(request, said % {"n": done})
    for one in refused[:5]:
        messages.warning(request, one)
    if not done and not refused:
        messages.warning(
            request,
            _("Nobody could be reminded: these matters are not handed on. Open a step instead."),
        )
    target = request.POST.get("next", "")
    own = target.startswith("/office/") and url_has_allowed_host_and_scheme(target, None)
    return redirect(target if own else reverse("cases:office-matters"))


@login_required
@require_safe
def places(request: StaffRequest) -> HttpResponse:
    """The parts of the area with what is open and late, or of one place in it."""
    scopes, at = scopes_of(request), now()
    asked = narrowing(request).division_code
    inside = queries.narrowed_scopes(scopes, asked)
    context = {
        **frame(request, scopes),
        "figures": figures.standing(inside, at=at)[0],
        "asked": names_for([asked]).get(asked) if asked and inside else None,
    }
    return render(request, "cases/office/places.html", context)


@login_required
@require_safe
def units(request: StaffRequest) -> HttpResponse:
    """Units with what they hold and what is late, the most late ones first."""
    scopes, text = scopes_of(request), request.GET.get("q", "").strip()[:60]
    rows = figures.units(scopes, at=now(), text=text)
    page = keyset(rows, order=("-late", "-open", "id"), after=request.GET.get("after"))
    context = {**frame(request, scopes), "page": page, "text": text}
    return render(request, "cases/office/units.html", context)
