"""The record: a visitor written down, a verdict on the spot, the paper, the deputies' signatures."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.cases.queries.desk import key_in
from lianxin.cases.queries.receipts import slip_of
from lianxin.cases.services.filing import Receipt
from lianxin.kernel.clock import now
from lianxin.kernel.refused import Absent
from lianxin.reception.enums import DayState, VisitPath
from lianxin.reception.forms.room import OnTheSpotVerdictForm, RecordForm, SignForm
from lianxin.reception.models import ReceptionDay, SignOff, Ticket, Visit
from lianxin.reception.queries import record as queries
from lianxin.reception.queries import room
from lianxin.reception.rules.permissions import deputy_id_of
from lianxin.reception.services import signing, visits
from lianxin.reception.services.room import NotGoingOn
from lianxin.reception.views.room import check_runs, shell_of, to_room
from lianxin.web.forms import attempt


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def visit(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """One visitor, with everything known filled in; after it the slip with the code."""
    check_runs(request)
    day = queries.day_run_by(request.actor, day_id)
    ticket = room.ticket_of(day, key_in(request.GET.get("ticket", "")))
    known = room.known_of(ticket) if ticket else room.NOBODY
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    if not sent[0] and day.state != DayState.OPEN:
        raise NotGoingOn
    form = RecordForm(*sent, day=day, seats=room.listeners(day), known=known)
    if form.is_valid():
        receipt = attempt(form, lambda: _record(request, form, day, ticket))
        if receipt:
            return _slip(request, receipt, day)
    context = {**shell_of(request), "form": form, "day": day, "ticket": ticket, "known": known}
    return render(request, "reception/room/visit.html", context)


def _record(
    request: HttpRequest, form: RecordForm, day: ReceptionDay, ticket: Ticket | None
) -> Receipt:
    return visits.record_visit(
        day_id=day.pk,
        ticket_id=ticket.pk if ticket else None,
        draft=form.draft,
        agreed=form.agreed,
        uploads=form.cleaned_data["photos"],
        key=form.cleaned_data["key"],
        by=request.actor,
        at=now(),
    )


def _slip(request: HttpRequest, receipt: Receipt, day: ReceptionDay) -> HttpResponse:
    """The answer to the form itself: the code is stored nowhere, so there is no page to go back to."""
    slip = slip_of(request.actor, receipt.case_id, receipt.code)
    done = Visit.objects.get(case_id=receipt.case_id)
    receivers = slip.case.receivers.select_related("deputy__person").order_by("id")
    names = [one.deputy.name for one in receivers]
    answered = done.path == VisitPath.ON_THE_SPOT
    context = {
        "slip": replace(slip, act=None) if answered else slip,
        "case": slip.case,
        "day": day,
        "visit": done,
        "names": "、".join(names),
        "can_judge": answered,
    }
    return render(request, "reception/room/slip.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verdict(request: HttpRequest, visit_id: UUID) -> HttpResponse:
    """The screen is handed to the resident: three words, and a reason if they like."""
    check_runs(request)
    found = Visit.objects.select_related("case").filter(pk=visit_id).first()
    if found is None:
        raise Absent
    day = queries.day_run_by(request.actor, found.day_id)
    form = OnTheSpotVerdictForm(request.POST or None)
    if form.is_valid() and attempt(
        form,
        lambda: visits.judge_on_the_spot(
            visit_id=visit_id, by=request.actor, at=now(), **form.cleaned_data
        ),
    ):
        messages.success(request, _("Thank you. Your verdict is kept with the matter."))
        return to_room(day.pk)
    context = {**shell_of(request), "form": form, "day": day, "visit": found}
    return render(request, "reception/room/verdict.html", context)


@login_required
@never_cache
@require_safe
def paper(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """The record of a day on paper, for the venue."""
    check_runs(request)
    day = queries.day_run_by(request.actor, day_id)
    context = {"record": queries.record_of(day), "day": day}
    return render(request, "reception/room/paper.html", context)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """A deputy reads the record of a day, and signs it once it has ended."""
    deputy_id = deputy_id_of(request.actor)
    day = queries.day_of_deputy(deputy_id, day_id)
    form = SignForm(request.POST if request.method == "POST" else None)
    if form.is_valid() and attempt(form, lambda: _sign(request, form, day)):
        messages.success(request, _("You have signed the record. Thank you."))
        return redirect("reception:record", day_id=day_id)
    found = queries.record_of(day)
    context: dict[str, Any] = {
        "record": found,
        "day": day,
        "form": form,
        "name": request.actor.name,
        "mine": next((one for one in found.sign_offs if one.deputy_id == deputy_id), None),
        "undecided": "、".join(one.name for one in found.signing.undecided),
        "may_sign": day.state == DayState.ENDED and found.signing.is_missing(deputy_id),
    }
    return render(request, "reception/room/sign.html", context)


def _sign(request: HttpRequest, form: SignForm, day: ReceptionDay) -> SignOff:
    return signing.sign_day(
        day_id=day.pk, remark=form.cleaned_data["remark"], by=request.actor, at=now()
    )
