"""Filing in three steps. No session: the draft travels in the page; nothing is written before the end
but photos, which are gone after a day unless they are sent."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from lianxin.cases.forms.resident_draft import FilingDraft
from lianxin.cases.forms.resident_filing import MOST_GRIDS, MOST_PHOTOS
from lianxin.cases.forms.resident_steps import STEPS, Filing
from lianxin.cases.queries import catalogue, results
from lianxin.cases.services import residents
from lianxin.cases.services.filing import CONSENT_VERSION
from lianxin.cases.views.resident_doors import stage_uploads
from lianxin.kernel.clock import now
from lianxin.kernel.reference import one_look
from lianxin.kernel.refused import Absent
from lianxin.places.queries import grids_in, names_for
from lianxin.record import services as record
from lianxin.record.queries import body_of
from lianxin.web.forms import attempt
from lianxin.web.visitors import sender_of, typed

PREVIEW = {
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private, max-age=3600",
}


@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Step one of a fresh draft; `?venue=` and `?deputy=` address it."""
    return _page(request, Filing(FilingDraft.begin(request.GET)), "what")


def step(request: HttpRequest, to: str) -> HttpResponse:
    """Keep what one step sent and show another: back without checking, on when all is well."""
    at = request.POST.get("at", "")
    if request.method != "POST" or at not in STEPS:
        return redirect("cases:file")
    draft = FilingDraft.read(request.POST)
    draft.take(at, request.POST)
    filing = Filing(draft)
    if STEPS.index(to) <= STEPS.index(at):
        return _page(request, filing, to)
    form = _checked(request, filing, at)
    return _page(request, filing, to) if form.is_valid() else _page(request, filing, at, form)


@require_POST
@one_look()
def send(request: HttpRequest) -> HttpResponse:
    """File the matter. The same draft sent twice leads to the same receipt."""
    draft = FilingDraft.read(request.POST)
    draft.take("contact", request.POST)
    filing = Filing(draft)
    if filing.faulty:
        return _page(request, filing, filing.faulty, filing.checked[filing.faulty])
    form, at, sender = filing.checked["contact"], now(), sender_of(request)
    answer = request.POST.get("altcha", "")
    receipt = attempt(
        form,
        lambda: residents.file_case(
            draft=filing.as_case(at), key=draft.key, sender=sender, at=at, answer=answer
        ),
    )
    if receipt is None:
        return _page(request, filing, "contact", form)
    return redirect("cases:receipt", code=receipt.code)


def _checked(request: HttpRequest, filing: Filing, at: str) -> Any:
    """The form of a step, checked; with the photos that came without scripts."""
    form = filing.form(at, bound=True)
    form.is_valid()
    if at == "what" and request.FILES:
        held = filing.draft.values["what"].setdefault("photo", [])
        held += stage_uploads(request, form, room=MOST_PHOTOS - len(held))
    return form


def _page(request: HttpRequest, filing: Filing, step: str, form: Any = None) -> HttpResponse:
    number = STEPS.index(step) + 1
    context = {
        "form": form or filing.form(step, bound=False),
        "step": step,
        "number": number,
        "draft": filing.draft.seal(),
        "addressed": filing.addressed,
        **_PARTS[step](filing),
    }
    status = 422 if form is not None and form.errors else 200
    return typed(render(request, f"cases/resident/file_{step}.html", context, status=status))


def _what(filing: Filing) -> dict[str, Any]:
    tokens = filing.draft.values.get("what", {}).get("photo", [])
    return {
        "photos": [token for token in tokens if record.staged(token)],
        "most": MOST_PHOTOS,
        **_hints(filing.words, filing.draft.first("what", "category")),
    }


def _where(filing: Filing) -> dict[str, Any]:
    return {"alike": results.alike(filing.words), "category": filing.category}


def _contact(filing: Filing) -> dict[str, Any]:
    where = filing.checked["where"]
    code = where.cleaned_data.get("division", "") if where.is_valid() else ""
    name = names_for([code]).get(code)
    return {
        "words": filing.words,
        "category": filing.category,
        "place": name.tail(3) if name else "",
        "address": filing.draft.first("where", "address"),
        "photo_count": len(filing.draft.values.get("what", {}).get("photo", [])),
        "version": CONSENT_VERSION,
    }


_PARTS = {"what": _what, "where": _where, "contact": _contact}


def _hints(words: str, chosen: str, *, touched: bool = True) -> dict[str, Any]:
    """The tree, and what the words suggest: the likeliest is taken until somebody chooses."""
    branches = catalogue.tree()
    found = catalogue.suggested(words, branches) if words.strip() else []
    if not touched and found:
        chosen = found[0].code
    all_of = {child.code: child for branch in branches for child in branch.children}
    listed = list(found)
    if chosen in all_of and all_of[chosen] not in listed:
        listed.insert(0, all_of[chosen])
    return {"branches": branches, "suggested": listed, "chosen": chosen}


@require_POST
def hints(request: HttpRequest) -> HttpResponse:
    """While somebody writes: categories that fit, and published results alike. A part of the page."""
    words = request.POST.get("words", "")[:2000]
    touched = request.POST.get("touched") == "1"
    context = _hints(words, request.POST.get("category", ""), touched=touched)
    context["alike"] = results.alike(words)
    return typed(render(request, "cases/resident/_hints.html", context))


@require_POST
def photos(request: HttpRequest) -> JsonResponse:
    """One photo, taken before the form is sent: {"token", "preview"}; refused with a sentence."""
    upload = request.FILES.get("upload")
    if upload is None:
        raise Absent
    row = residents.stage_photo(upload=upload, sender=sender_of(request), at=now())
    token = row.token  # type: ignore[attr-defined]
    return JsonResponse({"token": token, "preview": reverse("cases:file-photo", args=[token])})


@require_safe
def photo(request: HttpRequest, token: str) -> HttpResponse:
    """The preview of a photo that is not sent yet, for whoever holds its token."""
    row = record.staged(token)
    if row is None or not row.is_shown:
        raise Absent
    return HttpResponse(body_of(row, "preview"), content_type="image/jpeg", headers=PREVIEW)


@require_safe
@cache_control(public=True, max_age=3600)
def grids(request: HttpRequest) -> HttpResponse:
    """The grids of a village or community as choices. A part of the page."""
    code = request.GET.get("code", "")
    found = list(grids_in(code)[: MOST_GRIDS + 1]) if len(code) == 12 and code.isdecimal() else []
    shown = found if len(found) <= MOST_GRIDS else []
    return render(request, "cases/resident/_grids.html", {"grids": shown})
