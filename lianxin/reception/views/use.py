"""Use of reception and waiting: a venue's own figures, and those of an office's area."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.kernel.clock import local_date, now
from lianxin.people.enums import Ability
from lianxin.reception.queries import use_page as queries
from lianxin.reception.rules.use import COUNTED, HEADINGS, RANKED, By, Term, measures
from lianxin.reception.views.deputy import StaffRequest
from lianxin.record import services as record
from lianxin.web.parts import Chip, Link
from lianxin.web.sheets import Column, Sheet, workbook


def term_of(request: StaffRequest) -> Term:
    """The period asked for: `by` month, quarter or year, `of` any month in it as 2026-11."""
    today = local_date(now())
    year, dash, month = request.GET.get("of", "").partition("-")
    day = today
    if dash and year.isdecimal() and month.isdecimal() and 2000 <= int(year) <= today.year + 10:
        day = date(int(year), min(max(int(month), 1), 12), 1)
    return Term.holding(request.GET.get("by", ""), day)


def _place(request: StaffRequest) -> str:
    said = request.GET.get("place", "")
    return said if said.isdecimal() and len(said) <= 12 else ""


def _query(term: Term, code: str = "") -> str:
    place = f"&place={code}" if code else ""
    return f"?by={term.by}&of={term.since:%Y-%m}{place}"


def frame(request: StaffRequest) -> dict[str, Any]:
    """The desk's menu for a venue's people, the office's for an office."""
    posts = [post for post in request.actor.posts if Ability.VENUE_SEE in post.abilities]
    is_office = any(post.organ_kind != "venue_desk" for post in posts)
    return {
        "workplace": "office" if is_office else "desk",
        "office_name": "、".join(dict.fromkeys(post.organ_name for post in posts)),
    }


@login_required
@require_safe
def page(request: StaffRequest) -> HttpResponse:
    """Figures with their bases, the parts of the place, its venues."""
    term = term_of(request)
    seen = queries.overview(
        request.actor, term, _place(request), request.GET.get("after"), on=local_date(now())
    )
    context = {
        **frame(request),
        "term": term,
        "seen": seen,
        "groups": measures(seen.total).items(),
        "kinds": [
            Chip(
                label=str(one.label),
                href=_query(Term.holding(one, term.since), seen.code),
                active=one == term.by,
            )
            for one in By
        ],
        "path": [
            Link(label=one.label, href=_query(term) + one.href if one.href else "")
            for one in seen.path
        ],
        "here": _query(term),
        "now": _query(term, seen.code),
        "before": _query(term.before, seen.code),
        "later": _query(term.after, seen.code),
    }
    return render(request, "reception/use/page.html", context)


@login_required
@require_safe
def xlsx(request: StaffRequest) -> FileResponse:
    """The same figures as a workbook: all together, by part, by venue; every count in a column."""
    term = term_of(request)
    seen = queries.overview(request.actor, term, _place(request), None, on=local_date(now()))
    post = next(p for p in request.actor.posts if Ability.VENUE_SEE in p.abilities)
    record.write(
        action="reception.use.exported",
        by=request.actor,
        at=now(),
        division_code=seen.code or post.division_code,
        subject=("congress.organ", post.organ_id),
        data={"place": seen.code, "since": term.since, "until": term.until},
    )
    every = [
        [group, one.label, one.value, one.basis]
        for group, many in measures(seen.total).items()
        for one in many
    ]
    heads = [Column(_("Figure group"), 18), Column(_("Figure"), 34), Column(_("Value")), Column(_("Basis"), 24)]  # fmt: skip
    sheets = [Sheet(_("Together"), heads, every)]
    if seen.parts:
        sheets.append(_sheet(_("Place by place"), seen.parts))
    sheets.append(
        _sheet(
            _("Venue by venue"), queries.all_venues(request.actor, term, seen, on=local_date(now()))
        )
    )
    name = f"{seen.label} {_('Use of reception')} {term.since} {term.until}.xlsx"
    return FileResponse(workbook(sheets), as_attachment=True, filename=name)


def _sheet(title: str, rows: Any) -> Sheet:
    names = (*COUNTED, *RANKED)
    columns = [Column(_("Place or venue"), 30), *(Column(HEADINGS[one]) for one in names)]
    return Sheet(
        title, columns, ([row.label, *(getattr(row.figures, one) for one in names)] for row in rows)
    )
