"""What a resident asked of their data at the desk: passed on by one person, decided by another."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lianxin.cases.enums import DataWish, WishState
from lianxin.cases.forms.resident_data import DataRequestForm
from lianxin.cases.models import DataRequest, Voice
from lianxin.cases.queries import my_data
from lianxin.cases.queries.desk_case import case_of_voice
from lianxin.cases.rules.permissions import check_reveal
from lianxin.cases.services import requesting
from lianxin.cases.views.case_base import about, actor_of
from lianxin.kernel.clock import now
from lianxin.web.forms import attempt
from lianxin.web.visitors import sent


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def requests(request: HttpRequest, voice_id: UUID) -> HttpResponse:
    """Ask for a resident, or decide what a colleague asked; granted data comes as a file, once."""
    actor = actor_of(request)
    case, voice = case_of_voice(actor, voice_id)
    check_reveal(actor, case)
    waiting = voice.requests.filter(state=WishState.ASKED).select_related("asked_by").first()
    act = request.POST.get("act", "")
    form = DataRequestForm(sent(request) if act == "ask" else None)
    if waiting and act in ("grant", "refuse"):
        decided = requesting.decide(request_id=waiting.pk, grant=act == "grant", by=actor, at=now())
        return _decided(decided, voice)
    if form.is_valid():
        said = form.cleaned_data
        asked = attempt(form, lambda: requesting.ask(voice_id=voice.pk, by=actor, at=now(), **said))
        if asked:
            messages.success(
                request, _("It is noted. Somebody else of your office decides it now.")
            )
            return redirect("cases:case-data", voice.pk)
    own = bool(waiting and waiting.asked_by_id == actor.person_id)
    context = {**about(request, case), "form": form, "voice": voice, "waiting": waiting, "own": own}
    return render(request, "cases/case/data.html", context)


def _decided(decided: DataRequest, voice: Voice) -> HttpResponse:
    if decided.kind == DataWish.EXPORT and decided.state == WishState.DONE:
        name = f'attachment; filename="{voice.case.number}-my-data.zip"'
        return HttpResponse(
            my_data.archive_of(voice, at=now()),
            content_type="application/zip",
            headers={"Content-Disposition": name},
        )
    return redirect("cases:case-data", voice.pk)
