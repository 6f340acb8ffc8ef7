"""The divisions whose rows somebody may need: what PostgreSQL is told of who acts."""

from __future__ import annotations

from django.db.models import Q

from lianxin.cases.models import FarPlace, Receiver
from lianxin.congress.models import Actor
from lianxin.handling.models import Dispatch
from lianxin.kernel import scope
from lianxin.reception.models import Ask
from lianxin.venues.models import GridBinding, Stationing

#: So many single divisions are named; with more, their counties are.
MOST_NAMED = 200


def scope_of(actor: Actor | None) -> str:
    """The scope of a person signed in: the divisions of the posts with all below; beyond them those
    that matters told at their desks or handed to their organs or to them lie in, and those where a
    deputy is stationed, bound to a grid or called.

    At most one query, on SQLite, too, where nobody looks at the answer: a page costs the same on
    both engines. Wider than what the pages show: `visible_to` says what that is.
    """
    if actor is None:
        return scope.NOWHERE
    own = {post.division_code for post in actor.posts}
    if "" in own:
        return scope.of(own)
    beyond = [code for code in _beyond(actor, own) if not code.startswith(tuple(own))]
    if len(beyond) > MOST_NAMED:
        counties = {code[:6] for code in beyond if len(code) > 6}
        return scope.of(own | counties, exactly=(code for code in beyond if len(code) <= 6))
    return scope.of(own, exactly=beyond)


def _between(own: set[str]) -> list[Q]:
    """Codes outside of the own divisions, as ranges: what an index finds without reading what lies
    within, which is most of all and grows with every case."""
    found, begin = [], Q()
    for code in sorted(own):
        if any(code != one and code.startswith(one) for one in own):
            continue
        found.append(begin & Q(division_code__lt=code))
        begin = Q(division_code__gte=str(int(code) + 1).zfill(len(code)))
    return [*found, begin]


def _beyond(actor: Actor, own: set[str]) -> list[str]:
    """Codes of single divisions, most of them not below the own ones."""
    organs, deputy = actor.organ_ids, actor.deputy_id
    told = FarPlace.objects.filter(desk_id__in=organs).order_by()
    rows = Dispatch.objects.order_by()
    held = [gap & Q(to_organ_id__in=organs) for gap in _between(own)] if organs else []
    if deputy:
        held += [Q(to_deputy_id=deputy), Q(from_deputy_id=deputy)]
    handed = told.values_list("division_code", flat=True).union(
        *(rows.filter(one).values_list("division_code", flat=True) for one in held)
    )
    if not deputy:
        return sorted(handed) if organs else []
    received = Receiver.objects.filter(deputy_id=deputy).order_by()
    placed = (
        model.objects.filter(deputy_id=deputy).order_by().values_list("division_code", flat=True)
        for model in (Stationing, GridBinding, Ask)
    )
    return sorted(handed.union(received.values_list("case__division_code", flat=True), *placed))
