"""The clerk's page of the day: the queue, and each act in it as one button."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lianxin.kernel.clock import now
from lianxin.kernel.refused import Absent
from lianxin.people.enums import Ability
from lianxin.reception.forms.room import NumberForm
from lianxin.reception.models import Booking, ReceptionDay, Ticket
from lianxin.reception.queries import record
from lianxin.reception.queries import room as queries
from lianxin.reception.queries.own import own_venues
from lianxin.reception.rules.permissions import NotYourVenue
from lianxin.reception.services import room as services
from lianxin.reception.services import signing
from lianxin.web.dates import cn_day
from lianxin.web.forms import attempt
from lianxin.web.parts import Chip, Key


def check_runs(request: HttpRequest) -> None:
    """Raises NotYourVenue where the actor runs no venue."""
    if not request.actor.can(Ability.RECEPTION_RUN):
        raise NotYourVenue


def shell_of(request: HttpRequest) -> dict[str, Any]:
    """What every page of the desk shows around its own."""
    actor = request.actor
    office = actor.posts[0].organ_name if actor.posts else actor.name
    return {"workplace": "desk", "office": office}


def to_room(day_id: UUID) -> HttpResponse:
    return redirect(f"{reverse('reception:room')}?day={day_id}")


@login_required
@never_cache
@require_safe
def room(request: HttpRequest) -> HttpResponse:
    """Today's day; one of several is picked by `day`."""
    check_runs(request)
    return show(request, request.GET.get("day", ""), NumberForm())


def show(request: HttpRequest, wanted: str, form: NumberForm) -> HttpResponse:
    actor, at = request.actor, now()
    days = list(queries.days_at_hand(actor, at)[:12])
    day = next((one for one in days if str(one.pk) == wanted), days[0] if days else None)
    here = reverse("reception:room")
    context: dict[str, Any] = {
        **shell_of(request),
        "day": day,
        "at": at,
        "form": form,
        "keys": _keys(),
        "chips": [
            Chip(label=_name(one), href=f"{here}?day={one.pk}", active=one is day) for one in days
        ],
        "coming": [] if day else queries.coming_days(actor, at),
        "venues": [] if day else list(own_venues(actor)[:3]),
    }
    if day:
        context["room"] = queries.room_of(day, at)
    return render(request, "reception/room/room.html", context)


def _keys() -> list[Key]:
    return [
        Key(caps=["J", "K"], does=_("down and up")),
        Key(caps=["N"], does=_("call the next")),
        Key(caps=["E"], does=_("record")),
        Key(caps=["C"], does=_("call this one")),
        Key(caps=["A"], does=_("has arrived")),
        Key(caps=["M"], does=_("not there")),
        Key(caps=["Q"], does=_("draw a number")),
    ]


def _name(day: ReceptionDay) -> str:
    return f"{cn_day(day.starts_at)} {day.venue.name}"


#: What a day can be told, and what is said then.
DAY_ACTS: dict[str, tuple[Callable[..., Any], Any]] = {
    "begin": (services.begin_day, gettext_lazy("Reception has begun.")),
    "end": (
        services.end_day,
        gettext_lazy("Reception has ended. The deputies sign the record now."),
    ),
    "nobody-came": (services.nobody_came, gettext_lazy("Written down: nobody came.")),
    "reopen": (
        services.reopen_day,
        gettext_lazy("Reception goes on. Signatures given before are taken back."),
    ),
    "close": (signing.close_unattended, gettext_lazy("The day is signed off without a deputy.")),
    "next": (services.call_next, ""),
}


@login_required
@require_POST
def day_act(request: HttpRequest, day_id: UUID, act: str) -> HttpResponse:
    """Begin, end, open again …: one button each."""
    check_runs(request)
    if act not in DAY_ACTS:
        raise Absent
    run, done = DAY_ACTS[act]
    found = run(day_id=day_id, by=request.actor, at=now())
    said = _called(found) if isinstance(found, Ticket) else done
    messages.success(request, said)
    return to_room(day_id)


def _called(ticket: Ticket) -> str:
    return _("Number %(number)s is called.") % {"number": ticket.number}


@login_required
@require_POST
def draw(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """A number for somebody who walked in."""
    check_runs(request)
    form = NumberForm(request.POST)
    if form.is_valid():
        ticket = attempt(
            form,
            lambda: services.draw_number(
                day_id=day_id, by=request.actor, at=now(), **form.cleaned_data
            ),
        )
        if ticket:
            return redirect("reception:ticket", ticket_id=ticket.pk)
    return show(request, str(day_id), form)


def _drawn(ticket: Ticket) -> str:
    return _("Number %(number)s is drawn.") % {"number": ticket.number}


TICKET_ACTS: dict[str, Callable[..., Ticket]] = {"call": services.call, "miss": services.miss}


@login_required
@require_POST
def ticket_act(request: HttpRequest, ticket_id: UUID, act: str) -> HttpResponse:
    """Call this number, or mark it as missed."""
    check_runs(request)
    if act not in TICKET_ACTS:
        raise Absent
    found = TICKET_ACTS[act](ticket_id=ticket_id, by=request.actor, at=now())
    if act == "call":
        messages.success(request, _called(found))
    return to_room(found.day_id)


@login_required
@require_POST
def booking_act(request: HttpRequest, booking_id: UUID, act: str) -> HttpResponse:
    """Somebody who booked has come, or has not."""
    check_runs(request)
    if act == "arrive":
        ticket = services.arrive(booking_id=booking_id, by=request.actor, at=now())
        messages.success(request, _drawn(ticket))
        return to_room(ticket.day_id)
    if act != "missed":
        raise Absent
    services.not_come(booking_id=booking_id, by=request.actor, at=now())
    return to_room(Booking.objects.get(pk=booking_id).day_id)


@login_required
@never_cache
@require_safe
def ticket(request: HttpRequest, ticket_id: UUID) -> HttpResponse:
    """The narrow slip with the number."""
    check_runs(request)
    found = Ticket.objects.filter(pk=ticket_id).select_related("booking__slot").first()
    if found is None:
        raise Absent
    day = record.day_run_by(request.actor, found.day_id)
    context = {"ticket": found, "day": day, "ahead": queries.ahead_of(found, now())}
    return render(request, "reception/room/ticket.html", context)
