"""The desk's rota: the year, a draft beside it, seats by hand, the wishes behind it."""

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

from lianxin.kernel.clock import local_date, now
from lianxin.reception.forms.rota import MemberForm, SeatsForm, SettingForm
from lianxin.reception.models import RotaMember, RotaSetting
from lianxin.reception.queries import rota as queries
from lianxin.reception.queries.days import venues_to_plan
from lianxin.reception.queries.rota_people import people_of
from lianxin.reception.rules.rotas import check_may_seat
from lianxin.reception.services import rota as services
from lianxin.reception.services import rota_settings
from lianxin.reception.views.attendance import frame
from lianxin.reception.views.days import year_of
from lianxin.reception.views.deputy import StaffRequest
from lianxin.venues.models import Venue
from lianxin.web.forms import attempt
from lianxin.web.parts import Chip


def address(venue: Venue, year: int, name: str = "reception:rota", *args: object) -> str:
    return f"{reverse(name, args=args)}?venue={venue.code}&year={year}"


def _venue(request: StaffRequest) -> Venue:
    return venues_to_plan(request.actor, request.GET.get("venue", ""))[0]


@login_required
@never_cache
@require_safe
def rota(request: StaffRequest) -> HttpResponse:
    """The rota of a venue and year: pairs month by month, loads, deputies and wishes."""
    at, year = now(), year_of(request)
    venue, mine = venues_to_plan(request.actor, request.GET.get("venue", ""))
    this = local_date(at).year
    context = {
        **frame(request),
        "page": queries.rota_page(venue, year, at=at),
        "venue": venue,
        "year": year,
        "venues": [Chip(label=v.name, href=address(v, year), active=v == venue) for v in mine],
        "years": [
            Chip(label=str(n), href=address(venue, n), active=n == year)
            for n in sorted({this, this + 1, year})
        ],
        "today": local_date(at),
        "query": f"?venue={venue.code}&year={year}",
    }
    return render(request, "reception/rota/rota.html", context)


@login_required
@never_cache
@require_safe
def rota_print(request: StaffRequest) -> HttpResponse:
    """The year's rota on paper (轮流接待安排表)."""
    at, venue, year = now(), _venue(request), year_of(request)
    page = queries.rota_page(venue, year, at=at)
    return render(request, "reception/rota/print.html", {"page": page, "venue": venue, "at": at})


@login_required
@require_POST
def plan(request: StaffRequest) -> HttpResponse:
    """Make a draft for the rest of the year; `afresh`: without keeping to the rota in force."""
    made = services.draft_rota(
        venue_id=_venue(request).pk,
        year=year_of(request),
        afresh="afresh" in request.POST,
        by=request.actor,
        at=now(),
    )
    return redirect(reverse("reception:rota-draft", args=[made.pk]))


@login_required
@never_cache
@require_safe
def draft(request: StaffRequest, plan_id: UUID) -> HttpResponse:
    """A plan beside the rota in force: what changes, what it is worth, what could not be had."""
    row = queries.own_plan(request.actor, plan_id)
    page = queries.draft_page(row, at=now())
    context = {
        **frame(request),
        "page": page,
        "plan": row,
        "venue": row.venue,
        "back": address(row.venue, row.year),
    }
    return render(request, "reception/rota/draft.html", context)


@login_required
@require_POST
def publish(request: StaffRequest, plan_id: UUID) -> HttpResponse:
    row = queries.own_plan(request.actor, plan_id)
    services.publish_rota(plan_id=row.pk, by=request.actor, at=now())
    messages.success(request, _("The rota is in force. All whom it concerns are told."))
    return redirect(address(row.venue, row.year))


@login_required
@require_POST
def discard(request: StaffRequest, plan_id: UUID) -> HttpResponse:
    row = queries.own_plan(request.actor, plan_id)
    services.discard_rota(plan_id=row.pk, by=request.actor, at=now())
    messages.success(request, _("The draft is discarded. Nothing has changed."))
    return redirect(address(row.venue, row.year))


@login_required
def seats(request: StaffRequest, day_id: UUID) -> HttpResponse:
    """The deputies of one day by hand."""
    at = now()
    day = queries.own_day(request.actor, day_id)
    check_may_seat(day, local_date(at))
    venue, year = day.venue, day.date.year
    setting = RotaSetting.objects.filter(venue=venue).first() or RotaSetting(venue=venue)
    held = queries.held_seats(day)
    people = list(people_of(venue, year, extra=held).values())
    form = SeatsForm(
        request.POST or None,
        seats=setting.seats,
        people=people,
        held=held,
        away=queries.away_on(day),
    )
    if form.is_valid():
        attempt(
            form,
            lambda: rota_settings.change_seats(
                day_id=day.pk, deputy_ids=form.deputies(), by=request.actor, at=at
            ),
        )
        if form.is_valid():
            messages.success(request, _("The seats are changed. All whom it concerns are told."))
            return redirect(address(venue, year))
    title = _("Change the pair")
    return _form(request, form, venue, year, title=title, day=day, act=_("Change the seats"))


@login_required
def setting(request: StaffRequest) -> HttpResponse:
    """How the venue wants its rota."""
    venue, year = _venue(request), year_of(request)
    row = RotaSetting.objects.filter(venue=venue).first() or RotaSetting(venue=venue)
    form = SettingForm(request.POST or None, initial=SettingForm.initial_of(row))
    if form.is_valid() and attempt(
        form,
        lambda: rota_settings.set_rota(
            venue_id=venue.pk, setting=form.setting(), by=request.actor, at=now()
        ),
    ):
        messages.success(request, _("Kept. It counts from the next plan on."))
        return redirect(address(venue, year))
    title = _("Wishes for the rota")
    return _form(request, form, venue, year, title=title, act=_("Keep the wishes"))


@login_required
def member(request: StaffRequest, deputy_id: UUID) -> HttpResponse:
    """What holds for one deputy in the rota."""
    venue, year = _venue(request), year_of(request)
    title = queries.name_of_member(venue, deputy_id)
    row = RotaMember.objects.filter(venue=venue, deputy_id=deputy_id).first() or RotaMember()
    form = MemberForm(request.POST or None, initial=MemberForm.initial_of(row))
    if form.is_valid() and attempt(
        form,
        lambda: rota_settings.set_member(
            venue_id=venue.pk,
            deputy_id=deputy_id,
            wishes=form.wishes(),
            by=request.actor,
            at=now(),
        ),
    ):
        messages.success(request, _("Kept. It counts from the next plan on."))
        return redirect(address(venue, year))
    return _form(request, form, venue, year, title=title, act=_("Keep the wishes"))


def _form(
    request: StaffRequest, form: Any, venue: Venue, year: int, **more: object
) -> HttpResponse:
    context = {
        **frame(request),
        "form": form,
        "venue": venue,
        "back": address(venue, year),
        **more,
    }
    return render(request, "reception/rota/form.html", context)
