"""Acts on one dispatch, each its own address: what a holder does with what was handed over."""

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

from lianxin.cases.forms.unit import AnswerForm, ApproveForm, ExtendForm, ReturnForm
from lianxin.cases.queries import unit as unit_queries
from lianxin.cases.queries.acts import href_of
from lianxin.cases.queries.unit_page import DispatchPage, answer_classes, dispatch_page
from lianxin.cases.services import replies
from lianxin.cases.views.unit import StaffRequest
from lianxin.handling.models import Dispatch
from lianxin.handling.rules import permissions
from lianxin.handling.services import answers, dispatches, extensions
from lianxin.kernel.clock import now
from lianxin.web.dates import cn_day
from lianxin.web.forms import attempt


def back_of(request: StaffRequest, dispatch: Dispatch) -> str:
    """Where the actor works: the deputy's day, the unit's inbox, else the page of the case."""
    if dispatch.to_deputy_id and dispatch.to_deputy_id == request.actor.deputy_id:
        return reverse("cases:deputy")
    if dispatch.to_organ_id in unit_queries.unit_organs(request.actor):
        return reverse("cases:unit")
    return href_of("cases:case", dispatch.matter.case.pk) or "/"


def show(request: StaffRequest, template: str, page: DispatchPage, **more: Any) -> HttpResponse:
    """A page about a dispatch, in the shell of whoever looks at it."""
    is_phone = page.is_deputy or page.dispatch.from_deputy_id == request.actor.deputy_id
    shell = "cases/deputy/shell.html" if is_phone and request.actor.deputy_id else ""
    context = {
        "shell": shell or "cases/unit/shell.html",
        "workplace": "unit" if unit_queries.unit_organs(request.actor) else "desk",
        "page": page,
        "line": page.line,
        "dispatch": page.dispatch,
        "case": page.case,
        "back": back_of(request, page.dispatch),
        "place_name": "、".join(dict.fromkeys(p.organ_name for p in request.actor.posts)),
        "name": request.actor.name,
        **more,
    }
    return render(request, template, context)


@login_required
@require_safe
def dispatch(request: StaffRequest, dispatch_id: UUID) -> HttpResponse:
    """One dispatch: words, place, photos, clock, steps so far, and the acts possible now."""
    page = dispatch_page(dispatch_id, request.actor, at=now())
    return show(request, "cases/unit/dispatch.html", page)


@login_required
@require_POST
def sign(request: StaffRequest, dispatch_id: UUID) -> HttpResponse:
    """Sign for it, with one tap from the list."""
    page = dispatch_page(dispatch_id, request.actor, at=now())
    signed = dispatches.sign(dispatch_id=dispatch_id, by=request.actor, at=now())
    day = cn_day(signed.due_at) if signed.due_at else ""
    said = (
        _("Signed for: %(title)s. Please answer by %(day)s.")
        if day
        else _("Signed for: %(title)s.")
    )
    messages.success(request, said % {"title": page.case.title, "day": day})
    return redirect(back_of(request, page.dispatch))


@login_required
def return_(request: StaffRequest, dispatch_id: UUID) -> HttpResponse:
    """Return what is not ours, with the reason, within the time of the rule."""
    page = dispatch_page(dispatch_id, request.actor, at=now())
    permissions.check_hold(request.actor, page.dispatch)
    form = ReturnForm(request.POST or None)
    if form.is_valid() and attempt(
        form,
        lambda: dispatches.return_(
            dispatch_id=dispatch_id, by=request.actor, at=now(), **form.cleaned_data
        ),
    ):
        messages.success(request, _("Returned: %(title)s.") % {"title": page.case.title})
        return redirect(back_of(request, page.dispatch))
    return show(request, "cases/unit/return.html", page, form=form)


@login_required
def extend(request: StaffRequest, dispatch_id: UUID) -> HttpResponse:
    """Ask for more time, once, within what the rule allows."""
    page = dispatch_page(dispatch_id, request.actor, at=now())
    permissions.check_hold(request.actor, page.dispatch)
    form = ExtendForm(request.POST or None, latest=page.latest)
    if form.is_valid() and attempt(
        form,
        lambda: extensions.ask_extension(
            dispatch_id=dispatch_id, by=request.actor, at=now(), **form.cleaned_data
        ),
    ):
        messages.success(request, _("Asked for more time. The clock goes on until it is granted."))
        return redirect(back_of(request, page.dispatch))
    return show(request, "cases/unit/extend.html", page, form=form)


@login_required
def answer(request: StaffRequest, dispatch_id: UUID) -> HttpResponse:
    """Answer: a unit to the office, a deputy to the resident at once, a desk for somebody else."""
    page = dispatch_page(dispatch_id, request.actor, at=now())
    permissions.check_record(request.actor, page.dispatch)
    form = AnswerForm(
        request.POST or None,
        request.FILES or None,
        classes=answer_classes(page.dispatch.division_code),
        channels=not permissions.may_hold(request.actor, page.dispatch),
        initial={"channel": "phone"},
    )
    if form.is_valid() and attempt(
        form,
        lambda: replies.answer(
            dispatch_id=dispatch_id,
            reply=form.reply,
            uploads=form.cleaned_data["papers"],
            by=request.actor,
            at=now(),
        ),
    ):
        messages.success(request, answered_words(request, page))
        return redirect(back_of(request, page.dispatch))
    return show(request, "cases/unit/answer.html", page, form=form, waits=waits(request, page))


def waits(request: StaffRequest, page: DispatchPage) -> bool:
    """Whether the answer waits for the head of the unit before it leaves."""
    organ = page.dispatch.to_organ
    return bool(
        organ
        and organ.needs_approval
        and permissions.may_hold(request.actor, page.dispatch)
        and not permissions.may_approve(request.actor, page.dispatch)
    )


def answered_words(request: StaffRequest, page: DispatchPage) -> str:
    if page.is_deputy:
        return _("The resident has your answer.")
    if waits(request, page):
        return _("The answer waits for approval by the head of your unit.")
    return _("The answer is given. The office sends it to the resident.")


@login_required
def approve(request: StaffRequest, dispatch_id: UUID) -> HttpResponse:
    """The head of the unit lets an answer go, or gives it back with what is missing."""
    page = dispatch_page(dispatch_id, request.actor, at=now())
    permissions.check_approve(request.actor, page.dispatch)
    form = ApproveForm(request.POST or None)
    approves = request.POST.get("act") == "approve"
    if form.is_valid() and attempt(
        form,
        lambda: answers.decide_approval(
            dispatch_id=dispatch_id,
            approve=approves,
            by=request.actor,
            at=now(),
            note=form.cleaned_data["note"],
        ),
    ):
        said = _("The answer has left.") if approves else _("The answer was given back.")
        messages.success(request, said)
        return redirect(back_of(request, page.dispatch))
    return show(request, "cases/unit/approve.html", page, form=form)
