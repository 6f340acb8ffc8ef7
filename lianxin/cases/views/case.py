"""The one staff page of a case, for everybody who may see it."""

from __future__ import annotations

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.cases.queries.acts import acts_for
from lianxin.cases.queries.desk import Desk, desks_of
from lianxin.cases.queries.desk_case import case_for, chain, sees_contacts, voice_lines
from lianxin.cases.queries.desk_page import answers_given, details_of, other_cases
from lianxin.cases.queries.desk_timeline import steps_of
from lianxin.cases.queries.desk_tree import tree_of
from lianxin.cases.queries.pages import photos_of
from lianxin.cases.views.case_base import actor_of, office_name, shell_of
from lianxin.kernel.clock import now
from lianxin.places.queries import calendars, path


@login_required
@never_cache
@require_safe
def case(request: HttpRequest, case_id: UUID) -> HttpResponse:
    """Who has it since when until when; the words; what happened; and the acts of whoever looks."""
    actor, at = actor_of(request), now()
    found = case_for(actor, case_id)
    days = calendars()
    offered = acts_for(actor, found)
    context = {
        **shell_of(actor),
        "office": office_name(actor),
        "counts": Desk.of(actor, at).counts() if desks_of(actor) else {},
        "case": found,
        "matter": found.matter,
        "chain": chain(found, days, at),
        "place": path(found.division_code),
        "acts": [act for act in offered if act.dispatch_id is None or act.leads],
        "voices": voice_lines(found),
        "may_reveal": sees_contacts(actor, found),
        "details": details_of(found),
        "photos": photos_of(found),
        "rounds": tree_of(actor, found, days, at),
        "own_answers": answers_given(found),
        "steps": steps_of(found),
        "others": other_cases(actor, found),
    }
    return render(request, "cases/case/page.html", context)
