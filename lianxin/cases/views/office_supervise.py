"""Supervision (督办): steps opened and concluded, requests for more time, promises."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.cases.forms.office import OWNER, ConcludeForm, SuperviseForm, day_of
from lianxin.cases.models import Case
from lianxin.cases.queries import office_lists as lists
from lianxin.cases.queries.acts import href_of
from lianxin.cases.views.office import frame, scopes_of
from lianxin.cases.views.unit import StaffRequest
from lianxin.handling.enums import Cause
from lianxin.handling.rules import permissions
from lianxin.handling.services import supervision
from lianxin.kernel.clock import local_date, now
from lianxin.kernel.paging import keyset
from lianxin.places.queries import work_calendar
from lianxin.web.forms import attempt
from lianxin.web.parts import Chip


def tabs(name: str, words: dict[str, Any], where: str) -> list[Chip]:
    here = reverse(name)
    return [
        Chip(label=str(label), href=f"{here}?where={code}", active=code == where)
        for code, label in words.items()
    ]


def chosen(request: StaffRequest, words: dict[str, Any]) -> str:
    where = request.GET.get("where", "")
    return where if where in words else next(iter(words))


@login_required
@require_safe
def supervisions(request: StaffRequest) -> HttpResponse:
    """Every step of the ladder in the area, dated, with its outcome."""
    scopes, where = scopes_of(request), chosen(request, lists.SUPERVISIONS)
    page, found = lists.supervision_page(
        lists.supervisions(scopes, where), after=request.GET.get("after"), at=now()
    )
    context = {
        **frame(request, scopes),
        "tabs": tabs("cases:office-supervisions", lists.SUPERVISIONS, where),
        "where": where,
        "page": page,
        "lines": found,
    }
    return render(request, "cases/office/supervisions.html", context)


@login_required
@require_safe
def extensions(request: StaffRequest) -> HttpResponse:
    """Requests for more time that wait for a decision."""
    scopes = scopes_of(request)
    page, found = lists.extensions(request.actor, after=request.GET.get("after"), at=now())
    rows = [(line, href_of("cases:case-decide", line.dispatch.pk)) for line in found]
    context = {**frame(request, scopes), "page": page, "rows": rows}
    return render(request, "cases/office/extensions.html", context)


@login_required
@require_safe
def commitments(request: StaffRequest) -> HttpResponse:
    """What was promised: due ones first, then what was not kept."""
    scopes, where = scopes_of(request), chosen(request, lists.COMMITMENTS)
    today = local_date(now())
    page = keyset(
        lists.commitments(scopes, where, on=today),
        order=("until_date", "id"),
        after=request.GET.get("after"),
    )
    context = {
        **frame(request, scopes),
        "tabs": tabs("cases:office-commitments", lists.COMMITMENTS, where),
        "where": where,
        "page": page,
        "rows": [(one, href_of("cases:case-commitment", one.pk)) for one in page.items],
        "today": today,
    }
    return render(request, "cases/office/commitments.html", context)


@login_required
def supervise(request: StaffRequest, case_id: UUID) -> HttpResponse:
    """Open a step (督办): which step, why, who is pressed, what is asked, until when."""
    scopes = scopes_of(request)
    case, at = lists.supervisable(request.actor, case_id), now()
    matter = lists.matter_of(case)
    permissions.check_supervise(request.actor, matter)
    form = SuperviseForm(
        request.POST or None,
        case=case,
        today=local_date(at),
        initial=first_thoughts(request, case),
    )
    if form.is_valid() and attempt(form, lambda: open_step(request, case, form.cleaned_data)):
        messages.success(request, _("The step is opened; whoever is pressed was told."))
        return redirect("cases:office-supervisions")
    context = {
        **frame(request, scopes),
        "form": form,
        "case": case,
        "matter": matter,
        "back": href_of("cases:case", case.pk) or reverse("cases:office"),
    }
    return render(request, "cases/office/supervise.html", context)


def first_thoughts(request: StaffRequest, case: Case) -> dict[str, Any]:
    """What the form proposes: the step asked for, the cause seen, whoever is latest, the rule's day."""
    owed = getattr(case.matter, "owed", [])
    late = min((d for d in owed if d.due_at), key=lambda d: d.due_at, default=None)
    again = case.matter is not None and case.matter.round > 1
    return {
        "step": request.GET.get("step", ""),
        "cause": Cause.DISSATISFIED if again else Cause.OVERDUE,
        "presses": str(late.pk) if late else OWNER,
        "due": day_of(lists.answer_due(case, at=now())),
    }


def open_step(request: StaffRequest, case: Case, said: dict[str, Any]) -> object:
    pressed = said["presses"]
    return supervision.open_step(
        matter_id=lists.matter_of(case).pk,
        step=said["step"],
        cause=said["cause"],
        text=said["text"],
        presses_id=None if pressed == OWNER else UUID(pressed),
        due_at=work_calendar(case.division_code).closing(said["due"]),
        by=request.actor,
        at=now(),
    )


@login_required
def conclude(request: StaffRequest, supervision_id: UUID) -> HttpResponse:
    """Look at the answer to a step and conclude it; its outcome is kept."""
    scopes = scopes_of(request)
    step = lists.supervision_of(request.actor, supervision_id)
    permissions.check_judge(request.actor, step.dispatch)
    form = ConcludeForm(request.POST or None)
    if form.is_valid() and attempt(
        form,
        lambda: supervision.conclude_step(
            supervision_id=supervision_id, by=request.actor, at=now(), **form.cleaned_data
        ),
    ):
        messages.success(request, _("The step is concluded."))
        return redirect("cases:office-supervisions")
    context = {
        **frame(request, scopes),
        "form": form,
        "step": step,
        "answers": lists.answers_to(step),
        "case_href": href_of("cases:case", step.matter.case.pk),
        "again": f"{reverse('cases:supervise', args=[step.matter.case.pk])}",
    }
    return render(request, "cases/office/conclude.html", context)
