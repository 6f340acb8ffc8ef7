"""How every act on a case is served: one page with one form, one service call."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise

from lianxin.cases.forms.desk_parts import CaseForm
from lianxin.cases.models import Case
from lianxin.cases.queries import acts
from lianxin.cases.queries.desk import LISTS, desks_of
from lianxin.cases.queries.desk_case import case_for, chain
from lianxin.cases.queries.desk_timeline import last_step
from lianxin.cases.queries.pages import photos_of
from lianxin.cases.services.projections import refresh_due
from lianxin.congress.models import Actor
from lianxin.kernel.clock import now
from lianxin.places.queries import calendars, path
from lianxin.web.forms import attempt


@dataclass(frozen=True, slots=True)
class Ask:
    """What an act is run with."""

    case: Case
    thing: Any
    form: Any
    by: Actor
    at: datetime

    @property
    def words(self) -> dict[str, Any]:
        return cast(dict[str, Any], self.form.cleaned_data)

    @property
    def matter_id(self) -> Any:
        return self.case.matter_id


@dataclass(frozen=True, slots=True)
class ActPage:
    """One act: its form, its service call, and the sentences around them."""

    code: str
    form: type[CaseForm]
    run: Callable[[Ask], Any]
    lead: str | Promise
    done: str | Promise
    label: str | Promise = ""
    template: str = "cases/case/act.html"
    button: str | Promise = ""

    @property
    def title(self) -> str | Promise:
        return self.label or acts.label_of(self.code)

    @property
    def press(self) -> str | Promise:
        """What stands on the button."""
        return self.button or self.title


def actor_of(request: HttpRequest) -> Actor:
    """Who acts; the view asked for a sign-in before."""
    return cast(Actor, request.actor)


def shell_of(actor: Actor) -> dict[str, Any]:
    """In which workplace the actor reads the page of a case."""
    if desks_of(actor):
        name = "desk"
    elif actor.can("matter.supervise"):
        name = "office"
    elif actor.can("matter.sign"):
        name = "unit"
    elif actor.deputy_id:
        return {"shell": "web/phone.html", "is_phone": True, "workplace": "phone"}
    else:
        name = "operation"
    return {"shell": "web/workplace.html", "is_phone": False, "workplace": name}


def office_name(actor: Actor) -> str:
    return actor.posts[0].organ_name if actor.posts else actor.name


def back_of(request: HttpRequest, case: Case) -> tuple[str, str]:
    """The list the person came from (`back`), else the case; with the name of the list."""
    where = request.GET.get("back", "") or request.POST.get("back", "")
    if where not in LISTS:
        return reverse("cases:case", args=(case.pk,)), ""
    address = (
        reverse("cases:desk") if where == "today" else reverse("cases:desk-list", args=(where,))
    )
    return address, where


def serve(
    request: HttpRequest, page: ActPage, case: Case, *, thing: Any = None, possible: bool = True
) -> HttpResponse:
    """Show the form, or do the act and go back. A refusal keeps what was typed and says what
    happened meanwhile.
    """
    actor = actor_of(request)
    if request.method != "POST" and not possible:
        return _moved_on(request, page, case)
    form = _form(request, page, case, thing)
    if form.is_valid():
        attempt(form, lambda: page.run(Ask(case, thing, form, actor, now())))
        if form.is_valid():
            if case.matter_id:  # the list one goes back to must show it; the outbox would be late
                refresh_due(matter_id=case.matter_id)
            messages.success(request, f"{page.done} {case.title}")
            return redirect(back_of(request, case)[0])
    meanwhile = None
    if getattr(form, "refused", None):
        case = case_for(actor, case.pk)
        meanwhile = last_step(case)
    return render(request, page.template, _context(request, page, case, form, thing, meanwhile))


def _form(request: HttpRequest, page: ActPage, case: Case, thing: Any) -> CaseForm:
    """Bound when sent; only filled in again while somebody searches in a picker."""
    find = (request.POST.get("q", "") or request.GET.get("q", ""))[:100]
    sent = request.method == "POST"
    searching = sent and "find" in request.POST
    return page.form(
        request.POST if sent and not searching else None,
        request.FILES if sent and not searching else None,
        case=case,
        actor=actor_of(request),
        thing=thing,
        find=find,
        kept=request.POST if searching else None,
    )


def _context(
    request: HttpRequest, page: ActPage, case: Case, form: Any, thing: Any, meanwhile: Any
) -> dict[str, Any]:
    back, where = back_of(request, case)
    return {
        **about(request, case),
        "page": page,
        "form": form,
        "thing": thing,
        "find": form.find,
        "back": back,
        "where": where,
        "meanwhile": meanwhile,
        "tabs": [],
    }


def about(request: HttpRequest, case: Case) -> dict[str, Any]:
    """What stands beside every form: the words, the place, who has it."""
    actor = actor_of(request)
    return {
        **shell_of(actor),
        "office": office_name(actor),
        "case": case,
        "place": path(case.division_code),
        "chain": chain(case, calendars(), now()),
        "photos": photos_of(case),
    }


def _moved_on(request: HttpRequest, page: ActPage, case: Case) -> HttpResponse:
    """Somebody was faster: say what happened, and lead back to the case."""
    back, _where = back_of(request, case)
    context = {**about(request, case), "page": page, "back": back, "last": last_step(case)}
    return render(request, "cases/case/moved.html", context, status=409)
