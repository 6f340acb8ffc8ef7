"""What the resident's pages share: whose matter it is, and photos that come without scripts.

A matter has two doors under the same addresses: its receipt code, for whoever holds it; and its own
number, for whoever proved the phone it was reported with.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from lianxin.cases.forms.resident_says import CodeForm
from lianxin.cases.models import Voice
from lianxin.cases.queries.cases import voice_by_code
from lianxin.cases.queries.own import is_own_door, voice_of_phone
from lianxin.cases.services import residents
from lianxin.kernel import codes
from lianxin.kernel.clock import now
from lianxin.kernel.refused import Absent
from lianxin.web.forms import attempt
from lianxin.web.visitors import found_by_code, private, sender_of

View = Callable[..., Any]


def find_voice(request: HttpRequest, code: str) -> Voice | None:
    """The voice of a code. Raises TooMany once too many codes that could be right were wrong."""
    return found_by_code(request, code, kind="cases.code", look=voice_by_code)


def own_voice(request: HttpRequest, door: str) -> Voice | None:
    """The voice behind its own number, where the phone that is proven here is its phone."""
    return voice_of_phone(door, request.resident.phone_index) if request.resident else None


def unknown(request: HttpRequest) -> HttpResponse:
    """One answer for every wrong code, wherever it was tried."""
    form = CodeForm({"code": request.POST.get("code", "")})
    form.is_valid()
    form.errors.clear()
    form.add_error("code", _("No matter has this code. Please compare it sign by sign."))
    return private(render(request, "cases/resident/track_box.html", {"form": form}, status=404))


def with_voice(view: View) -> View:
    """Gives the view the voice behind `code`, and what stands for it in addresses.

    A number that is not one's own is sent to the sign-in: it may have ended.
    """

    @wraps(view)
    def guarded(request: HttpRequest, code: str, **more: Any) -> HttpResponse:
        if is_own_door(code):
            voice, door = own_voice(request, code), code
            if voice is None:
                return private(redirect("people:my"))
        else:
            voice, door = find_voice(request, code), codes.normalise(code) or ""
        if voice is None:
            return unknown(request)
        return private(view(request, voice, door, **more))

    return guarded


def with_receipt(view: View) -> View:
    """Like `with_voice`, for pages that show the code itself, which is stored nowhere."""

    @wraps(view)
    def guarded(request: HttpRequest, code: str, **more: Any) -> HttpResponse:
        if is_own_door(code):
            raise Absent
        response: HttpResponse = with_voice(view)(request, code, **more)
        return response

    return guarded


def stage_uploads(request: HttpRequest, form: Any, *, room: int) -> list[str]:
    """Stage what a browser without scripts sent along; a refused file becomes a sentence."""
    tokens: list[str] = []
    stage = partial(residents.stage_photo, sender=sender_of(request), at=now())
    for upload in request.FILES.getlist("upload")[:room]:
        row = attempt(form, partial(stage, upload=upload))
        tokens += [row.token] if row else []
    return tokens
