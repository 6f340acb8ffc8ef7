"""The resident's own pages behind a receipt code: receipt, tracking, and what can be done there."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from django.conf import settings
from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from lianxin.cases.forms.resident_filing import MOST_PHOTOS
from lianxin.cases.forms.resident_says import CodeForm, SayForm, VerdictForm, WithdrawForm
from lianxin.cases.models import Case, Voice
from lianxin.cases.queries import resident as queries
from lianxin.cases.queries.cases import speaking_for
from lianxin.cases.queries.own import is_own_door
from lianxin.cases.queries.proofs import leaf_of_voice, words_of_voice
from lianxin.cases.services import judging, screening, speaking
from lianxin.cases.views.resident_doors import (
    find_voice,
    stage_uploads,
    unknown,
    with_receipt,
    with_voice,
)
from lianxin.kernel import codes
from lianxin.kernel.clock import now
from lianxin.kernel.refused import Absent
from lianxin.places.queries import names_for
from lianxin.record import services as record
from lianxin.record.models import Attachment
from lianxin.record.queries import body_of
from lianxin.record.queries.ledger import proof_of
from lianxin.web.forms import attempt
from lianxin.web.sandboxed import sandboxed
from lianxin.web.visitors import check_guesser, private, sent


# A look-up that changes nothing: a token would make the home page personal and slow.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def track_box(request: HttpRequest) -> HttpResponse:
    """The box for a receipt code. Wrong codes all get the same answer."""
    form = CodeForm(sent(request))
    if not form.is_valid():
        return private(render(request, "cases/resident/track_box.html", {"form": form}))
    if attempt(form, lambda: check_guesser(request, kind="cases.code")) is None:
        page = render(request, "cases/resident/track_box.html", {"form": form}, status=429)
        return private(page)
    if find_voice(request, form.cleaned_data["code"]) is None:
        return unknown(request)
    return private(redirect("cases:track", code=codes.normalise(form.cleaned_data["code"])))


@require_safe
@with_voice
def track(request: HttpRequest, voice: Voice, code: str) -> HttpResponse:
    """Who has it, since when, what they owe, what was done, what to do now."""
    told = queries.tracking(voice, code=code, at=now())
    context = {
        "told": told,
        "code": code,
        "has_receipt": not is_own_door(code),
        "urge": SayForm(kind="urge"),
    }
    return render(request, "cases/resident/track.html", context)


@require_safe
@with_receipt
def receipt(request: HttpRequest, voice: Voice, code: str) -> HttpResponse:
    """The receipt right after filing: the code, large, with its QR."""
    return render(request, "cases/resident/receipt.html", _receipt(voice, code))


@require_safe
@with_receipt
def slip(request: HttpRequest, voice: Voice, code: str) -> HttpResponse:
    """The receipt as a paper, A4."""
    return render(request, "cases/resident/slip.html", _receipt(voice, code))


@require_safe
@with_voice
def proof(request: HttpRequest, voice: Voice, code: str) -> HttpResponse:
    """The proof that it stands in the ledger, to keep and to check apart; a promise for a minute."""
    leaf = leaf_of_voice(voice)
    if leaf is None:
        raise Absent
    if leaf.index is None:
        text, kind = record.ledger.promise(leaf, now()), "promise"
    else:
        text, kind = proof_of(leaf, content=words_of_voice(voice)), "proof"
    name = f'attachment; filename="{voice.case.number}.tlog-{kind}"'
    headers = {"Content-Disposition": name}
    return HttpResponse(text, content_type="text/plain; charset=utf-8", headers=headers)


def _receipt(voice: Voice, code: str) -> dict[str, Any]:
    root = speaking_for(voice.case)
    address = settings.PUBLIC_URL + reverse("cases:track", args=[code])
    name = names_for([voice.division_code]).get(voice.division_code)
    drawn = segno.make(address, error="m").svg_inline(
        scale=4, border=3, omitsize=True, dark="#000", light="#fff", svgclass="qr-code"
    )
    return {
        "voice": voice,
        "case": root,
        "code": code,
        "address": address,
        "place": name.tail(2) if name else "",
        "qr": mark_safe(drawn),  # noqa: S308  (drawn by segno from an address of ours)
    }


@with_voice
def say(request: HttpRequest, voice: Voice, code: str, kind: str) -> HttpResponse:
    """Reply, add something, press, object: words and photos."""
    form = SayForm(sent(request), kind=kind)
    tokens = request.POST.getlist("photo")[:MOST_PHOTOS]
    if form.is_valid():
        tokens += stage_uploads(request, form, room=MOST_PHOTOS - len(tokens))
    said = attempt(form, lambda: _say(form, voice, kind, tokens)) if form.is_valid() else None
    if said:
        return _done(request, code, _("It was passed on to whoever has the matter."))
    context = {
        "form": form,
        "told": queries.tracking(voice, code=code, at=now()),
        "code": code,
        "kind": kind,
        "most": MOST_PHOTOS,
        "photos": [token for token in tokens if record.staged(token)],
    }
    return render(request, "cases/resident/say.html", context)


def _say(form: SayForm, voice: Voice, kind: str, tokens: list[str]) -> UUID:
    return speaking.say(
        voice_id=voice.pk,
        kind=kind,
        text=form.cleaned_data["text"],
        key=str(form.cleaned_data["key"]),
        at=now(),
        uploads=tokens,
    )


@with_voice
def verdict(request: HttpRequest, voice: Voice, code: str) -> HttpResponse:
    """Judge the answer: dissatisfied or not done opens the matter again."""
    form = VerdictForm(sent(request))
    judged = attempt(form, lambda: _judge(form, voice)) if form.is_valid() else None
    if judged:
        return _done(request, code, _("Thank you. Your verdict was kept."))
    told = queries.tracking(voice, code=code, at=now())
    context = {"form": form, "told": told, "code": code}
    return render(request, "cases/resident/verdict.html", context)


def _judge(form: VerdictForm, voice: Voice) -> object:
    given = form.cleaned_data
    return judging.judge(
        voice_id=voice.pk,
        result=given["result"],
        attitude=given["attitude"],
        is_done=form.done,
        reason=given["reason"],
        ask_second_look=given["second_look"],
        at=now(),
    )


@with_voice
def withdraw(request: HttpRequest, voice: Voice, code: str) -> HttpResponse:
    """Take the matter back; only who filed it, and only while nobody joined."""
    form = WithdrawForm(sent(request))
    over = attempt(form, lambda: _withdraw(form, voice)) if form.is_valid() else None
    if over:
        return _done(request, code, _("The matter is withdrawn."))
    told = queries.tracking(voice, code=code, at=now())
    return render(
        request, "cases/resident/withdraw.html", {"form": form, "told": told, "code": code}
    )


def _withdraw(form: WithdrawForm, voice: Voice) -> Case:
    return screening.withdraw(
        case_id=voice.case_id,
        voice=voice,
        by=None,
        at=now(),
        reason=form.cleaned_data["reason"],
    )


def _done(request: HttpRequest, code: str, words: str) -> HttpResponse:
    messages.success(request, words)
    return redirect("cases:track", code=code)


@require_safe
@with_voice
def file(
    request: HttpRequest, voice: Voice, code: str, attachment_id: UUID, variant: str
) -> FileResponse:
    """A photo or document of the story; nothing else, whatever id is asked for."""
    if attachment_id not in queries.files_of(voice):
        raise Absent
    row = Attachment.objects.get(pk=attachment_id)
    if not row.is_shown:
        raise Absent
    return sandboxed(
        body_of(row, variant),
        name=row.name_shown,
        content_type=row.content_type,
        is_image=row.is_image,
    )
