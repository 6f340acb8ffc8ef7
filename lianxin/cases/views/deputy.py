"""A deputy's pages, on a phone: today, all matters, and the acts of a deputy."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lianxin.cases.forms.deputy import PassOnForm, RemindForm, VisitForm
from lianxin.cases.queries import deputy as queries
from lianxin.cases.queries.unit import narrowed
from lianxin.cases.queries.unit_page import dispatch_page
from lianxin.cases.rules.permissions import NotADeputy
from lianxin.cases.services import replies
from lianxin.cases.views.unit import StaffRequest, _is_uuid
from lianxin.cases.views.unit_acts import back_of, show
from lianxin.handling.models import Dispatch
from lianxin.handling.rules import permissions
from lianxin.handling.services import dispatches
from lianxin.kernel.clock import local_date, now
from lianxin.people.queries import views_of
from lianxin.web.forms import attempt
from lianxin.web.parts import Chip

LIST = "deputy"


def deputy_of(request: StaffRequest) -> UUID:
    """Raises NotADeputy."""
    if request.actor.deputy_id is None:
        raise NotADeputy
    return request.actor.deputy_id


@login_required
@require_safe
def today(request: StaffRequest) -> HttpResponse:
    """Today's list: what to answer first, then what is followed, then the venues."""
    at = now()
    day = queries.day_of(deputy_of(request), on=local_date(at), at=at)
    context = {
        "day": day,
        "answer": [(line, queries.answer_by(line, at)) for line in day.answer],
        "counts": {"today": day.number or None},
        "deputy_id": request.actor.deputy_id,
        "at": at,
        "name": request.actor.name,
    }
    return render(request, "cases/deputy/today.html", context)


@login_required
@require_safe
def matters(request: StaffRequest) -> HttpResponse:
    """All matters of the deputy, with a search."""
    deputy_id, at = deputy_of(request), now()
    where = request.GET.get("where", "answer")
    where = where if where in queries.LISTS else "answer"
    text = request.GET.get("q", "").strip()[:100]
    rows = narrowed(queries.listed(deputy_id, where), text)
    page, lines = queries.page_of(rows, where, after=request.GET.get("after"), at=at)
    here = reverse("cases:deputy-matters")
    chips = [
        Chip(label=str(label), href=f"{here}?where={name}", active=name == where)
        for name, label in queries.LISTS.items()
    ]
    context = {
        "page": page,
        "lines": lines,
        "chips": chips,
        "where": where,
        "text": text,
        "name": request.actor.name,
        "picks": where == "follow",
        "list_name": LIST,
        "saved_views": views_of(request.actor.person_id, LIST),
    }
    return render(request, "cases/deputy/matters.html", context)


@login_required
@require_POST
def remind_picked(request: StaffRequest) -> HttpResponse:
    """Press all that were picked among those the deputy follows; each refusal is named."""
    followed = queries.listed(deputy_of(request), "follow")
    picked = [UUID(one) for one in request.POST.getlist("id") if _is_uuid(one)][:200]
    ids = list(followed.filter(pk__in=picked).values_list("pk", flat=True))
    done, refused = replies.remind_many(dispatch_ids=ids, by=request.actor, at=now())
    if done:
        said = ngettext("%(n)s holder was reminded.", "%(n)s holders were reminded.", done)
        messages.success(request, said % {"n": done})
    for one in refused[:5]:
        messages.warning(request, one)
    return redirect(f"{reverse('cases:deputy-matters')}?where=follow")


@login_required
def pass_on(request: StaffRequest, dispatch_id: UUID) -> HttpResponse:
    """Pass on to a handling unit (转承办单位): the unit handles, the deputy follows."""
    page = dispatch_page(dispatch_id, request.actor, at=now())
    permissions.check_hold(request.actor, page.dispatch)
    text = request.GET.get("q", "").strip()[:60]
    units = queries.units(page.dispatch.division_code, text)
    picked = request.POST.get("organ", "")
    if picked and picked not in {str(unit.pk) for unit in units}:
        units += queries.unit_named(page.dispatch.division_code, picked)
    form = PassOnForm(request.POST or None, units=units)
    if form.is_valid() and attempt(
        form,
        lambda: dispatches.pass_on(
            dispatch_id=dispatch_id,
            organ_id=UUID(form.cleaned_data["organ"]),
            instruction=form.cleaned_data["instruction"],
            by=request.actor,
            at=now(),
        ),
    ):
        messages.success(request, _("Passed on. You find it under “Followed”."))
        return redirect(back_of(request, page.dispatch))
    return show(request, "cases/deputy/pass_on.html", page, form=form, text=text, units=units)


@login_required
def remind(request: StaffRequest, dispatch_id: UUID) -> HttpResponse:
    """Press whoever owes (催办)."""
    page = dispatch_page(dispatch_id, request.actor, at=now())
    permissions.check_press(request.actor, page.dispatch)
    form = RemindForm(request.POST or None)
    if form.is_valid() and attempt(
        form,
        lambda: dispatches.remind(
            dispatch_id=dispatch_id,
            by=request.actor,
            at=now(),
            note=form.cleaned_data["note"],
        ),
    ):
        messages.success(request, _("%(unit)s was pressed.") % {"unit": page.dispatch.target.name})
        return redirect(after_pressing(request, page.dispatch))
    return show(request, "cases/deputy/remind.html", page, form=form)


def after_pressing(request: StaffRequest, dispatch: Dispatch) -> str:
    """A deputy goes back to the day; an office or a desk to where it works."""
    deputy_id = request.actor.deputy_id
    if deputy_id and deputy_id in (dispatch.from_deputy_id, dispatch.to_deputy_id):
        return reverse("cases:deputy")
    return back_of(request, dispatch)


@login_required
def visit(request: StaffRequest, dispatch_id: UUID) -> HttpResponse:
    """On the spot (去现场): a note with photos, for the resident too or not."""
    page = dispatch_page(dispatch_id, request.actor, at=now())
    deputy_of(request)
    permissions.check_press(request.actor, page.dispatch)
    form = VisitForm(request.POST or None, request.FILES or None)
    if form.is_valid() and attempt(
        form,
        lambda: replies.visit(
            dispatch_id=dispatch_id,
            text=form.cleaned_data["text"],
            public=form.cleaned_data["public"],
            uploads=form.cleaned_data["photos"],
            key=form.cleaned_data["key"],
            by=request.actor,
            at=now(),
        ),
    ):
        messages.success(request, _("Your visit is written down."))
        return redirect(reverse("cases:dispatch", args=[dispatch_id]))
    return show(request, "cases/deputy/visit.html", page, form=form)
