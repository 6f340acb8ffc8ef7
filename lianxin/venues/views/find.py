"""Find my deputy: public pages without a session. Nothing that is asked here is kept."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.kernel.clock import now
from lianxin.venues import queries
from lianxin.venues.forms.find import PlaceForm, PositionForm
from lianxin.web.kept import for_everybody

LONGEST = 60


@require_safe
@for_everybody(300)
def find(request: HttpRequest) -> HttpResponse:
    """The ways to ask: words, the path of places, one's own position."""
    return render(request, "venues/find.html", {"form": PlaceForm()})


@require_safe
@for_everybody(60)
def result(request: HttpRequest) -> HttpResponse:
    """The answer for `place` and `grid`; words and the picker lead there, or to a few to choose from.

    Its address names a place and a grid, never the words that were typed.
    """
    place, number = request.GET.get("place", ""), request.GET.get("grid", "")[:20]
    if place.isdecimal():
        return _answer(request, place, number)
    if "division" in request.GET:
        form = PlaceForm(request.GET)
        if form.is_valid():
            return redirect(_href(form.cleaned_data["division"]))
        return render(request, "venues/find.html", {"form": form})
    words = request.GET.get("q", "").replace("\x00", "").strip()[:LONGEST]
    understood = queries.understand(words)
    if len(understood.spots) == 1 and not understood.venues:
        return redirect(_href_of(understood.spots[0], missed=bool(understood.missed)))
    return _choose(request, understood, words)


# A look-up that changes nothing: a token would make the page before it personal.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def here(request: HttpRequest) -> HttpResponse:
    """The grid at a position, or the nearest venues. The position stands in no address and no log."""
    form = PositionForm(request.POST)
    if not form.is_valid():
        return redirect("venues:find")
    near = queries.at_position(form.cleaned_data["lat"], form.cleaned_data["lng"])
    if near.spot:
        return redirect(_href_of(near.spot, near=near.metres))
    return render(request, "venues/find_near.html", {"near": near, "form": PlaceForm()})


@require_safe
@for_everybody(300)
def table(request: HttpRequest, code: str) -> HttpResponse:
    """Grids and their deputies of a village or township, on paper."""
    return render(request, "venues/find_table.html", {"table": queries.grid_table(code, at=now())})


def _answer(request: HttpRequest, place: str, number: str) -> HttpResponse:
    found = queries.answer(place=place, number=number, at=now())
    near = request.GET.get("near", "")
    context = {
        "found": found,
        "spot": found.spot,
        "missed": request.GET.get("missed") == "1",
        "near": int(near) if near.isdecimal() and len(near) < 4 else 0,
        "grids": [(grid, _href(place, grid.number)) for grid in found.grids],
        "below": [(child, _href(child.code)) for child in found.below],
    }
    return render(request, "venues/find_result.html", context)


def _choose(request: HttpRequest, understood: queries.Understood, words: str) -> HttpResponse:
    choices = [(spot, _href_of(spot)) for spot in understood.spots]
    context = {"found": understood, "choices": choices, "words": words, "form": PlaceForm()}
    return render(request, "venues/find_choose.html", context)


def _href_of(spot: queries.Spot, **more: Any) -> str:
    return _href(spot.place.code, spot.key, **{name: int(value) for name, value in more.items()})


def _href(place: str, grid: str = "", **more: int) -> str:
    given = {"place": place, "grid": grid, **more}
    asked = urlencode({name: value for name, value in given.items() if value})
    return f"{reverse('venues:find-result')}?{asked}"
