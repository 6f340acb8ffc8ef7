"""The handling unit's inbox."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from lianxin.cases.queries import unit as queries
from lianxin.cases.rules.permissions import NotAUnit
from lianxin.cases.services import replies
from lianxin.congress.models import Actor
from lianxin.kernel.clock import now
from lianxin.people.queries import views_of
from lianxin.web.parts import Chip, Key

LIST = "unit"


class StaffRequest(HttpRequest):
    """A request of somebody signed in."""

    actor: Actor


def organs_of(request: StaffRequest) -> tuple[UUID, ...]:
    """The units of the actor. Raises NotAUnit."""
    organs = queries.unit_organs(request.actor)
    if not organs:
        raise NotAUnit
    return organs


@login_required
@require_safe
def inbox(request: StaffRequest) -> HttpResponse:
    """What the unit owes, nearest deadline on top."""
    organs, at = organs_of(request), now()
    where = request.GET.get("where", "open")
    where = where if where in queries.LISTS else "open"
    text = request.GET.get("q", "").strip()[:100]
    rows = queries.narrowed(queries.inbox(organs, where, at=at), text)
    page, lines = queries.page_of(rows, where, after=request.GET.get("after"), at=at)
    counts = queries.counts(organs, at=at)
    context = {
        "workplace": "unit",
        "counts": {"unit": counts["open"]},
        "unit_name": "、".join(unit_names(request.actor)),
        "where": where,
        "text": text,
        "page": page,
        "lines": lines,
        "chips": chips(where, counts),
        "at": at,
        "late": counts["late"] if counts["late"] != "0" else "",
        "approves": request.actor.organs_with("matter.approve"),
        "list_name": LIST,
        "saved_views": views_of(request.actor.person_id, LIST),
        "keys": keys(),
    }
    return render(request, "cases/unit/inbox.html", context)


def unit_names(actor: Actor) -> list[str]:
    return [post.organ_name for post in actor.posts if "matter.sign" in post.abilities]


def chips(where: str, counts: dict[str, str]) -> list[Chip]:
    """Lists that hold nothing are left out, except the first, the one looked at, and the archive."""
    here = reverse("cases:unit")
    shown = [
        name
        for name in queries.LISTS
        if name in ("open", "done", where) or counts.get(name, "0") != "0"
    ]
    return [
        Chip(
            label=str(queries.LISTS[name]),
            href=f"{here}?where={name}",
            count=counts.get(name),
            active=name == where,
        )
        for name in shown
    ]


def keys() -> list[Key]:
    return [
        Key(caps=("J", "K"), does=_("up and down")),
        Key(caps=("Enter",), does=_("open")),
        Key(caps=("X",), does=_("pick")),
        Key(caps=("S",), does=_("sign for")),
        Key(caps=("R",), does=_("answer")),
    ]


@login_required
@require_POST
def sign_picked(request: StaffRequest) -> HttpResponse:
    """Sign for all that are picked; those that cannot be signed for are named."""
    organs_of(request)
    picked = [UUID(one) for one in request.POST.getlist("id") if _is_uuid(one)][:200]
    signed, refused = replies.sign_many(dispatch_ids=picked, by=request.actor, at=now())
    if signed:
        said = ngettext("Signed for %(n)s matter.", "Signed for %(n)s matters.", signed)
        messages.success(request, said % {"n": signed})
    for one in refused[:5]:
        messages.warning(request, one)
    if not signed and not refused:
        messages.info(request, _("Nothing was picked."))
    return redirect(f"{reverse('cases:unit')}?where=open")


def _is_uuid(text: str) -> bool:
    plain = text.replace("-", "")
    return len(plain) == 32 and all(c in "0123456789abcdef" for c in plain.lower())
