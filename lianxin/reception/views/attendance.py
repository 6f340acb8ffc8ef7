"""The clerk's pages of turns: swaps that wait, substitutes, who was there, days away, figures."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lianxin.cases.queries.desk import Desk
from lianxin.kernel.clock import local_date, now
from lianxin.kernel.paging import keyset
from lianxin.kernel.refused import Absent
from lianxin.people.enums import Ability
from lianxin.reception.enums import DayState
from lianxin.reception.forms.deputy import AnswerForm, DeskAwayForm, MarkForm, SubstituteForm
from lianxin.reception.models import Away, ReceptionDay, Swap
from lianxin.reception.queries import attendance as queries
from lianxin.reception.queries.deputy import closes_of
from lianxin.reception.queries.own import own_venues
from lianxin.reception.queries.swaps import offers_for, swaps_of_venues
from lianxin.reception.rules.checkin import OPENS
from lianxin.reception.rules.permissions import NotYourVenue
from lianxin.reception.rules.swaps import can_swap, closes_at
from lianxin.reception.services import attendance, away, swaps
from lianxin.reception.views.deputy import StaffRequest
from lianxin.venues.models import Venue
from lianxin.web.forms import attempt
from lianxin.web.parts import Chip

SETTLED = ("done", "refused", "withdrawn", "lapsed")
#: List → the states it holds.
LISTS: dict[str, tuple[str, ...]] = {"agreed": ("agreed",), "asked": ("asked",), "settled": SETTLED}


def venues_of(request: StaffRequest, ability: str = Ability.RECEPTION_RUN) -> list[Venue]:
    """The venues whose turns the actor keeps. Raises NotYourVenue."""
    found = list(own_venues(request.actor, ability))
    if not found:
        raise NotYourVenue
    return found


def frame(request: StaffRequest) -> dict[str, Any]:
    """What every page of the desk shows: its name, and the counts of its menu."""
    posts = request.actor.posts
    return {
        "workplace": "desk",
        "office": posts[0].organ_name if posts else request.actor.name,
        "counts": Desk.of(request.actor, now()).counts(),
    }


@login_required
@never_cache
@require_safe
def swap_list(request: StaffRequest) -> HttpResponse:
    """Swaps: first those that wait for the venue."""
    venues = venues_of(request, Ability.RECEPTION_PLAN)
    where = request.GET.get("where", "agreed")
    where = where if where in LISTS else "agreed"
    rows = swaps_of_venues([venue.pk for venue in venues])
    page = keyset(
        rows.filter(state__in=LISTS[where]),
        order=("-asked_at", "-id"),
        after=request.GET.get("after"),
        size=20,
    )
    context = {
        **frame(request),
        "page": page,
        "where": where,
        "chips": _swap_chips(where),
        "rows": [(swap, closes_of(swap)) for swap in page],
    }
    return render(request, "reception/attendance/swaps.html", context)


def _swap_chips(where: str) -> list[Chip]:
    here = reverse("reception:swaps")
    labels = {
        "agreed": _("Waiting for the venue"),
        "asked": _("Waiting for a deputy"),
        "settled": _("Settled"),
    }
    return [
        Chip(label=label, href=f"{here}?where={name}", active=name == where)
        for name, label in labels.items()
    ]


@login_required
@never_cache
def swap_decide(request: StaffRequest, swap_id: UUID) -> HttpResponse:
    """One swap: confirm, or refuse with a word."""
    found = _swap(request, swap_id)
    form = AnswerForm(request.POST or None)
    confirms = request.POST.get("act") == "confirm"
    if form.is_valid() and attempt(form, lambda: _decide(request, found, form, confirms=confirms)):
        said = _("The swap is made; everybody concerned is told.")
        messages.success(request, said if confirms else _("The swap is refused."))
        return redirect("reception:swaps")
    found = _swap(request, swap_id)
    context = {**frame(request), "swap": found, "form": form, "until": closes_of(found)}
    return render(request, "reception/attendance/swap.html", context)


def _swap(request: StaffRequest, swap_id: UUID) -> Swap:
    """A swap of one's own venues. Raises Absent."""
    venues = own_venues(request.actor, Ability.RECEPTION_PLAN).values_list("pk", flat=True)
    found = swaps_of_venues(list(venues)).filter(pk=swap_id).first()
    if found is None:
        raise Absent
    return found


def _decide(request: StaffRequest, swap: Swap, form: AnswerForm, *, confirms: bool) -> Swap:
    if confirms:
        return swaps.confirm(swap_id=swap.pk, by=request.actor, at=now())
    words = form.cleaned_data["words"]
    return swaps.refuse(swap_id=swap.pk, words=words, by=request.actor, at=now())


@login_required
@never_cache
def substitute(request: StaffRequest, shift_id: UUID) -> HttpResponse:
    """A seat goes to a substitute: at once, or after asking on the phone."""
    shift = queries.own_seat(request.actor, shift_id, Ability.RECEPTION_PLAN)
    at = now()
    offers = offers_for(shift, at=at)
    asks = can_swap(shift, shift.day) and at < closes_at(shift.day)
    form = SubstituteForm(request.POST or None, offers=offers, asks=asks)
    if form.is_valid():
        given = form.cleaned_data
        deputy_id, words = UUID(given["deputy"]), given["words"]
        is_asked = given.get("how") == "ask"
        made = attempt(
            form,
            lambda: (
                swaps.ask(
                    shift_id=shift.pk,
                    other_deputy_id=deputy_id,
                    words=words,
                    by=request.actor,
                    at=at,
                )
                if is_asked
                else swaps.substitute(
                    shift_id=shift.pk, deputy_id=deputy_id, words=words, by=request.actor, at=at
                )
            ),
        )
        if made:
            said = _("The deputy is asked.") if is_asked else _("The seat is handed over.")
            messages.success(request, said)
            return redirect("reception:day-attendance", shift.day_id)
    context = {**frame(request), "shift": shift, "offers": offers, "form": form}
    return render(request, "reception/attendance/substitute.html", context)


@login_required
@never_cache
@require_safe
def overview(request: StaffRequest) -> HttpResponse:
    """What waits for the clerk's word, and the deputies' year."""
    venues, at = venues_of(request), now()
    keys = [venue.pk for venue in venues]
    chosen = next((v for v in venues if v.code == request.GET.get("venue")), venues[0])
    this = local_date(at).year
    asked = request.GET.get("year", "")
    year = int(asked) if asked in {str(this - 1), str(this - 2)} else this
    here = reverse("reception:attendance")
    lines = queries.figures(chosen.pk, year, at=at)
    context = {
        **frame(request),
        "undecided": queries.by_day(queries.undecided_of(keys, at=at)),
        "uncovered": queries.uncovered_of(keys, at=at, on=local_date(at)),
        "lines": [line for line in lines if line.turns],
        "idle": [line.name for line in lines if not line.turns],
        "venue": chosen,
        "year": year,
        "venues": [
            Chip(label=v.name, href=f"{here}?venue={v.code}&year={year}", active=v == chosen)
            for v in venues
        ],
        "years": [
            Chip(label=str(y), href=f"{here}?venue={chosen.code}&year={y}", active=y == year)
            for y in (this, this - 1, this - 2)
        ],
    }
    return render(request, "reception/attendance/overview.html", context)


@login_required
@never_cache
def day(request: StaffRequest, day_id: UUID) -> HttpResponse:
    """Who was there on one day; marked by hand with a reason."""
    found = queries.own_day(request.actor, day_id)
    wrong: tuple[UUID, MarkForm] | None = None
    if request.method == "POST":
        seat = queries.own_seat(request.actor, _uuid(request.POST.get("seat", "")))
        form = MarkForm(request.POST, auto_id=f"id_{seat.pk}_%s")
        if form.is_valid() and attempt(
            form,
            lambda: attendance.mark(
                shift_id=seat.pk,
                act=request.POST.get("act", ""),
                reason=form.cleaned_data["reason"],
                by=request.actor,
                at=now(),
            ),
        ):
            messages.success(request, _("%(name)s: noted.") % {"name": seat.deputy.name})
            return redirect("reception:day-attendance", found.pk)
        wrong = (seat.pk, form)
    context = {**frame(request), "day": found, **_seats(found, wrong)}
    return render(request, "reception/attendance/day.html", context)


def _seats(day: ReceptionDay, wrong: tuple[UUID, MarkForm] | None) -> dict[str, Any]:
    """Each seat with its form; the one that was refused keeps what was typed."""
    rows = []
    for seat in queries.seats_of(day):
        key = seat.shift.pk
        note = seat.away.note or seat.away.get_kind_display() if seat.away else ""
        form = MarkForm(auto_id=f"id_{key}_%s", initial={"reason": note})
        rows.append((seat, wrong[1] if wrong and wrong[0] == key else form))
    at = now()
    return {
        "seats": rows,
        "wrong": wrong[1] if wrong else None,
        "is_over": day.state in (DayState.SIGNED, DayState.CANCELLED),
        "has_begun": day.starts_at <= at,
        "is_open": day.starts_at - OPENS <= at,
    }


def _uuid(text: str) -> UUID:
    """Raises Absent on anything that is no key."""
    plain = text.replace("-", "").lower()
    if len(plain) != 32 or set(plain) - set("0123456789abcdef"):
        raise Absent
    return UUID(plain)


@login_required
@never_cache
def desk_away(request: StaffRequest) -> HttpResponse:
    """Which deputies are away, entered by them or by the clerk in their name."""
    venues, at = venues_of(request, Ability.RECEPTION_PLAN), now()
    keys = [venue.pk for venue in venues]
    deputies = queries.deputies_at(keys, on=local_date(at))
    form = DeskAwayForm(request.POST or None, deputies=deputies)
    if form.is_valid():
        given = dict(form.cleaned_data)
        deputy_id = UUID(given.pop("deputy"))
        if attempt(
            form,
            lambda: away.enter_away(deputy_id=deputy_id, by=request.actor, at=at, **given),
        ):
            messages.success(request, _("The days away are entered; the deputy is told."))
            return redirect("reception:desk-away")
    page = keyset(
        queries.away_at(keys, on=local_date(at)),
        order=("from_date", "id"),
        after=request.GET.get("after"),
        size=30,
    )
    uncovered = queries.uncovered_of(keys, at=at, on=local_date(at))
    context = {**frame(request), "form": form, "page": page, "uncovered": uncovered}
    return render(request, "reception/attendance/away.html", context)


@login_required
@require_POST
def desk_away_back(request: StaffRequest, away_id: UUID) -> HttpResponse:
    """The deputy can come after all."""
    keys = [venue.pk for venue in venues_of(request, Ability.RECEPTION_PLAN)]
    found: Away | None = queries.away_at(keys, on=local_date(now())).filter(pk=away_id).first()
    if found is None:
        raise Absent
    away.take_back_away(away_id=found.pk, by=request.actor, at=now())
    messages.success(request, _("The entry is taken back."))
    return redirect("reception:desk-away")
