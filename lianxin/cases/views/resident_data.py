"""“My data” behind a receipt code: what is kept, to take along, and to have it erased."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from lianxin.cases.forms import resident_data as forms
from lianxin.cases.models import Voice
from lianxin.cases.queries import my_data
from lianxin.cases.services import erasing
from lianxin.cases.views.resident_doors import with_voice
from lianxin.kernel import phones
from lianxin.kernel.clock import now
from lianxin.people.enums import Purpose
from lianxin.people.services import phone_proofs
from lianxin.web.forms import attempt
from lianxin.web.visitors import sender_of, sent


@require_http_methods(["GET", "HEAD", "POST"])
@with_voice
def mine(request: HttpRequest, voice: Voice, code: str) -> HttpResponse:
    """What is kept and what can be asked; whoever left a phone confirms it with a code first."""
    act = request.POST.get("act", "")
    page = my_data.page_of(voice)
    erase = forms.EraseForm(sent(request) if act == "erase" else None, ways=page.ways)
    prove = forms.PhoneCodeForm(sent(request) if act in ("send", "prove") else None)
    proof = _proof(request, voice, prove, act)
    if proof is not None and act == "export":
        return _archive(voice)
    if proof is not None and act == "drop":
        erasing.drop(voice_id=voice.pk, at=now())
        return redirect("cases:track-data", code=code)
    if proof is not None and erase.is_valid() and attempt(erase, lambda: _erase(erase, voice)):
        messages.success(request, _said(erase))
        return redirect("cases:track-data", code=code)
    context: dict[str, Any] = {
        "page": page,
        "voice": voice,
        "code": code,
        "erase": erase,
        "prove": prove,
        "proof": proof,
        "is_sent": act in ("send", "prove") and not prove.refused,
        "phone": phones.mask_phone(voice.phone),
        "is_demo": not settings.PRODUCTION and settings.NOTICE_BACKEND == "console",
    }
    return render(request, "cases/resident/my_data.html", context)


def _proof(request: HttpRequest, voice: Voice, form: forms.PhoneCodeForm, act: str) -> str | None:
    """The token that proves the voice's phone; empty where none was left or it is signed in with."""
    resident = getattr(request, "resident", None)
    if not voice.phone or (
        resident and bytes(resident.phone_index) == bytes(voice.phone_index or b"")
    ):
        return ""
    token = request.POST.get("proof", "")
    if token and phone_proofs.is_proven(
        phone=voice.phone, token=token, purpose=Purpose.OWN_DATA, at=now()
    ):
        return token
    if act == "send":
        form.errors.clear()
        attempt(form, lambda: _send(request, voice))
    elif act == "prove" and form.is_valid():
        return attempt(form, lambda: _prove(voice, form.cleaned_data["code"]))
    return None


def _send(request: HttpRequest, voice: Voice) -> bool:
    phone_proofs.send_code(
        phone=voice.phone,
        purpose=Purpose.OWN_DATA,
        sender=sender_of(request),
        division_code=voice.division_code,
        answer=request.POST.get("altcha", ""),
        at=now(),
    )
    return True


def _prove(voice: Voice, code: str) -> str:
    return phone_proofs.prove(phone=voice.phone, code=code, purpose=Purpose.OWN_DATA, at=now())


def _erase(form: forms.EraseForm, voice: Voice) -> object:
    if form.chosen == forms.WAIT:
        return erasing.wait(voice_id=voice.pk, at=now())
    return erasing.erase(voice_id=voice.pk, withdraws=form.chosen == forms.WITHDRAW, at=now())


def _said(form: forms.EraseForm) -> str:
    if form.chosen == forms.WAIT:
        return _(
            "It will be erased as soon as the matter is over. Until then you can change your mind."
        )
    return _("It is erased. Nobody can read it any more, and neither can we.")


def _archive(voice: Voice) -> HttpResponse:
    name = f'attachment; filename="{voice.case.number}-my-data.zip"'
    return HttpResponse(
        my_data.archive_of(voice, at=now()),
        content_type="application/zip",
        headers={"Content-Disposition": name},
    )
