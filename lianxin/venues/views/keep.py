"""Keeping a venue's page: as the public sees it, with a way to change each part."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lianxin.kernel.clock import local_date, now
from lianxin.kernel.paging import keyset
from lianxin.kernel.refused import Absent, Forbidden
from lianxin.venues import rules
from lianxin.venues.forms.contents import ROW_FORMS, CheckForm, HeldForm, VenueForm
from lianxin.venues.models import Venue
from lianxin.venues.queries import contents as queries
from lianxin.venues.queries.boards import latest_issue, venues_watched
from lianxin.venues.services import contents as services
from lianxin.venues.services.venues import update_venue
from lianxin.venues.views.base import StaffRequest, shell_of
from lianxin.web.forms import attempt

ORDER = ("division_code", "name", "id")
#: What a kind of row is called: one of it, and how the page that adds one is headed.
NEW = {
    "texts": gettext_lazy("New text"),
    "staff": gettext_lazy("New member of staff"),
    "equipment": gettext_lazy("New equipment"),
    "closed": gettext_lazy("New closed days"),
    "partners": gettext_lazy("New partner"),
    "activities": gettext_lazy("Announce an activity"),
    "news": gettext_lazy("New news"),
}


class NotYourVenue(Forbidden):
    message = gettext_lazy("This page is for those who look after a venue.")
    code = "not_your_venue"


@login_required
@never_cache
@require_safe
def index(request: StaffRequest) -> HttpResponse:
    """The own venue, or the ones to choose from."""
    rows = venues_watched(request.actor)
    page = keyset(rows, order=ORDER, after=request.GET.get("after"))
    if not page.items:
        raise NotYourVenue
    if len(page.items) == 1 and not page.prev_cursor:
        return redirect("venues:keep-venue", code=page.items[0].code)
    context = {"page": page, **shell_of(request.actor)}
    return render(request, "venues/keep_list.html", context)


@login_required
@never_cache
@require_safe
def venue(request: StaffRequest, code: str) -> HttpResponse:
    """Everything the venue tells, each part with its way to change it."""
    found = queries.venue_to_see(request.actor, code)
    at = now()
    context = {
        "venue": found,
        "contents": queries.contents_of(found, on=local_date(at)),
        "issue": latest_issue(found.pk),
        "at": at,
        "may_manage": rules.may_manage_venue(request.actor, found),
        **shell_of(request.actor),
    }
    return render(request, "venues/keep.html", context)


def kept_venue(request: StaffRequest, code: str) -> Venue:
    """The venue, for those who may change it. Raises Absent, Forbidden."""
    found = queries.venue_to_see(request.actor, code)
    rules.check_may_manage_venue(request.actor, found)
    return found


def form_page(request: StaffRequest, venue: Venue, form: Any, **context: Any) -> HttpResponse:
    """A page with one form about a part of the venue."""
    context = {"venue": venue, "form": form, "part": "", **context, **shell_of(request.actor)}
    return render(request, "venues/keep_form.html", context)


def back(request: StaffRequest, code: str, words: str, part: str = "") -> HttpResponse:
    """To the venue's page, at the part that was changed."""
    messages.success(request, words)
    address = reverse("venues:keep-venue", args=[code])
    return redirect(f"{address}#{part}" if part else address)


@login_required
@never_cache
def facts(request: StaffRequest, code: str) -> HttpResponse:
    """Name, topic, address, phone and hours."""
    found = kept_venue(request, code)
    form = VenueForm(request.POST or None, instance=found)
    if form.is_valid():
        words = {name: form.cleaned_data[name] for name in form.Meta.fields}
        call = lambda: update_venue(venue_id=found.pk, by=request.actor, at=now(), **words)  # noqa: E731
        if attempt(form, call):
            return back(request, code, _("Saved."))
    return form_page(request, found, form, heading=_("Name, address and hours"))


def _kind(kind: str) -> services.Kind:
    if kind not in services.KINDS:
        raise Absent
    return services.KINDS[kind]


@login_required
@never_cache
def row(request: StaffRequest, code: str, kind: str, row_id: UUID | None = None) -> HttpResponse:
    """A row of any kind: a new one, or other words in one."""
    found, said = kept_venue(request, code), _kind(kind)
    rows = said.model.objects.filter(venue=found)
    instance = rows.filter(pk=row_id).first() if row_id else None
    if row_id and instance is None:
        raise Absent
    form = ROW_FORMS[kind](request.POST or None, request.FILES or None, instance=instance)
    if form.is_valid() and attempt(
        form,
        lambda: services.save_row(
            venue_id=found.pk,
            kind=kind,
            row_id=row_id,
            values=form.cleaned_data,
            photos=form.cleaned_data.get("photos", ()),
            by=request.actor,
            at=now(),
        ),
    ):
        return back(request, code, _("Saved."), kind)
    photos = queries.photos_of(said.model._meta.label_lower, [row_id]) if row_id else {}
    heading = str(instance) if instance else NEW[kind]
    context = {"heading": heading, "kind": said, "row": instance, "part": kind}
    return form_page(request, found, form, photos=photos[row_id] if row_id else (), **context)


@login_required
@require_POST
def remove(request: StaffRequest, code: str, kind: str, row_id: UUID) -> HttpResponse:
    found = kept_venue(request, code)
    _kind(kind)
    services.remove_row(venue_id=found.pk, kind=kind, row_id=row_id, by=request.actor, at=now())
    return back(request, code, _("Removed."), kind)


@login_required
@require_POST
def up(request: StaffRequest, code: str, kind: str, row_id: UUID) -> HttpResponse:
    """One place up."""
    found = kept_venue(request, code)
    _kind(kind)
    services.move_up(venue_id=found.pk, kind=kind, row_id=row_id, by=request.actor, at=now())
    return redirect(f"{reverse('venues:keep-venue', args=[code])}#{kind}")


@login_required
@never_cache
def held(request: StaffRequest, code: str, row_id: UUID) -> HttpResponse:
    """An announced activity took place."""
    found = kept_venue(request, code)
    activity = services.KINDS["activities"].model.objects.filter(venue=found, pk=row_id).first()
    if activity is None:
        raise Absent
    form = HeldForm(request.POST or None, request.FILES or None)
    if form.is_valid() and attempt(
        form,
        lambda: services.hold_activity(
            venue_id=found.pk, row_id=row_id, by=request.actor, at=now(), **form.cleaned_data
        ),
    ):
        return back(request, code, _("The activity is on the page with its outcome."), "activities")
    return form_page(request, found, form, heading=activity.title, part="activities")


@login_required
@require_POST
def cancel(request: StaffRequest, code: str, row_id: UUID) -> HttpResponse:
    found = kept_venue(request, code)
    services.cancel_activity(venue_id=found.pk, row_id=row_id, by=request.actor, at=now())
    return back(request, code, _("The activity is cancelled; the page says so."), "activities")


@login_required
@never_cache
def check(request: StaffRequest, code: str, point: str) -> HttpResponse:
    """One point of the checklist."""
    found, wanted = kept_venue(request, code), queries.point_by_code(point)
    item, at = queries.item_of(found, wanted), now()
    start = {} if item else {"checked_on": local_date(at)}
    form = CheckForm(request.POST or None, request.FILES or None, instance=item, initial=start)
    if form.is_valid() and attempt(
        form,
        lambda: services.check_point(
            venue_id=found.pk, point_id=wanted.pk, by=request.actor, at=at, **form.cleaned_data
        ),
    ):
        return back(request, code, _("Saved."), "checks")
    photos = queries.photos_of("venues.checkitem", [item.pk])[item.pk] if item else ()
    context = {"heading": wanted.name, "lead": wanted.source, "part": "checks"}
    return form_page(request, found, form, photos=photos, **context)


@login_required
@require_POST
def remove_photo(request: StaffRequest, code: str, attachment_id: UUID) -> HttpResponse:
    found = kept_venue(request, code)
    services.remove_photo(
        venue_id=found.pk, attachment_id=attachment_id, by=request.actor, at=now()
    )
    return back(request, code, _("The photo is taken down."))
