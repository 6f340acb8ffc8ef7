"""Rules of the time limits, and the rows a place keeps itself."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.forms.models import model_to_dict
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lianxin.cases.forms.office_rules import CategoryForm, ClassForm, ReasonForm, RuleForm
from lianxin.cases.models import Category, RefusalReason
from lianxin.cases.queries import office_rules as queries
from lianxin.cases.services import office_rows
from lianxin.cases.views.unit import StaffRequest
from lianxin.handling.models import AnswerClass
from lianxin.handling.services import clockrules
from lianxin.kernel.clock import local_date, now
from lianxin.kernel.refused import Forbidden
from lianxin.web.forms import attempt


class NotAKeeper(Forbidden):
    message = gettext_lazy("You may not keep the rules of time limits.")
    code = "not_a_keeper"


def scope_of(request: StaffRequest) -> str:
    """The division whose rules the actor keeps. Raises NotAKeeper."""
    scopes = request.actor.scopes_with("rule.manage")
    if not scopes:
        raise NotAKeeper
    return scopes[0]


def workplace(request: StaffRequest) -> str:
    return "office" if request.actor.can("matter.supervise") else "operation"


@login_required
@require_safe
def rules(request: StaffRequest) -> HttpResponse:
    """Every rule with its source; keepers may add a version, offices may read."""
    scopes, today = queries.reach(request.actor), local_date(now())
    if not scopes:
        raise NotAKeeper
    page, lines = queries.rule_page(scopes, after=request.GET.get("after"), on=today)
    context = {
        "workplace": workplace(request),
        "may": request.actor.can("rule.manage"),
        "page": page,
        "lines": lines,
        "classes": queries.classes(scopes),
        "reasons": queries.reasons(),
        "tree": queries.categories(),
    }
    return render(request, "cases/office/rules.html", context)


@login_required
def new_rule(request: StaffRequest) -> HttpResponse:
    """A new version of a rule, from a day on, with its source."""
    scope, today = scope_of(request), local_date(now())
    known = {name: request.GET.get(name, "") for name in ("purpose", "urgency", "amount", "unit")}
    form = RuleForm(
        request.POST or None,
        within=scope,
        today=today,
        initial={**known, "place": request.GET.get("place") or scope, "effective_from": today},
    )
    if form.is_valid() and attempt(
        form, lambda: clockrules.set_rule(by=request.actor, at=now(), **form.said)
    ):
        messages.success(request, _("The rule is entered; open clocks are reckoned anew."))
        return redirect("cases:rules")
    return form_page(request, form, _("A new version of a rule"))


@login_required
def answer_class(request: StaffRequest, row_id: UUID | None = None) -> HttpResponse:
    """A class of answer, as the place calls it."""
    scope = scope_of(request)
    row = get_object_or_404(AnswerClass, pk=row_id) if row_id else None
    form = ClassForm(request.POST or None, is_new=row is None, initial=_initial(row))
    if form.is_valid() and attempt(
        form,
        lambda: office_rows.save_answer_class(
            row_id=row_id,
            **{
                "division_code": row.division_code if row else scope,
                "code": row.code if row else "",
            }
            | form.cleaned_data,
            by=request.actor,
            at=now(),
        ),
    ):
        return saved(request)
    return form_page(request, form, _("Class of answer"), row)


@login_required
def reason(request: StaffRequest, row_id: UUID | None = None) -> HttpResponse:
    """A reason for refusing, with the right door."""
    scope_of(request)
    row = get_object_or_404(RefusalReason, pk=row_id) if row_id else None
    form = ReasonForm(request.POST or None, initial=_initial(row))
    if form.is_valid() and attempt(
        form,
        lambda: office_rows.save_reason(
            row_id=row_id, by=request.actor, at=now(), **form.cleaned_data
        ),
    ):
        return saved(request)
    return form_page(request, form, _("Reason for refusing"), row)


@login_required
def category(request: StaffRequest, row_id: UUID | None = None) -> HttpResponse:
    """A category of the tree."""
    scope_of(request)
    row = get_object_or_404(Category, pk=row_id) if row_id else None
    tops = [top for top, _below in queries.categories()]
    initial = {**_initial(row), "parent": request.GET.get("parent", "")}
    initial["words"] = " ".join(row.words) if row else ""
    form = CategoryForm(request.POST or None, tops=tops, is_new=row is None, initial=initial)
    if form.is_valid() and attempt(form, lambda: _save_category(request, row_id, form)):
        return saved(request)
    return form_page(request, form, _("Category"), row)


def _save_category(request: StaffRequest, row_id: UUID | None, form: CategoryForm) -> Category:
    said = dict(form.cleaned_data)
    parent = said.pop("parent", "")
    return office_rows.save_category(
        row_id=row_id,
        parent_id=UUID(parent) if parent else None,
        by=request.actor,
        at=now(),
        **said,
    )


def _initial(row: Any) -> dict[str, Any]:
    return model_to_dict(row) if row else {}


def saved(request: StaffRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("cases:rules")


def form_page(request: StaffRequest, form: Any, title: str, row: Any = None) -> HttpResponse:
    context = {"workplace": workplace(request), "form": form, "title": title, "row": row}
    return render(request, "cases/office/rule_form.html", context)
