"""What anybody may see: no session, the same page for everybody."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lianxin.kernel.clock import now
from lianxin.venues import queries
from lianxin.venues.enums import VenueKind
from lianxin.web.kept import for_everybody
from lianxin.web.parts import Chip, Link


@require_GET
@for_everybody(60)
def venues(request: HttpRequest) -> HttpResponse:
    """Venues by place and kind, and by words."""
    place = request.GET.get("place", "")
    place = place if place.isdecimal() and len(place) in (2, 4, 6, 9, 12) else ""
    kind = request.GET.get("kind", "")
    kind = kind if kind in VenueKind.values else ""
    search = request.GET.get("q", "").strip()[:60]
    found = queries.venue_list(
        division_code=place, kind=kind, search=search, after=request.GET.get("after")
    )
    context = {
        "found": found,
        "search": search,
        "place": place,
        "kind": kind,
        "path": _path(found, kind),
        "kinds": _kinds(place, kind, search),
        "below": [Link(label=d.short_name, href=_here(d.code, kind)) for d in found.below],
    }
    return render(request, "venues/list.html", context)


def _here(place: str = "", kind: str = "", search: str = "") -> str:
    given = {"place": place, "kind": kind, "q": search}
    return "?" + urlencode({name: value for name, value in given.items() if value})


def _path(found: queries.VenueList, kind: str) -> list[Link]:
    links = [Link(label=name.short, href=_here(name.code, kind)) for name in found.path]
    if links:
        links[-1] = Link(label=links[-1].label, href="")
        links.insert(0, Link(label=_("All places"), href=_here(kind=kind)))
    return links


def _kinds(place: str, kind: str, search: str) -> list[Chip]:
    chips = [Chip(label=_("All kinds"), href=_here(place, "", search), active=not kind)]
    for value, label in VenueKind.choices:
        href = _here(place, value, search)
        chips.append(Chip(label=str(label), href=href, active=kind == value))
    return chips


@require_GET
@for_everybody(60)
def venue(request: HttpRequest, code: str) -> HttpResponse:
    """One venue: where, when, which deputies, which grids."""
    page = queries.venue_page(code, at=now())
    if code != page.venue.code:
        return redirect("venues:venue", code=page.venue.code)
    context = {
        "page": page,
        "venue": page.venue,
        "sittings": page.sittings,
        "address": settings.PUBLIC_URL + request.path,
    }
    return render(request, "venues/venue.html", context)


@require_GET
@for_everybody(60)
def about(request: HttpRequest, code: str) -> HttpResponse:
    """What a venue is, how it works, what it did."""
    page = queries.venue_about(code)
    if code != page.venue.code:
        return redirect("venues:about", code=page.venue.code)
    return render(request, "venues/about.html", {"page": page, "venue": page.venue})


@require_GET
@for_everybody(60)
def deputy(request: HttpRequest, code: str) -> HttpResponse:
    """One deputy in office: of which congresses, where to be met."""
    page = queries.deputy_page(code, at=now())
    if code != page.deputy.code:
        return redirect("venues:deputy", code=page.deputy.code)
    context = {
        "page": page,
        "deputy": page.deputy,
        "sittings": page.sittings,
        "days_held": page.days_held,
    }
    return render(request, "venues/deputy.html", context)
