"""Boards on paper: looked at, and printed as a new version."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lianxin.kernel.clock import now
from lianxin.kernel.refused import Absent
from lianxin.venues import rules
from lianxin.venues.enums import BoardForm
from lianxin.venues.queries import boards, posters
from lianxin.venues.queries.contents import venue_to_see
from lianxin.venues.rules.boards import differences, sentence
from lianxin.venues.services.boards import issue_board
from lianxin.venues.views.base import StaffRequest
from lianxin.web.parts import Chip


@login_required
@never_cache
@require_safe
def board(request: StaffRequest, code: str, form: str) -> HttpResponse:
    """A board in one of its forms: as it would be now, or a version that was printed."""
    venue = venue_to_see(request.actor, code)
    if form not in BoardForm.values:
        raise Absent
    at, latest = now(), boards.latest_issue(venue.pk)
    issue = boards.issue_of(venue.pk, request.GET.get("version", ""))
    current = boards.facts_of_venue(venue, at=at)
    changed = differences(latest.facts, current, at=at) if latest and not issue else []
    made = posters.poster(
        issue.facts if issue else current,
        form=form,
        code=venue.code,
        version=issue.version if issue else None,
        second=request.GET.get("second", ""),
        at=issue.printed_at if issue else at,
    )
    context = {
        "venue": venue,
        "poster": made,
        "form": form,
        "form_label": BoardForm(form).label,
        "forms": _forms(code, form),
        "seconds": _seconds(made.second),
        "issue": issue,
        "latest": latest,
        "changes": [sentence(one) for one in changed],
        "may_print": rules.may_print(request.actor, venue),
        "paper_css": f"venues/paper-{made.paper}.css",
        "printed_on": posters.long_date(issue.printed_at) if issue else "",
        "office": posters.office_of(venue),
        "kind": posters.kind_of(venue, made.second),
    }
    return render(request, "venues/board/sheet.html", context)


def _forms(code: str, form: str) -> list[Chip]:
    return [
        Chip(
            label=str(label), href=reverse("venues:board", args=[code, value]), active=value == form
        )
        for value, label in BoardForm.choices
    ]


def _seconds(second: str) -> list[Chip]:
    """Second languages to choose from, where there are several."""
    found = posters.languages() if second else []
    return [
        Chip(label=name, href=f"?second={code}", active=code == second) for code, name in found
    ] * (len(found) > 1)


@login_required
@require_POST
def board_print(request: StaffRequest, code: str, form: str) -> HttpResponse:
    """Records a new version and shows it, ready for the printer."""
    venue = venue_to_see(request.actor, code)
    issue = issue_board(venue_id=venue.pk, form=form, by=request.actor, at=now())
    words = _("Version %(version)s is recorded. Print it now, and hang it up.")
    messages.success(request, words % {"version": issue.version})
    asked = {"version": str(issue.version)}
    if second := request.POST.get("second", ""):
        asked["second"] = second
    return redirect(f"{reverse('venues:board', args=[code, form])}?{urlencode(asked)}")
