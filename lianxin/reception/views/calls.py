"""Calls to a grid: whoever calls, and the deputy who is called."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianxin.kernel.clock import local_date, now
from lianxin.kernel.paging import keyset
from lianxin.reception.enums import CALL_MOVES, CALLS_OPEN, CallState
from lianxin.reception.forms.duty import CallForm, DeedForm, WhyForm
from lianxin.reception.queries import calls as queries
from lianxin.reception.queries.call_story import card, custody, steps
from lianxin.reception.queries.duty import bound_grids, named, setting_of, turns_of
from lianxin.reception.rules.permissions import deputy_id_of, may_finish
from lianxin.reception.services import calls as services
from lianxin.reception.views.deputy import StaffRequest
from lianxin.reception.views.duty import frame, venue_of
from lianxin.web.forms import attempt

#: More grids than this are no list to choose from.
MOST_GRIDS = 200


def _calls_page(call_id: UUID) -> str:
    return reverse("reception:call", args=(call_id,))


@login_required
def new(request: StaffRequest) -> HttpResponse:
    """Call a deputy out to a grid."""
    venue, mine = venue_of(request)
    grids = named(bound_grids(venue, local_date(now()))[:MOST_GRIDS])
    form = CallForm(
        request.POST or None,
        grids=[(str(one.pk), one.label) for one in grids],
        initial={
            "grid": request.GET.get("grid", ""),
            "caller": request.actor.name,
            "phone": venue.phone,
        },
    )
    if form.is_valid():
        said = {**form.cleaned_data, "grid_id": UUID(form.cleaned_data["grid"])}
        del said["grid"]
        call = attempt(
            form,
            lambda: services.call_deputy(venue_id=venue.pk, by=request.actor, at=now(), **said),
        )
        if call:
            messages.success(
                request, _("The call is out. This page shows who is asked and who comes.")
            )
            return redirect(_calls_page(call.pk))
    context = {**frame(request, venue, mine), "form": form, "grids": grids}
    context["setting"] = setting_of(venue)
    return render(request, "reception/duty/new.html", context)


@login_required
@require_safe
def listed(request: StaffRequest) -> HttpResponse:
    """All calls of a venue, the latest first."""
    venue, mine = venue_of(request)
    rows = queries.with_names(queries.desk_calls(request.actor).filter(venue=venue))
    page = keyset(rows, order=("-called_at", "-id"), after=request.GET.get("after"))
    named(call.grid for call in page.items)
    context = {**frame(request, venue, mine), "page": page}
    return render(request, "reception/duty/calls.html", context)


#: What the caller's side does with a button.
DESK_ACTS = {"withdraw": services.withdraw, "call_again": services.call_again}
DEED_ACTS = {"finish": services.finish, "case": services.make_case}


@login_required
def page(request: StaffRequest, call_id: UUID) -> HttpResponse:
    """One call as the caller sees it: with whom it is, who was asked when, who is next."""
    call, at, act = queries.desk_call(request.actor, call_id), now(), request.POST.get("act", "")
    form = DeedForm(request.POST if act in DEED_ACTS else None)
    if act in DESK_ACTS:
        DESK_ACTS[act](call_id=call.pk, by=request.actor, at=at)
        return redirect(_calls_page(call.pk))
    if act in DEED_ACTS and form.is_valid():
        said = form.cleaned_data["outcome"]
        attempt(
            form, lambda: DEED_ACTS[act](call_id=call.pk, outcome=said, by=request.actor, at=at)
        )
        if form.is_valid():
            return redirect(_calls_page(call.pk))
        call = queries.desk_call(request.actor, call_id)
    chain = queries.chain_of(call, local_date(at))
    context = {
        **frame(request, call.venue),
        "call": call,
        "custody": custody(call, chain, at),
        "steps": steps(call, chain),
        "form": form,
        "is_open": call.state in CALLS_OPEN,
        "may": CALL_MOVES[call.state],
        "may_finish": may_finish(request.actor, call.deputy_id, call.venue),
        "sees_case": request.actor.can("case.see", organ_id=call.venue.desk_id),
    }
    return render(request, "reception/duty/call.html", context)


@login_required
@require_safe
def mine(request: StaffRequest) -> HttpResponse:
    """A deputy's calls: those that wait, those under way, and the next turns of grid duty."""
    deputy_id, at = deputy_id_of(request.actor), now()
    context = {
        "name": request.actor.name,
        "at": at,
        "waiting": queries.calls_waiting(deputy_id),
        "accepted": queries.calls_accepted(deputy_id),
        "past": queries.calls_past(deputy_id),
        "turns": turns_of(deputy_id, local_date(at)),
        "on": local_date(at),
    }
    return render(request, "reception/duty/mine.html", context)


def _show(request: StaffRequest, call_id: UUID, template: str, form: Any) -> HttpResponse:
    call, ask = queries.deputy_call(deputy_id_of(request.actor), call_id)
    going = call.state == CallState.ACCEPTED and call.deputy_id == ask.deputy_id
    context = {
        "name": request.actor.name,
        "call": call,
        "ask": ask,
        "card": card(call, ask),
        "reads": queries.may_read(call, ask),
        "going": going,
        "may_accept": queries.may_accept(call, ask),
        "form": form,
        "at": now(),
    }
    return render(request, template, context)


def _again(call_id: UUID) -> HttpResponse:
    return redirect(reverse("reception:my-call", args=(call_id,)))


@login_required
def my_call(request: StaffRequest, call_id: UUID) -> HttpResponse:
    """What, where, who calls; go or pass on; once there, say what was done."""
    queries.deputy_call(deputy_id_of(request.actor), call_id)
    form = DeedForm(request.POST or None)
    if form.is_valid() and attempt(
        form,
        lambda: services.finish(
            call_id=call_id, outcome=form.cleaned_data["outcome"], by=request.actor, at=now()
        ),
    ):
        messages.success(request, _("Written down. Thank you for going."))
        return _again(call_id)
    return _show(request, call_id, "reception/duty/my_call.html", form)


@login_required
@require_POST
def go(request: StaffRequest, call_id: UUID) -> HttpResponse:
    """I go (我去)."""
    queries.deputy_call(deputy_id_of(request.actor), call_id)
    services.accept(call_id=call_id, by=request.actor, at=now())
    messages.success(request, _("The caller knows that you are coming."))
    return _again(call_id)


@login_required
def hand_on(request: StaffRequest, call_id: UUID) -> HttpResponse:
    """Pass the call to the next deputy, or give it back after having agreed; with a reason."""
    call, ask = queries.deputy_call(deputy_id_of(request.actor), call_id)
    going = call.state == CallState.ACCEPTED and call.deputy_id == ask.deputy_id
    act = services.give_back if going else services.pass_on
    form = WhyForm(request.POST or None)
    if form.is_valid() and attempt(
        form,
        lambda: act(call_id=call_id, words=form.cleaned_data["words"], by=request.actor, at=now()),
    ):
        messages.success(request, _("Passed on. The next deputy is asked."))
        return redirect("reception:my-calls")
    return _show(request, call_id, "reception/duty/hand_on.html", form)


@login_required
@require_POST
def to_case(request: StaffRequest, call_id: UUID) -> HttpResponse:
    """The call becomes a case of the venue, in the words that are there already."""
    queries.deputy_call(deputy_id_of(request.actor), call_id)
    form = DeedForm(request.POST)
    if form.is_valid() and attempt(
        form,
        lambda: services.make_case(
            call_id=call_id, outcome=form.cleaned_data["outcome"], by=request.actor, at=now()
        ),
    ):
        messages.success(request, _("It is a matter of the venue now; the venue hands it on."))
        return _again(call_id)
    return _show(request, call_id, "reception/duty/my_call.html", form)
