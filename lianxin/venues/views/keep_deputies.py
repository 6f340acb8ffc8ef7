"""Keeping the deputies of a venue: who is here, their photos, their grids."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lianxin.kernel.clock import local_date, now
from lianxin.venues import rules
from lianxin.venues.forms.deputies import BindForm, LeaveForm, PortraitForm, StationForm
from lianxin.venues.queries import contents as queries
from lianxin.venues.queries.portraits import portraits_of
from lianxin.venues.services import deputies as services
from lianxin.venues.services import photos
from lianxin.venues.views.base import StaffRequest
from lianxin.venues.views.keep import back, form_page, kept_venue
from lianxin.web.forms import attempt

PART = "deputies"


@login_required
@never_cache
def add(request: StaffRequest, code: str) -> HttpResponse:
    """A deputy of whatever level comes to the venue."""
    venue, text = kept_venue(request, code), request.GET.get("q", "").strip()[:40]
    at = now()
    form = StationForm(
        request.POST or None,
        deputies=queries.deputies_to_station(venue, text),
        initial={"from_date": local_date(at)},
    )
    if form.is_valid() and attempt(
        form,
        lambda: services.station_deputy(
            venue_id=venue.pk,
            deputy_id=UUID(form.cleaned_data["deputy"]),
            from_date=form.cleaned_data["from_date"],
            until_date=form.cleaned_data["until_date"],
            by=request.actor,
            at=at,
        ),
    ):
        return back(request, code, _("The deputy is stationed here."), PART)
    context = {"heading": _("Station a deputy"), "search": text, "searches": True, "part": PART}
    return form_page(request, venue, form, **context)


@login_required
@never_cache
def end(request: StaffRequest, code: str, stationing_id: UUID) -> HttpResponse:
    """A deputy leaves the venue."""
    venue = kept_venue(request, code)
    stationing = queries.stationing_of(venue, stationing_id)
    at = now()
    form = LeaveForm(request.POST or None, initial={"until_date": local_date(at)})
    if form.is_valid() and attempt(
        form,
        lambda: services.end_stationing(
            stationing_id=stationing.pk,
            until_date=form.cleaned_data["until_date"],
            by=request.actor,
            at=at,
        ),
    ):
        return back(request, code, _("The last day is entered."), PART)
    heading = _("Deputy %(name)s leaves the venue") % {"name": stationing.deputy.name}
    return form_page(request, venue, form, heading=heading, part=PART)


@login_required
@never_cache
def portrait(request: StaffRequest, code: str, deputy_id: UUID) -> HttpResponse:
    """The photo of a deputy stationed here; kept by the head of the venue or the congress office."""
    venue = queries.venue_to_see(request.actor, code)
    deputy = queries.deputy_of_venue(venue, deputy_id)
    rules.check_may_keep_portrait(request.actor, deputy, [venue])
    form = PortraitForm(request.POST or None, request.FILES or None)
    if form.is_valid() and attempt(
        form,
        lambda: photos.set_portrait(
            deputy_id=deputy.pk, by=request.actor, at=now(), **form.cleaned_data
        ),
    ):
        return back(request, code, _("The photo is on the page and on the next board."), PART)
    context = {"deputy": deputy, "portrait": portraits_of([deputy.pk]).get(deputy.pk)}
    heading = _("Photo of deputy %(name)s") % {"name": deputy.name}
    return form_page(request, venue, form, heading=heading, part=PART, **context)


@login_required
@require_POST
def remove_portrait(request: StaffRequest, code: str, deputy_id: UUID) -> HttpResponse:
    venue = queries.venue_to_see(request.actor, code)
    deputy = queries.deputy_of_venue(venue, deputy_id)
    photos.remove_portrait(deputy_id=deputy.pk, by=request.actor, at=now())
    return back(request, code, _("The photo is taken down."), PART)


@login_required
@never_cache
def bind(request: StaffRequest, code: str) -> HttpResponse:
    """A deputy answers for a grid."""
    venue, at = kept_venue(request, code), now()
    form = BindForm(
        request.POST or None,
        grids=queries.grids_here(venue),
        deputies=queries.deputies_here(venue),
        initial={"from_date": local_date(at)},
    )
    if form.is_valid() and attempt(
        form,
        lambda: services.bind_grid(
            venue_id=venue.pk,
            grid_id=UUID(form.cleaned_data["grid"]),
            deputy_id=UUID(form.cleaned_data["deputy"]),
            from_date=form.cleaned_data["from_date"],
            by=request.actor,
            at=at,
        ),
    ):
        return back(request, code, _("The grid is bound."), "grids")
    return form_page(request, venue, form, heading=_("Bind a grid"), part="grids")


@login_required
@require_POST
def unbind(request: StaffRequest, code: str, binding_id: UUID) -> HttpResponse:
    """The deputy answers for the grid until today."""
    venue = kept_venue(request, code)
    binding, at = queries.binding_of(venue, binding_id), now()
    services.unbind_grid(binding_id=binding.pk, until_date=local_date(at), by=request.actor, at=at)
    return back(request, code, _("The binding ends today."), "grids")
