"""When and where to meet a deputy: no session, the same page for everybody."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from lianxin.kernel.clock import now
from lianxin.reception.forms.meet import WhereForm
from lianxin.reception.queries import meet as queries
from lianxin.web.kept import for_everybody


@require_safe
@for_everybody(60)
def meet(request: HttpRequest) -> HttpResponse:
    """Choose the place or the venue; then the days of the next two months around it."""
    at, asked = now(), request.GET
    page = None
    if asked.get("venue"):
        page = queries.meet_at(asked["venue"], at=at)
    elif _is_code(asked.get("at", "")):
        page = queries.meet_in(asked["at"], at=at)
    form = WhereForm(asked if "place" in asked or "place_code" in asked else None)
    if form.is_valid():
        return redirect(f"{reverse('reception:meet')}?at={form.cleaned_data['place']}")
    words = asked.get("q", "").strip()[:60]
    context = {
        "page": page,
        "nowhere": bool(asked.get("at")) and page is None,
        "form": form,
        "words": words,
        "venues": queries.venues_called(words) if words else [],
    }
    return render(request, "reception/days/meet.html", context)


def _is_code(text: str) -> bool:
    return text.isdecimal() and len(text) in (2, 4, 6, 9, 12)


@require_safe
@for_everybody(60)
def day(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """One reception day with its times."""
    page = queries.public_day(day_id, at=now())
    return render(request, "reception/days/day.html", {"page": page, "sitting": page.sitting})
