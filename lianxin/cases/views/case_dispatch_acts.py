"""Acts of the desk on one dispatch, a follow-up or a promise; and the reveal of a contact."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lianxin.cases.forms import desk as f
from lianxin.cases.forms import desk_answers as answers
from lianxin.cases.queries import acts
from lianxin.cases.queries.desk_case import (
    case_of_commitment,
    case_of_dispatch,
    case_of_follow_up,
    case_of_voice,
)
from lianxin.cases.rules.permissions import check_reveal
from lianxin.cases.services.revealing import reveal as reveal_contact
from lianxin.cases.views.case_base import ActPage, about, actor_of, serve
from lianxin.handling.enums import CommitmentState
from lianxin.handling.rules.permissions import NotYourMatter, may_steer
from lianxin.handling.services import answers as engine
from lianxin.handling.services import dispatches, extensions, verdicts
from lianxin.kernel.clock import now
from lianxin.kernel.refused import Forbidden
from lianxin.web.forms import attempt

PAGES: dict[str, ActPage] = {
    page.code: page
    for page in (
        ActPage(
            "take", answers.TakeForm,
            lambda a: engine.accept_answer(
                dispatch_id=a.thing.pk, by=a.by, at=a.at, send_on=a.words["send_on"] == "yes"
            ),
            _("Read it as the resident would: does it answer what was said?"),
            _("Answer taken:"), template="cases/case/take.html", button=_("Take this answer"),
        ),
        ActPage(
            "rework", f.ReasonForm,
            lambda a: engine.rework_answer(
                dispatch_id=a.thing.pk, by=a.by, at=a.at, reason=a.words["reason"]
            ),
            _("Say what is missing; a new time limit starts."),
            _("Sent back for rework:"), template="cases/case/take.html",
        ),
        ActPage(
            "decide", answers.ExtensionForm,
            lambda a: extensions.decide_extension(
                dispatch_id=a.thing.pk, grant=a.words["grant"] == "yes", by=a.by, at=a.at,
                note=a.words["reason"],
            ),
            _("More time can be granted once."),
            _("Decided:"), template="cases/case/decide.html", button=_("Decide"),
        ),
        ActPage(
            "remind", f.RemarkForm,
            lambda a: dispatches.remind(
                dispatch_id=a.thing.pk, by=a.by, at=a.at, note=a.words["reason"]
            ),
            _("They are told at once. The clock goes on as it is."),
            _("Reminded:"),
        ),
        ActPage(
            "recall", f.ReasonForm,
            lambda a: dispatches.recall(
                dispatch_id=a.thing.pk, by=a.by, at=a.at, reason=a.words["reason"]
            ),
            _("They owe nothing any more; you have it again."),
            _("Called back:"),
        ),
        ActPage(
            "write-down", answers.WriteDownForm,
            lambda a: engine.answer_dispatch(
                dispatch_id=a.thing.pk, reply=a.form.reply, by=a.by, at=a.at
            ),
            _("An answer by phone, letter or in a talk counts like one on the platform."),
            _("Answer written down:"), template="cases/case/answer.html",
        ),
    )
}  # fmt: skip

FOLLOW_UP = ActPage(
    "follow-up",
    answers.FollowUpForm,
    lambda a: verdicts.follow_up(
        follow_up_id=a.thing.pk,
        is_done=a.words["is_done"] == "yes",
        note=a.words["reason"],
        by=a.by,
        at=a.at,
    ),
    _("Some weeks after closing: ask whether it is really done."),
    _("Followed up:"),
    label=_("Follow up"),
)
COMMITMENT = ActPage(
    "commitment",
    answers.PromiseForm,
    lambda a: verdicts.check_commitment(
        commitment_id=a.thing.pk,
        kept=a.words["result"] == "kept",
        carry_to=a.form.new_date,
        evidence=a.words["reason"],
        by=a.by,
        at=a.at,
    ),
    _("A promise is only kept when somebody looked."),
    _("Promise checked:"),
    label=_("Check the promise"),
    template="cases/case/commitment.html",
)


def view_of(code: str) -> Callable[..., HttpResponse]:
    """The view of one act on a dispatch, for its address."""
    page = PAGES[code]

    @login_required
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, dispatch_id: UUID) -> HttpResponse:
        actor = actor_of(request)
        case, dispatch = case_of_dispatch(actor, dispatch_id)
        acts.check_may_on(actor, dispatch, code)
        possible = acts.is_possible_on(dispatch, code)
        return serve(request, page, case, thing=dispatch, possible=possible)

    view.__doc__ = f"{code}: the form, and the act."
    return view


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def follow_up(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """What the look back found (回访)."""
    actor = actor_of(request)
    case, row = case_of_follow_up(actor, row_id)
    if not may_steer(actor, row.matter):
        raise NotYourMatter
    return serve(request, FOLLOW_UP, case, thing=row, possible=row.done_at is None)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def commitment(request: HttpRequest, row_id: UUID) -> HttpResponse:
    """Whether a promise was kept, with evidence."""
    actor = actor_of(request)
    case, row = case_of_commitment(actor, row_id)
    may = may_steer(actor, row.matter) or actor.can_in("commitment.check", case.division_code)
    if not may:
        raise Forbidden
    open_still = row.state == CommitmentState.OPEN
    return serve(request, COMMITMENT, case, thing=row, possible=open_still)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: HttpRequest, voice_id: UUID) -> HttpResponse:
    """Name and phone for one look: with a reason, journalled, and told to the resident."""
    actor = actor_of(request)
    case, voice = case_of_voice(actor, voice_id)
    check_reveal(actor, case)
    sent = request.POST if request.method == "POST" else None
    form = f.RevealForm(sent, case=case, actor=actor, thing=voice)
    contact = None
    if form.is_valid():
        contact = attempt(
            form,
            lambda: reveal_contact(
                voice_id=voice.pk, reason=form.cleaned_data["reason"], by=actor, at=now()
            ),
        )
    context = {**about(request, case), "form": form, "voice": voice, "contact": contact}
    return render(request, "cases/case/reveal.html", context)
