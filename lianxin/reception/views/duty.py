"""Grid duty at the desk: today at a glance, the table of turns, one turn, how the venue wants it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from lianxin.kernel.clock import local_date, now
from lianxin.kernel.paging import Page, keyset
from lianxin.people.enums import Ability
from lianxin.places.models import Grid
from lianxin.reception.forms.duty import TableForm, TurnForm, WishesForm
from lianxin.reception.models import GridDuty
from lianxin.reception.queries import duty as queries
from lianxin.reception.queries.calls import open_calls
from lianxin.reception.queries.own import own_venues
from lianxin.reception.rules.duty import DAY, Span
from lianxin.reception.rules.permissions import NotYourVenue, may_plan
from lianxin.reception.services import duty as services
from lianxin.reception.views.deputy import StaffRequest
from lianxin.venues.models import Venue
from lianxin.web.dates import cn_day
from lianxin.web.forms import attempt
from lianxin.web.parts import Chip

#: Grids beside each other in the table; more are on the next page.
COLUMNS = 6
ORDER = ("division_code", "number", "id")


def venue_of(request: StaffRequest, ability: str = Ability.DUTY_CALL) -> tuple[Venue, list[Venue]]:
    """The venue asked for by its code among one's own, else the first; and all of them.

    Raises NotYourVenue where there is none.
    """
    mine = list(own_venues(request.actor, ability))
    if not mine:
        raise NotYourVenue
    asked = request.GET.get("venue", "")
    return next((one for one in mine if one.code == asked), mine[0]), mine


def frame(request: StaffRequest, venue: Venue, mine: Sequence[Venue] = ()) -> dict[str, Any]:
    """What every page of grid duty shows; a grid worker has no desk around it."""
    at_desk = request.actor.can(Ability.RECEPTION_RUN)
    several = mine if len(mine) > 1 else []
    return {
        "workplace": "desk" if at_desk else "operation",
        "venue": venue,
        "plans": may_plan(request.actor, venue),
        "at": now(),
        "venues": [
            Chip(label=one.name, href=f"?venue={one.code}", active=one == venue) for one in several
        ],
    }


def address(name: str, venue: Venue, **more: Any) -> str:
    query = "".join(f"&{key}={value}" for key, value in more.items())
    return f"{reverse(f'reception:{name}')}?venue={venue.code}{query}"


@login_required
@require_safe
def today(request: StaffRequest) -> HttpResponse:
    """Open calls on top, then each grid: who is on duty, until when, who is next."""
    venue, mine = venue_of(request)
    on = local_date(now())
    page = keyset(
        queries.bound_grids(venue, on),
        order=ORDER,
        after=request.GET.get("after"),
        size=queries.PAGE,
    )
    bare, how_many = queries.bare_grids(venue, on)
    until = queries.table_until(venue)
    context = {
        **frame(request, venue, mine),
        "page": page,
        "grids": queries.grids_today(page.items, on),
        "calls": open_calls(request.actor, venue.pk),
        "bare": bare,
        "bare_number": how_many,
        "table_until": until,
        "table_ends_soon": until is None or until < on + timedelta(days=14),
    }
    context["counts"] = {"duty": len(context["calls"]) or None}
    return render(request, "reception/duty/today.html", context)


def _window(request: StaffRequest, on: date) -> Span:
    """Three months from the month asked for (`from`, as 2026-11), else from this one."""
    said = request.GET.get("from", "")
    year, dash, month = said.partition("-")
    first = on.replace(day=1)
    if dash and year.isdecimal() and month.isdecimal() and abs(int(year) - on.year) <= 10:
        first = date(int(year), min(max(int(month), 1), 12), 1)
    return Span(first, _months_on(first, 3) - DAY)


def _months_on(first: date, months: int) -> date:
    year, month = divmod(first.year * 12 + first.month - 1 + months, 12)
    return date(year, month + 1, 1)


def _table(request: StaffRequest, columns: int) -> dict[str, Any]:
    venue, mine = venue_of(request, Ability.RECEPTION_PLAN)
    on = local_date(now())
    window = _window(request, on)
    page: Page[Grid] = keyset(
        queries.bound_grids(venue, on), order=ORDER, after=request.GET.get("after"), size=columns
    )
    queries.named(page.items)
    return {
        **frame(request, venue, mine),
        "window": window,
        "page": page,
        "rows": queries.table_of(page.items, window, on),
        "earlier": f"{_months_on(window.first, -3):%Y-%m}",
        "later": f"{_months_on(window.first, 3):%Y-%m}",
    }


@login_required
@require_safe
def table(request: StaffRequest) -> HttpResponse:
    """The table of duty, three months at a time."""
    context = _table(request, COLUMNS)
    context["on"] = local_date(context["at"])
    return render(request, "reception/duty/table.html", context)


@login_required
@require_safe
def table_print(request: StaffRequest) -> HttpResponse:
    """The table on paper (A4)."""
    return render(request, "reception/duty/print.html", _table(request, COLUMNS))


@login_required
def make(request: StaffRequest) -> HttpResponse:
    """Make the table, or make it anew."""
    venue, mine = venue_of(request, Ability.RECEPTION_PLAN)
    setting = queries.setting_of(venue)
    form = TableForm(request.POST or None, today=local_date(now()), turn=setting.turn)
    if form.is_valid():
        made = attempt(
            form,
            lambda: services.make_table(
                venue_id=venue.pk, by=request.actor, at=now(), **form.cleaned_data
            ),
        )
        if form.is_valid():
            _say(request, made)
            return redirect(address("duty-table", venue))
    return render(
        request, "reception/duty/make.html", {**frame(request, venue, mine), "form": form}
    )


def _say(request: StaffRequest, made: services.Made) -> None:
    if made.touched:
        done = ngettext(
            "The table is made: %(n)s turn is new or changed.",
            "The table is made: %(n)s turns are new or changed.",
            made.touched,
        )
        messages.success(request, done % {"n": made.touched})
    else:
        messages.info(request, _("The table was right already: nothing changed."))
    gaps = made.gaps[:5]
    grids = queries.named(grid for grid, _gap in gaps)
    for grid, (_grid, gap) in zip(grids, gaps, strict=True):
        said = _("%(grid)s: nobody can be on duty from %(since)s to %(until)s.")
        days = {"since": cn_day(gap.first), "until": cn_day(gap.last)}
        messages.warning(request, said % {"grid": grid.label, **days})


@login_required
def turn(request: StaffRequest, duty_id: UUID) -> HttpResponse:
    """One turn: who has it; or let it go, so that the table may give it anew."""
    mine = own_venues(request.actor, Ability.RECEPTION_PLAN)
    rows = GridDuty.objects.select_related("venue", "grid", "deputy__person")
    row = get_object_or_404(rows.filter(venue__in=mine.values("pk")), pk=duty_id)
    queries.named([row.grid])
    able = queries.able_to_serve(row, local_date(now()))
    form = TurnForm(
        request.POST if "deputy" in request.POST else None,
        deputies=[(str(one.pk), one.label) for one in able],
        initial={"deputy": str(row.deputy_id)},
    )
    if request.POST.get("act") == "release":
        services.release_turn(duty_id=row.pk, by=request.actor, at=now())
        messages.success(request, _("Let go: the next making of the table may change it."))
        return redirect(address("duty-table", row.venue))
    if form.is_valid() and attempt(
        form,
        lambda: services.set_turn(
            duty_id=row.pk,
            deputy_id=UUID(form.cleaned_data["deputy"]),
            by=request.actor,
            at=now(),
        ),
    ):
        messages.success(request, _("Changed by hand. It stays when the table is made anew."))
        return redirect(address("duty-table", row.venue))
    context = {**frame(request, row.venue), "row": row, "form": form, "able": able}
    context["is_over"] = row.until_date < local_date(now())
    return render(request, "reception/duty/turn.html", context)


@login_required
def wishes(request: StaffRequest) -> HttpResponse:
    """How long deputies have to answer, and who else is asked."""
    venue, mine = venue_of(request, Ability.RECEPTION_PLAN)
    setting = queries.setting_of(venue)
    known = {"answer_minutes": setting.answer_minutes, "asks_stationed": setting.asks_stationed}
    form = WishesForm(request.POST or None, initial=known)
    if form.is_valid() and attempt(
        form,
        lambda: services.set_wishes(
            venue_id=venue.pk, by=request.actor, at=now(), **form.cleaned_data
        ),
    ):
        messages.success(request, _("Saved. It holds from the next deputy asked on."))
        return redirect(address("duty", venue))
    return render(
        request, "reception/duty/wishes.html", {**frame(request, venue, mine), "form": form}
    )
