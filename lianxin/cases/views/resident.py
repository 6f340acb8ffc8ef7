"""The public pages: home, published results, one of them, and joining it."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from lianxin.cases.enums import Channel
from lianxin.cases.forms.resident_says import JoinForm, ResultsForm
from lianxin.cases.queries import catalogue, front, results
from lianxin.cases.services import residents
from lianxin.cases.services.filing import CONSENT_VERSION, Draft
from lianxin.cases.views.resident_parts import result_chips, result_rows, tiles
from lianxin.kernel.clock import now
from lianxin.kernel.paging import keyset
from lianxin.web.forms import attempt
from lianxin.web.kept import for_everybody
from lianxin.web.visitors import sender_of, sent, typed

PAGE = 20


@require_safe
@for_everybody(60)
def home(request: HttpRequest) -> HttpResponse:
    """One question first: what do you need?"""
    read = front.front(at=now())
    context = {"front": read, "tiles": tiles(read), "rows": result_rows(read.results)}
    return render(request, "cases/resident/home.html", context)


@require_safe
@for_everybody(60)
def published(request: HttpRequest) -> HttpResponse:
    """Published results with search and filters; the same number of queries for any number."""
    form = ResultsForm(request.GET)
    form.is_valid()
    asked = results.ResultFilters(
        text=form.cleaned_data.get("q", ""),
        category=form.cleaned_data.get("category", ""),
        place=form.cleaned_data.get("place", ""),
        outcome=form.cleaned_data.get("outcome", ""),
    )
    page = keyset(
        results.results(asked), order=results.ORDER, after=request.GET.get("after"), size=PAGE
    )
    context = {
        "form": form,
        "asked": asked,
        "page": page,
        "rows": result_rows(page.items),
        "chips": result_chips(request.GET, asked, catalogue.tree()),
    }
    return render(request, "cases/resident/results.html", context)


@require_safe
@for_everybody(60)
def result(request: HttpRequest, result_id: UUID) -> HttpResponse:
    """One published result: what it was about, what was answered and done."""
    shown = results.result(result_id)
    context = {"row": result_rows([shown])[0], "shown": shown}
    return render(request, "cases/resident/result.html", context)


def join(request: HttpRequest, result_id: UUID) -> HttpResponse:
    """“Me too”: an own receipt and an own verdict in a matter others reported."""
    shown = results.result(result_id)
    form = JoinForm(sent(request))
    if form.is_valid():
        given, at, sender = form.cleaned_data, now(), sender_of(request)
        draft = Draft(
            words="",
            division_code=shown.division_code,
            channel=Channel.WEB,
            name=given["name"],
            phone=given["phone"],
            consents=given["consents"],
        )
        joined = attempt(
            form,
            lambda: residents.join_case(
                case_id=shown.case_id,
                draft=draft,
                key=str(given["key"]),
                sender=sender,
                at=at,
                answer=request.POST.get("altcha", ""),
            ),
        )
        if joined:
            return redirect("cases:receipt", code=joined.code)
    context = {"form": form, "shown": shown, "version": CONSENT_VERSION}
    return typed(render(request, "cases/resident/join.html", context))
