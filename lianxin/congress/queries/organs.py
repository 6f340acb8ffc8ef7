"""Organs by place, by search, and up the line of supervision."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lianxin.congress.enums import SUPERVISING, OrganKind
from lianxin.congress.models import Organ, Post
from lianxin.congress.queries.periods import in_force, today, within_any
from lianxin.places.queries import ancestors, within_q

#: A chain of superiors longer than this is a fault in the data, not an organisation.
_LONGEST_CHAIN = 8


def path_codes(division_code: str) -> list[str]:
    """The division's own code and those of all above it, nearest first."""
    return list(reversed(ancestors(division_code)))


def supervisor_of(organ: Organ) -> Organ | None:
    """The office that may press an organ: its superior when that is a congress office, presidium
    or street committee; else the nearest such office up the division path; else the first one up
    the chain of superiors. An office is supervised from above, never by itself.
    """
    superior = organ.superior
    if superior and _supervises(superior):
        return superior
    codes = path_codes(organ.division_code)
    if organ.kind in SUPERVISING:
        codes = codes[1:]
    offices = Organ.objects.filter(
        is_active=True, kind__in=SUPERVISING, division_code__in=codes
    ).exclude(pk=organ.pk)
    nearest = max(offices, key=lambda o: (len(o.division_code), o.name), default=None)
    if nearest:
        return nearest
    for _step in range(_LONGEST_CHAIN):
        if superior is None or superior.pk == organ.pk:
            return None
        if _supervises(superior):
            return superior
        superior = superior.superior
    return None


def _supervises(organ: Organ) -> bool:
    return organ.is_active and organ.kind in SUPERVISING


def organs_in(
    division_code: str, kinds: Iterable[str] | None = None, *, search: str = ""
) -> QuerySet[Organ]:
    """Active organs of a division and of all below it."""
    organs = Organ.objects.filter(within_q(division_code), is_active=True)
    if kinds is not None:
        organs = organs.filter(kind__in=tuple(kinds))
    return _named(organs, search)


def units_for(
    division_code: str,
    *,
    search: str = "",
    kinds: Iterable[str] = (OrganKind.UNIT,),
) -> QuerySet[Organ]:
    """Organs a desk of this division may assign to: those of its county and of every place above,
    nearest places first. Slice it: a picker shows a page, not a county.
    """
    county = division_code[:6]
    organs = Organ.objects.filter(
        within_q(county) | Q(division_code__in=path_codes(county)[1:]),
        is_active=True,
        kind__in=tuple(kinds),
    )
    return _named(organs, search).order_by("-division_code", "name")


def _named(organs: QuerySet[Organ], search: str) -> QuerySet[Organ]:
    for word in search.split():
        organs = organs.filter(Q(name__icontains=word) | Q(short_name__icontains=word))
    return organs


def organ_table(
    scopes: Collection[str], *, search: str = "", on: date | None = None
) -> QuerySet[Organ]:
    """Organs of the divisions in `scopes` with the number of posts in force (`posts_now`)."""
    organs = Organ.objects.filter(within_any(scopes)).select_related("superior")
    held = in_force(on or today(), "posts__") & Q(posts__is_withdrawn=False)
    counted = Count("posts", filter=held)
    return _named(organs.annotate(posts_now=counted), search)


def posts_of_organ(organ_id: UUID) -> QuerySet[Post]:
    """Every post ever held at an organ, the withdrawn ones last."""
    return (
        Post.objects.filter(organ_id=organ_id)
        .select_related("person", "role", "organ")
        .order_by("is_withdrawn", "-from_date", "id")
    )
