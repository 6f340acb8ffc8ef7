"""The desk's reception days: the year, patterns, one day and what becomes of it."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lianxin.congress.models import Actor
from lianxin.kernel.clock import local_date, now
from lianxin.reception.forms.days import CancelForm, ChangeForm, ExtraDayForm, MoveForm
from lianxin.reception.forms.patterns import EndForm, PatternForm
from lianxin.reception.models import ReceptionDay
from lianxin.reception.queries import days as queries
from lianxin.reception.rules.rule_words import listed
from lianxin.reception.services import days as services
from lianxin.reception.services import patterns
from lianxin.reception.services.planning import Planned, plan_days
from lianxin.venues.models import Venue
from lianxin.web.forms import attempt
from lianxin.web.parts import Chip


def _actor(request: HttpRequest) -> Actor:
    """Who acts; the view asked for a sign-in before."""
    return cast(Actor, request.actor)


def year_of(request: HttpRequest) -> int:
    """The year asked for, within ten years of this one; else this one."""
    this, said = local_date(now()).year, request.GET.get("year", "")
    asked = int(said) if said.isdecimal() and len(said) == 4 else this
    return asked if abs(asked - this) <= 10 else this


def _address(venue: Venue, year: int, name: str = "reception:days") -> str:
    return f"{reverse(name)}?venue={venue.code}&year={year}"


@login_required
@require_safe
def year(request: HttpRequest) -> HttpResponse:
    """The year of a venue: its patterns, its days month by month, what is not planned yet."""
    at, asked = now(), year_of(request)
    venue, mine = queries.venues_to_plan(_actor(request), request.GET.get("venue", ""))
    page = queries.year_page(venue, asked, at=at)
    today = local_date(at)
    context = {
        "page": page,
        "venue": venue,
        "venues": [
            Chip(label=one.name, href=_address(one, asked), active=one == venue) for one in mine
        ],
        "years": [
            Chip(label=str(n), href=_address(venue, n), active=n == asked)
            for n in sorted({today.year, today.year + 1, asked})
        ],
        "past": [month for month in page.months if month.first < today.replace(day=1)],
        "coming": [month for month in page.months if month.first >= today.replace(day=1)],
        "print": _address(venue, asked, "reception:days-print"),
        "workplace": "desk",
        "at": at,
    }
    return render(request, "reception/days/year.html", context)


@login_required
@require_safe
def year_print(request: HttpRequest) -> HttpResponse:
    """The plan of the year on paper."""
    at = now()
    venue, _mine = queries.venues_to_plan(_actor(request), request.GET.get("venue", ""))
    page = queries.year_page(venue, year_of(request), at=at)
    context = {"page": page, "venue": venue, "at": at}
    return render(request, "reception/days/print.html", context)


@login_required
@require_POST
def plan_year(request: HttpRequest) -> HttpResponse:
    """Plan what the patterns give in a year."""
    asked = year_of(request)
    venue, _mine = queries.venues_to_plan(_actor(request), request.GET.get("venue", ""))
    done = plan_days(venue_id=venue.pk, year=asked, by=_actor(request), at=now())
    _say(request, done)
    return redirect(_address(venue, asked))


@login_required
def new_pattern(request: HttpRequest) -> HttpResponse:
    """A new pattern; its days are planned at once."""
    venue, _mine = queries.venues_to_plan(_actor(request), request.GET.get("venue", ""))
    form = PatternForm(request.POST or None, initial={"from_date": local_date(now())})
    if form.is_valid():
        made = attempt(
            form,
            lambda: patterns.add_pattern(
                venue_id=venue.pk, terms=form.terms(), by=_actor(request), at=now()
            ),
        )
        if made:
            _say(request, made[1])
            return redirect(_address(venue, max(year_of(request), made[0].from_date.year)))
    return _form(request, "pattern", venue, form=form, title=_("New pattern"))


@login_required
def pattern(request: HttpRequest, pattern_id: UUID) -> HttpResponse:
    """Other terms of a pattern; days that nobody touched follow."""
    row = queries.own_pattern(_actor(request), pattern_id)
    form = PatternForm(request.POST or None, initial=PatternForm.initial_of(row))
    if form.is_valid():
        changed = attempt(
            form,
            lambda: patterns.change_pattern(
                pattern_id=row.pk, terms=form.terms(), by=_actor(request), at=now()
            ),
        )
        if changed:
            _say(request, changed[1])
            return redirect(_address(row.venue, year_of(request)))
    title = _("Change the pattern")
    return _form(request, "pattern", row.venue, form=form, pattern=row, title=title)


@login_required
def end_pattern(request: HttpRequest, pattern_id: UUID) -> HttpResponse:
    """No day of the pattern after a last one."""
    row = queries.own_pattern(_actor(request), pattern_id)
    form = EndForm(request.POST or None, initial={"until": local_date(now())})
    if form.is_valid():
        ended = attempt(
            form,
            lambda: patterns.end_pattern(
                pattern_id=row.pk, until=form.cleaned_data["until"], by=_actor(request), at=now()
            ),
        )
        if ended:
            _say(request, ended[1])
            return redirect(_address(row.venue, year_of(request)))
    line = queries.pattern_line(row, local_date(now()))
    return _form(
        request, "act", row.venue, form=form, title=_("End the pattern"), line=line,
        note=_("It gives no further days. What is past stays."), act=_("End the pattern"),
    )  # fmt: skip


@login_required
def extra_day(request: HttpRequest) -> HttpResponse:
    """A reception day outside every pattern."""
    venue, _mine = queries.venues_to_plan(_actor(request), request.GET.get("venue", ""))
    form = ExtraDayForm(request.POST or None)
    if form.is_valid():
        made = attempt(
            form,
            lambda: services.add_day(
                venue_id=venue.pk, **form.cleaned_data, by=_actor(request), at=now()
            ),
        )
        if made:
            messages.success(request, _("The day is in the plan. Now give its seats to deputies."))
            return redirect(reverse("reception:desk-day", args=[made.pk]))
    return _form(
        request, "act", venue, form=form, title=_("Extra day"), act=_("Enter the day"),
        note=_("Besides the patterns: for one time only."),
    )  # fmt: skip


@login_required
@require_safe
def day(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """One day: who sits, how many booked, and what can be done about it."""
    page = queries.day_page(_actor(request), day_id, at=now())
    context = {
        "page": page,
        "day": page.day,
        "line": page.line,
        "back": _address(page.venue, page.day.date.year),
        "workplace": "desk",
    }
    return render(request, "reception/days/desk_day.html", context)


@login_required
def move(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """Another time for a day; deputies and visitors are told."""
    row = queries.own_day(_actor(request), day_id)
    form = MoveForm(request.POST or None, initial=MoveForm.initial_of(row))
    if form.is_valid() and attempt(
        form,
        lambda: services.move_day(day_id=row.pk, **form.cleaned_data, by=_actor(request), at=now()),
    ):
        messages.success(request, _("Moved. Deputies and visitors are told."))
        off = queries.off_on(row.venue, form.cleaned_data["on"])
        if off:
            messages.warning(request, _("Mind: the new day falls on %(why)s.") % {"why": off})
        return redirect(reverse("reception:desk-day", args=[row.pk]))
    return _day_form(request, row, form, _("Move the day"))


@login_required
def cancel(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """The day is not held; deputies and visitors are told."""
    row = queries.own_day(_actor(request), day_id)
    form = CancelForm(request.POST or None)
    if form.is_valid() and attempt(
        form,
        lambda: services.cancel_day(
            day_id=row.pk, reason=form.cleaned_data["reason"], by=_actor(request), at=now()
        ),
    ):
        messages.success(request, _("Cancelled. Deputies and visitors are told."))
        return redirect(reverse("reception:desk-day", args=[row.pk]))
    return _day_form(request, row, form, _("Cancel the day"))


@login_required
def change(request: HttpRequest, day_id: UUID) -> HttpResponse:
    """Another room, topic, language or note."""
    row = queries.own_day(_actor(request), day_id)
    form = ChangeForm(request.POST or None, initial=ChangeForm.initial_of(row))
    if form.is_valid() and attempt(
        form,
        lambda: services.change_day(
            day_id=row.pk, **form.cleaned_data, by=_actor(request), at=now()
        ),
    ):
        messages.success(request, _("Changed."))
        return redirect(reverse("reception:desk-day", args=[row.pk]))
    return _day_form(request, row, form, _("Room and note"))


def _day_form(
    request: HttpRequest, row: ReceptionDay, form: MoveForm | CancelForm | ChangeForm, title: str
) -> HttpResponse:
    line = queries.line_of(row, at=now())
    return _form(
        request, "act", row.venue, form=form, title=title, line=line, act=title,
        back=reverse("reception:desk-day", args=[row.pk]),
    )  # fmt: skip


def _form(
    request: HttpRequest, name: str, venue: Venue, *, back: str = "", **context: object
) -> HttpResponse:
    context |= {
        "venue": venue,
        "back": back or _address(venue, year_of(request)),
        "workplace": "desk",
    }
    return render(request, f"reception/days/{name}.html", context)


def _say(request: HttpRequest, done: Planned) -> None:
    """What planning did, in a sentence; what it left for a person to decide, in another."""
    made, changed, gone = len(done.made), len(done.changed), len(done.gone)
    words = [
        ngettext("%(n)s day was planned", "%(n)s days were planned", made) % {"n": made},
        ngettext("%(n)s was moved or changed", "%(n)s were moved or changed", changed)
        % {"n": changed},
        ngettext("%(n)s was taken out", "%(n)s were taken out", gone) % {"n": gone},
    ]
    told = zip(words, (made, changed, gone), strict=True)
    said = listed(word for word, number in told if number)
    messages.success(request, said or _("Everything is planned as the patterns have it."))
    kept = len(done.kept)
    if kept:
        words_kept = ngettext(
            "%(n)s day is announced or booked already and stays as it is: please look at it.",
            "%(n)s days are announced or booked already and stay as they are: please look at them.",
            kept,
        )
        messages.warning(request, words_kept % {"n": kept})
