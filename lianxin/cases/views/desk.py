"""The desk: what is owed today, every other list, and acts on several cases at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lianxin.cases.enums import Channel
from lianxin.cases.forms.desk import BulkForm
from lianxin.cases.models import Category
from lianxin.cases.queries.cases import Filters
from lianxin.cases.queries.desk import (
    LISTS,
    Desk,
    category_groups,
    category_tree,
    desks_of,
    key_in,
    saved_views,
)
from lianxin.cases.queries.desk_rows import rows_of
from lianxin.cases.rules.permissions import NotYourDesk
from lianxin.cases.services import desk as services
from lianxin.cases.views.case_base import actor_of, office_name
from lianxin.congress.models import Actor
from lianxin.kernel.clock import now
from lianxin.web.parts import Chip, Key, Tile

PARAMETERS = ("q", "category", "channel", "mine")


@login_required
@never_cache
@require_safe
def desk(request: HttpRequest, where: str = "today") -> HttpResponse:
    """One list of the desk; `today` is the page a clerk begins with."""
    actor, at = actor_of(request), now()
    if not desks_of(actor):
        raise NotYourDesk
    if where not in LISTS:
        raise Http404
    look = Desk.of(actor, at)
    filters = _filters(request, actor)
    page = look.page(where, filters, after=request.GET.get("after"))
    counts = look.counts(extra=("late",))
    categories = category_tree()
    is_narrowed = any(request.GET.get(name) for name in PARAMETERS)
    context = {
        "office": office_name(actor),
        "workplace": "desk",
        "counts": counts,
        "list": LISTS[where],
        "at": at,
        "rows": rows_of(look, page.items, where=where),
        "pager": page,
        "tiles": _tiles(counts) if where == "today" and not is_narrowed else [],
        "chips": _chips(request, where, counts, categories),
        "views": _views(actor),
        "category_groups": category_groups(categories),
        "channels": Channel.choices,
        "is_narrowed": is_narrowed,
        "query": request.GET.urlencode(),
        "keys": _keys(),
    }
    return render(request, "cases/desk/list.html", context)


def _keys() -> list[Key]:
    return [
        Key(caps=("J", "K"), does=_("down, up")),
        Key(caps=("Enter",), does=_("open")),
        Key(caps=("X",), does=_("pick")),
        Key(caps=("E",), does=_("the next act")),
        Key(caps=("N",), does=_("register")),
        Key(caps=("/",), does=_("search")),
    ]


def _filters(request: HttpRequest, actor: Actor) -> Filters:
    """What the address says; a broken value narrows nothing."""
    asked = request.GET
    category = key_in(asked.get("category", ""))
    return Filters(
        where="all",
        text=asked.get("q", "")[:100],
        category_id=category,
        channel=asked.get("channel", "") if asked.get("channel", "") in Channel.values else "",
        mine=actor.person_id if asked.get("mine") else None,
    )


def _tiles(counts: dict[str, str]) -> list[Tile]:
    """Four figures, each leading to its list."""
    wanted = (
        ("late", _("overdue, wait to be pressed"), "bad"),
        ("soon", _("due within two working days"), "neutral"),
        ("new", _("new, wait to be accepted"), "neutral"),
        ("again", _("dissatisfied, handled again"), "neutral"),
    )
    return [
        Tile(
            value=counts[where] or "0",
            label=label,
            tone=tone if counts[where] else "neutral",  # type: ignore[arg-type]
            href=address_of(where),
        )
        for where, label, tone in wanted
    ]


def address_of(where: str, **query: str) -> str:
    path = reverse("cases:desk") if where == "today" else reverse("cases:desk-list", args=(where,))
    return f"{path}?{urlencode(query)}" if query else path


def _chips(
    request: HttpRequest, where: str, counts: dict[str, str], categories: Sequence[Category]
) -> list[Chip]:
    """All, mine, and the first categories; each keeps what was searched for."""
    kept = {"q": request.GET["q"]} if request.GET.get("q") else {}
    chosen, mine = request.GET.get("category", ""), request.GET.get("mine", "")
    plain = not (chosen or mine or request.GET.get("channel"))
    chips = [
        Chip(
            label=_("All"),
            href=address_of(where, **kept),
            count=counts.get(where) or None,
            active=plain,
        ),
        Chip(label=_("Handled by me"), href=address_of(where, **kept, mine="1"), active=bool(mine)),
    ]
    for row in [row for row in categories if row.parent_id is None][:5]:
        key = str(row.pk)
        href = address_of(where, **kept, category=key)
        chips.append(Chip(label=str(row), href=href, active=chosen == key))
    return chips


def _views(actor: Actor) -> list[dict[str, Any]]:
    """Saved views with their address; one whose list is gone is left out."""
    found = []
    for view in saved_views(actor):
        where = view.list_name.removeprefix("desk-")
        if where in LISTS:
            href = address_of(where, **dict(parse_qsl(view.query)))
            found.append({"id": view.pk, "name": view.name, "href": href})
    return found


@login_required
@require_POST
def bulk(request: HttpRequest) -> HttpResponse:
    """Accept, categorise or remind several; a report says what became of each."""
    actor, at = actor_of(request), now()
    if not desks_of(actor):
        raise NotYourDesk
    form = BulkForm(request.POST)
    where = request.POST.get("where", "today")
    back = address_of(where if where in LISTS else "today")
    if not form.is_valid():
        return redirect(back)
    words = form.cleaned_data
    match words["act"]:
        case "accept":
            done = services.accept_several(case_ids=words["id"], by=actor, at=at)
        case "remind":
            done = services.remind_several(case_ids=words["id"], by=actor, at=at)
        case _:
            if not words["category_id"]:
                return redirect(back)
            done = services.categorise_several(
                case_ids=words["id"], category_id=words["category_id"], by=actor, at=at
            )
    refused = [row for row in done if row.refusal]
    context = {
        "office": office_name(actor),
        "workplace": "desk",
        "counts": Desk.of(actor, at).counts(),
        "act": words["act"],
        "done": [row for row in done if not row.refusal],
        "refused": refused,
        "back": back,
    }
    return render(request, "cases/desk/report.html", context)
