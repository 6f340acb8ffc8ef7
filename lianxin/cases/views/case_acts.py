"""Acts on a case as a whole, each with its own address: /case/<id>/<act>/."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lianxin.cases.forms import desk as f
from lianxin.cases.forms import desk_answers as answers
from lianxin.cases.forms import desk_handing as handing
from lianxin.cases.queries import acts
from lianxin.cases.queries.desk_case import case_for
from lianxin.cases.services import holding, joining, publishing, screening
from lianxin.cases.views.case_base import ActPage, Ask, actor_of, serve
from lianxin.handling.enums import DispatchKind, RoundKind
from lianxin.handling.services import matters
from lianxin.handling.services.answers import answer_asker
from lianxin.handling.services.dispatches import send


def _send(kind: str) -> Callable[[Ask], object]:
    def run(ask: Ask) -> object:
        return send(
            matter_id=ask.matter_id,
            kind=kind,
            targets=ask.form.targets,
            instruction=ask.words["instruction"],
            owes_answer=ask.words.get("owes", "yes") == "yes",
            due_at=ask.form.due_at,
            by=ask.by,
            at=ask.at,
        )

    return run


def _reopen(kind: str) -> Callable[[Ask], object]:
    return lambda a: matters.reopen(
        matter_id=a.matter_id, round_kind=kind, by=a.by, at=a.at, reason=a.words["reason"]
    )


def _describe(a: Ask) -> object:
    return screening.describe(
        case_id=a.case.pk,
        title=a.words["title"],
        category_id=a.form.category,
        urgency=a.words["urgency"],
        is_sensitive=a.words["is_sensitive"],
        by=a.by,
        at=a.at,
    )


def _split(a: Ask) -> object:
    return joining.split(
        case_id=a.case.pk,
        words=a.words["words"],
        title=a.words["title"],
        key=a.words["key"],
        by=a.by,
        at=a.at,
    )


def _publish(a: Ask) -> object:
    text = {name: a.words[name] for name in ("title", "words", "answer")}
    return publishing.publish(case_id=a.case.pk, by=a.by, at=a.at, **text)


PAGES: dict[str, ActPage] = {
    page.code: page
    for page in (
        ActPage(
            "accept", f.NothingForm,
            lambda a: screening.accept(case_id=a.case.pk, by=a.by, at=a.at),
            _("From now on this desk owes the resident an answer, and the clock runs."),
            _("Accepted:"), template="cases/case/accept.html",
        ),
        ActPage(
            "ask-back", f.AskBackForm,
            lambda a: screening.ask_back(case_id=a.case.pk, question=a.words["question"], by=a.by, at=a.at),
            _("When something is missing to accept it."),
            _("The resident was asked:"),
        ),
        ActPage(
            "refuse", f.RefuseForm,
            lambda a: screening.refuse(
                case_id=a.case.pk, reason_id=a.words["reason"].pk,
                explanation=a.words["explanation"], by=a.by, at=a.at,
            ),
            _("A refusal is an answer, too: the resident reads the reason and where to go."),
            _("Not accepted, the resident is told:"),
        ),
        ActPage(
            "describe", f.DescribeForm, _describe,
            _("The resident's own words stay as they are."),
            _("Changed:"),
        ),
        ActPage(
            "share", handing.ShareForm, _send(DispatchKind.TRIAGE),
            _("To deputies of this venue, or to several units that each answer on their own."),
            _("Shared out:"), template="cases/case/share.html",
        ),
        ActPage(
            "assign", handing.AssignForm, _send(DispatchKind.ASSIGN),
            _("To a unit of the same jurisdiction; others may assist it."),
            _("Assigned:"), template="cases/case/assign.html",
        ),
        ActPage(
            "transfer", handing.TransferForm, _send(DispatchKind.TRANSFER),
            _("To another place or an outside platform. You still owe the resident the answer."),
            _("Transferred:"), template="cases/case/transfer.html",
        ),
        ActPage(
            "answer", answers.ReplyForm,
            lambda a: answer_asker(matter_id=a.matter_id, reply=a.form.reply, by=a.by, at=a.at),
            _("The resident reads it on the tracking page and can judge it."),
            _("Answered:"), template="cases/case/answer.html",
        ),
        ActPage(
            "close", f.RemarkForm,
            lambda a: matters.close(matter_id=a.matter_id, by=a.by, at=a.at, reason=a.words["reason"]),
            _("Nobody owes anything any more. A follow-up is put on the list by itself."),
            _("Closed:"),
        ),
        ActPage(
            "reopen", f.ReasonForm, _reopen(RoundKind.REOPENED),
            _("A new round begins with its own clock; what was done before stays to be read."),
            _("Handled again:"),
        ),
        ActPage(
            "second-look", f.ReasonForm, _reopen(RoundKind.SECOND_LOOK),
            _("Somebody who did not handle it before looks at it anew."),
            _("A second look begins:"),
        ),
        ActPage(
            "pause", f.PauseForm,
            lambda a: matters.pause(matter_id=a.matter_id, by=a.by, at=a.at, note=a.words["reason"]),
            _("Only while the resident is asked for something; everybody sees it."),
            _("The clock stands still:"),
        ),
        ActPage(
            "resume", f.RemarkForm,
            lambda a: matters.resume(matter_id=a.matter_id, by=a.by, at=a.at, note=a.words["reason"]),
            _("The time that was left goes on."),
            _("The clock runs again:"),
        ),
        ActPage(
            "note", f.NoteForm,
            lambda a: matters.note(
                matter_id=a.matter_id, by=a.by, at=a.at, text=a.words["text"],
                public=a.words["public"] == "yes",
            ),
            _("A call, a visit on the spot, a thing to remember. No clock changes."),
            _("Noted:"),
        ),
        ActPage(
            "merge", answers.MergeForm,
            lambda a: joining.merge(
                case_id=a.case.pk, into_id=a.form.other_id, by=a.by, at=a.at, reason=a.words["reason"]
            ),
            _("Each resident keeps an own receipt, answer and verdict; the matter goes on in the other case."),
            _("Merged:"), template="cases/case/join.html",
        ),
        ActPage(
            "link", answers.JoinForm,
            lambda a: joining.link(case_id=a.case.pk, other_id=a.form.other_id, by=a.by, at=a.at),
            _("A hint that both belong together; nothing moves."),
            _("Linked:"), template="cases/case/join.html",
        ),
        ActPage(
            "split", answers.SplitForm, _split,
            _("When two matters were said at once: the second becomes a case of its own and waits to be accepted."),
            _("Split off from:"),
        ),
        ActPage(
            "withdraw", f.ReasonForm,
            lambda a: screening.withdraw(
                case_id=a.case.pk, voice=None, by=a.by, at=a.at, reason=a.words["reason"]
            ),
            _("Only at the resident's word. All clocks stop, whoever has it is told."),
            _("Withdrawn:"),
        ),
        ActPage(
            "publish", answers.PublishForm, _publish,
            _("Left what was said, right what everybody will read."),
            _("Published:"), template="cases/case/publish.html",
        ),
        ActPage(
            "take-back", f.ReasonForm,
            lambda a: publishing.take_back(case_id=a.case.pk, by=a.by, at=a.at, reason=a.words["reason"]),
            _("The public page is gone at once."),
            _("Taken back:"),
        ),
        ActPage(
            "hold", f.HoldForm,
            lambda a: holding.hold(case_id=a.case.pk, reason=a.words["reason"], by=a.by, at=a.at),
            _("While a court or an inspection needs this matter nothing of it is erased, neither at a resident's wish nor after its time."),
            _("Kept from erasure:"),
        ),
        ActPage(
            "lift", f.NothingForm,
            lambda a: holding.lift(case_id=a.case.pk, by=a.by, at=a.at),
            _("What residents had asked to have erased, and what is past its time, then goes by itself."),
            _("May be erased again:"),
        ),
    )
}  # fmt: skip


def view_of(code: str) -> Callable[..., HttpResponse]:
    """The view of one act, for its address."""
    page = PAGES[code]

    @login_required
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    def view(request: HttpRequest, case_id: UUID) -> HttpResponse:
        actor = actor_of(request)
        case = case_for(actor, case_id)
        acts.check_may(actor, case, code)
        return serve(request, page, case, possible=acts.is_possible(case, code))

    view.__doc__ = f"{code}: the form, and the act."
    return view
