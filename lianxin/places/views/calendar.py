"""Pages of the people who keep the working days and the hours of service."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lianxin.kernel.clock import local_date, now
from lianxin.places import queries, rules, services
from lianxin.places.forms import DayForm, HoursForm, NoticeForm
from lianxin.places.models import CalendarDay, ServiceHours
from lianxin.web.forms import attempt

FIRST_YEAR, LAST_YEAR = 2004, 2100


class StaffRequest(HttpRequest):
    """A request of somebody signed in."""

    actor: rules.Manager


@require_safe
@login_required
def calendar(request: StaffRequest) -> HttpResponse:
    """The rows of a year and all hours. The number of queries does not grow with the rows."""
    rules.check_see_calendar(request.actor)
    year = _year(request.GET.get("year", ""))
    days, hours = list(queries.day_rows(year)), list(queries.hours_rows())
    context = {
        "workplace": "office",
        "year": year,
        "years": (year - 1, year + 1),
        "source": queries.year_source(year),
        "packaged": _packaged(year),
        "days": _with_rights(request, days),
        "hours": _with_rights(request, hours),
        "names": queries.names_for(row.division_code for row in (*days, *hours)),
        "may_announce": rules.may_manage_calendar(request.actor, ""),
    }
    return render(request, "places/calendar.html", context)


@login_required
def day(request: StaffRequest, day_id: UUID | None = None) -> HttpResponse:
    """One day worked or off: a new row, or another answer for one that is there."""
    row = get_object_or_404(CalendarDay, pk=day_id) if day_id else None
    _check(request, row)
    initial = DayForm.initial_of(row) if row else {"is_working": "off"}
    form = DayForm(request.POST or None, existing=row, initial=initial)
    if form.is_valid():
        said = form.cleaned_data
        place, on = (row.division_code, row.date) if row else (said["place"], said["date"])
        attempt(
            form,
            lambda: services.set_calendar_day(
                division_code=place,
                date=on,
                is_working=said["is_working"],
                name=said["name"],
                by=request.actor,
                at=now(),
            ),
        )
        if form.is_valid():
            messages.success(request, _("The day is entered; time limits are reckoned anew."))
            return redirect(_back(on.year))
    title = _("A day worked or off")
    return _form_page(request, form, row, title)


@login_required
def hours(request: StaffRequest, hours_id: UUID | None = None) -> HttpResponse:
    """Hours of service from a day on."""
    row = get_object_or_404(ServiceHours, pk=hours_id) if hours_id else None
    _check(request, row)
    form = HoursForm(
        request.POST or None, existing=row, initial=HoursForm.initial_of(row) if row else None
    )
    if form.is_valid():
        said = dict(form.cleaned_data)
        place = row.division_code if row else said.pop("place")
        since = row.from_date if row else said.pop("from_date")
        attempt(
            form,
            lambda: services.set_service_hours(
                division_code=place, from_date=since, **said, by=request.actor, at=now()
            ),
        )
        if form.is_valid():
            messages.success(request, _("The hours are entered; time limits are reckoned anew."))
            return redirect(_back(since.year))
    return _form_page(request, form, row, _("Hours of service"))


@login_required
def notice(request: StaffRequest, year: int) -> HttpResponse:
    """The national notice of a year, entered whole."""
    rules.check_manage_calendar(request.actor, "")
    form = NoticeForm(request.POST or None, year=year, initial={"days": _as_lines(year)})
    if form.is_valid():
        attempt(
            form,
            lambda: services.announce_year(
                year=year, days=form.cleaned_data["days"], by=request.actor, at=now()
            ),
        )
        if form.is_valid():
            messages.success(request, _("The year is entered; time limits are reckoned anew."))
            return redirect(_back(year))
    title = _("Notice of holidays, %(year)s") % {"year": year}
    return _form_page(request, form, None, title, back=_back(year))


@require_POST
@login_required
def remove_day(request: StaffRequest, row_id: UUID) -> HttpResponse:
    services.remove_calendar_day(day_id=row_id, by=request.actor, at=now())
    messages.success(request, _("The row is gone; time limits are reckoned anew."))
    return redirect("places:calendar")


@require_POST
@login_required
def remove_hours(request: StaffRequest, row_id: UUID) -> HttpResponse:
    services.remove_service_hours(hours_id=row_id, by=request.actor, at=now())
    messages.success(request, _("The row is gone; time limits are reckoned anew."))
    return redirect("places:calendar")


def _year(said: str) -> int:
    year = int(said) if said.isdecimal() and len(said) == 4 else local_date(now()).year
    return min(max(year, FIRST_YEAR), LAST_YEAR)


def _check(request: StaffRequest, row: CalendarDay | ServiceHours | None) -> None:
    if row:
        rules.check_manage_calendar(request.actor, row.division_code)
    else:
        rules.check_see_calendar(request.actor)


def _with_rights(
    request: StaffRequest, rows: list
) -> list[tuple[CalendarDay | ServiceHours, bool]]:
    return [(row, rules.may_manage_calendar(request.actor, row.division_code)) for row in rows]


def _packaged(year: int) -> list[tuple[date, bool, str]]:
    return [(day, *said) for day, said in sorted(queries.packaged_year(year).items())]


def _as_lines(year: int) -> str:
    rows = [row for row in queries.day_rows(year) if not row.division_code]
    return "\n".join(
        rules.notice_line(row.date, is_working=row.is_working, name=row.name) for row in rows
    )


def _back(year: int) -> str:
    return f"{reverse('places:calendar')}?year={year}"


def _form_page(
    request: StaffRequest,
    form: DayForm | HoursForm | NoticeForm,
    row: CalendarDay | ServiceHours | None,
    title: str,
    *,
    back: str = "",
) -> HttpResponse:
    context = {
        "workplace": "office",
        "form": form,
        "row": row,
        "where": queries.path(row.division_code) if row and row.division_code else "",
        "title": title,
        "back": back or reverse("places:calendar"),
    }
    return render(request, "places/calendar_form.html", context)
