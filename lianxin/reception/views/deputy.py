"""A deputy's turns on the phone: what is asked, what comes, swaps, days away, checking in."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lianxin.congress.models import Actor
from lianxin.kernel import limits
from lianxin.kernel.clock import local_date, now
from lianxin.kernel.refused import Absent
from lianxin.reception.forms.deputy import ALONE, AnswerForm, AskForm, AwayForm, CheckInForm
from lianxin.reception.models import Away, Shift, Swap
from lianxin.reception.queries import deputy as queries
from lianxin.reception.queries.calls import calls_waiting
from lianxin.reception.queries.swaps import offers_for
from lianxin.reception.rules.permissions import deputy_id_of
from lianxin.reception.rules.swaps import check_in_time
from lianxin.reception.services import attendance, away, swaps
from lianxin.web.dates import cn_day
from lianxin.web.forms import attempt
from lianxin.web.parts import Tile

#: Who guesses codes runs dry soon; who mistypes does not.
GUESSES = {"per_hour": 12, "burst": 8}


class StaffRequest(HttpRequest):
    """A request of somebody signed in."""

    actor: Actor


@login_required
@never_cache
@require_safe
def mine(request: StaffRequest) -> HttpResponse:
    """My turns: what is asked of me, what comes next, what was this year."""
    at = now()
    deputy_id = deputy_id_of(request.actor)
    page, waiting = queries.page_of(deputy_id, at=at), calls_waiting(deputy_id)
    context = {
        "page": page,
        "waiting": waiting,
        "tiles": _tiles(page),
        "form": CheckInForm(),
        "counts": {"reception": page.number + len(waiting) or None},
        "name": request.actor.name,
        "at": at,
    }
    return render(request, "reception/deputy/mine.html", context)


def _tiles(page: queries.Mine) -> list[Tile]:
    """The year's count, with its basis beside it."""
    figures = page.figures
    return [
        Tile(
            value=figures["turns"],
            label=_("turns this year"),
            note=_("%(n)s over") % {"n": figures["over"]},
        ),
        Tile(value=figures["present"], label=_("times present")),
        Tile(value=figures["excused"], label=_("times on approved leave")),
        Tile(
            value=figures["absent"],
            label=_("times absent without leave"),
            tone="bad" if figures["absent"] else "neutral",
        ),
    ]


@login_required
@never_cache
def swap_with(request: StaffRequest, shift_id: UUID) -> HttpResponse:
    """Ask for a swap: first whom, then for what."""
    shift = _own(request.actor, shift_id)
    check_in_time(now(), shift.day)
    offers = offers_for(shift, at=now())
    chosen = next((one for one in offers if one.card.code == request.GET.get("with")), None)
    form = AskForm(request.POST or None, offer=chosen) if chosen else None
    if chosen and form and form.is_valid():
        what = form.cleaned_data["what"]
        asked = attempt(
            form,
            lambda: swaps.ask(
                shift_id=shift.pk,
                other_deputy_id=chosen.card.id,
                other_shift_id=None if what == ALONE else UUID(what),
                words=form.cleaned_data["words"],
                by=request.actor,
                at=now(),
            ),
        )
        if asked:
            messages.success(request, _("%(name)s is asked.") % {"name": chosen.card.name})
            return redirect("reception:mine")
    context = {
        "shift": shift,
        "offers": offers,
        "chosen": chosen,
        "form": form,
        "name": request.actor.name,
    }
    return render(request, "reception/deputy/swap_with.html", context)


def _own(actor: Actor, shift_id: UUID) -> Shift:
    """The deputy's own turn. Raises NotADeputy, Absent."""
    shift = queries.own_turn(deputy_id_of(actor), shift_id)
    if shift is None:
        raise Absent
    return shift


@login_required
@never_cache
def swap(request: StaffRequest, swap_id: UUID) -> HttpResponse:
    """One request: agree, or refuse with a word; whoever comes second reads what happened."""
    found = _swap(request.actor, swap_id)
    form = AnswerForm(request.POST or None)
    agrees = request.POST.get("act") == "agree"
    if form.is_valid() and attempt(form, lambda: _answer(request, found, form, agrees=agrees)):
        said = _("You agreed. Everybody concerned is told.") if agrees else _("You refused.")
        messages.success(request, said)
        return redirect("reception:mine")
    found = _swap(request.actor, swap_id)
    context = {
        "swap": found,
        "until": queries.closes_of(found),
        "is_asked": found.other_deputy_id == request.actor.deputy_id,
        "form": form,
        "name": request.actor.name,
    }
    return render(request, "reception/deputy/swap.html", context)


def _swap(actor: Actor, swap_id: UUID) -> Swap:
    """A swap of one's own, asked for or asked of. Raises NotADeputy, Absent."""
    found = queries.swap_of(deputy_id_of(actor), swap_id)
    if found is None:
        raise Absent
    return found


def _answer(request: StaffRequest, swap: Swap, form: AnswerForm, *, agrees: bool) -> Swap:
    if agrees:
        return swaps.agree(swap_id=swap.pk, by=request.actor, at=now())
    words = form.cleaned_data["words"]
    return swaps.refuse(swap_id=swap.pk, words=words, by=request.actor, at=now())


@login_required
@require_POST
def withdraw(request: StaffRequest, swap_id: UUID) -> HttpResponse:
    """Take one's own request back."""
    found = _swap(request.actor, swap_id)
    swaps.withdraw(swap_id=found.pk, by=request.actor, at=now())
    messages.success(request, _("Your request is withdrawn; the turn stays yours."))
    return redirect("reception:mine")


@login_required
@never_cache
def days_away(request: StaffRequest) -> HttpResponse:
    """Days away, and which of my turns they touch."""
    deputy_id, at = deputy_id_of(request.actor), now()
    form = AwayForm(request.POST or None)
    if form.is_valid():
        entered: Away | None = attempt(
            form,
            lambda: away.enter_away(
                deputy_id=deputy_id, by=request.actor, at=at, **form.cleaned_data
            ),
        )
        if entered:
            messages.success(request, _("Your days away are entered; your venue is told."))
            return redirect("reception:away")
    rows = list(queries.away_of(deputy_id, since=local_date(at)))
    touched = queries.turns_touched(deputy_id, rows, at=at)
    context = {
        "form": form,
        "rows": [(row, touched.get(row.pk, [])) for row in rows],
        "name": request.actor.name,
    }
    return render(request, "reception/deputy/away.html", context)


@login_required
@require_POST
def away_back(request: StaffRequest, away_id: UUID) -> HttpResponse:
    """I can come after all."""
    rows = queries.away_of(deputy_id_of(request.actor), since=local_date(now()))
    if not rows.filter(pk=away_id).exists():
        raise Absent
    away.take_back_away(away_id=away_id, by=request.actor, at=now())
    messages.success(request, _("The entry is taken back."))
    return redirect("reception:away")


@login_required
@never_cache
def check_in(request: StaffRequest) -> HttpResponse:
    """The six digits on the screen, typed in."""
    deputy_id_of(request.actor)
    form = CheckInForm(request.POST or None)
    if form.is_valid():
        shift = attempt(form, lambda: _checked_in(request, form.cleaned_data["code"]))
        if shift:
            return _welcome(request, shift)
    context = {"form": form, "name": request.actor.name}
    return render(request, "reception/deputy/check_in.html", context)


@login_required
@never_cache
def check_in_code(request: StaffRequest, token: str) -> HttpResponse:
    """The address behind the QR code on the screen: one press checks in."""
    deputy_id_of(request.actor)
    if request.method == "POST":
        return _welcome(request, _checked_in(request, token))
    limits.check("reception.check_in", str(request.actor.person_id), **GUESSES, at=now())
    shift = attendance.turn_for(said=token, by=request.actor, at=now())
    context = {"shift": shift, "name": request.actor.name}
    return render(request, "reception/deputy/check_in_here.html", context)


def _checked_in(request: StaffRequest, said: str) -> Shift:
    """Raises TooMany before anything is looked at."""
    at = now()
    limits.check("reception.check_in", str(request.actor.person_id), **GUESSES, at=at)
    return attendance.check_in(said=said, by=request.actor, at=at)


def _welcome(request: StaffRequest, shift: Shift) -> HttpResponse:
    said = _("You are checked in: %(venue)s, %(day)s.")
    words = {"venue": shift.day.venue.name, "day": cn_day(shift.day.date)}
    messages.success(request, said % words)
    return redirect(reverse("reception:mine"))
