"""Views people save for themselves. No journal: they are a person's own bookmarks."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.refused import Absent, Refused
from lianxin.people.models import SavedView

_LIST_NAME = re.compile(r"[a-z][a-z0-9_-]{0,39}")
_LONGEST_QUERY, _LONGEST_NAME, _MOST_VIEWS = 500, 40, 30
#: Where a list was read up to is no part of a view.
_PASSING = frozenset({"after", "before", "page", "csrfmiddlewaretoken"})


class ViewRefused(Refused):
    code = "saved_view"
    status = 422


@transaction.atomic
def save_view(*, person_id: UUID, list_name: str, name: str, query: str) -> SavedView:
    """Keeps the filters of a list under a name; the same name again replaces them.

    Raises ViewRefused on a bad list name, an empty or too long name or query, or past 30 views.
    """
    name = _good_name(name)
    if not _LIST_NAME.fullmatch(list_name):
        raise ViewRefused(_("There is no such list."))
    kept = SavedView.objects.filter(person_id=person_id, list_name=list_name)
    if not kept.filter(name=name).exists() and kept.count() >= _MOST_VIEWS:
        raise ViewRefused(_("You have saved thirty views of this list; delete one first."))
    view, _made = SavedView.objects.update_or_create(
        person_id=person_id,
        list_name=list_name,
        name=name,
        defaults={"query": _good_query(query)},
    )
    return view


@transaction.atomic
def rename_view(*, view_id: UUID, person_id: UUID, name: str) -> SavedView:
    """Another name for one's own view. Raises Absent for somebody else's, ViewRefused if taken."""
    view = _own(view_id, person_id)
    name = _good_name(name)
    others = SavedView.objects.filter(person_id=person_id, list_name=view.list_name, name=name)
    if others.exclude(pk=view_id).exists():
        raise ViewRefused(_("You have a view of that name already."))
    view.name = name
    view.save(update_fields=("name",))
    return view


@transaction.atomic
def delete_view(*, view_id: UUID, person_id: UUID) -> SavedView:
    """Deletes one's own view and returns what it was. Raises Absent for somebody else's."""
    view = _own(view_id, person_id)
    SavedView.objects.filter(pk=view_id).delete()
    return view


def _own(view_id: UUID, person_id: UUID) -> SavedView:
    view = SavedView.objects.select_for_update().filter(pk=view_id, person_id=person_id).first()
    if view is None:
        raise Absent
    return view


def _good_name(name: str) -> str:
    name = " ".join(name.split())
    if not name or len(name) > _LONGEST_NAME:
        raise ViewRefused(_("A view needs a name of at most 40 characters."))
    return name


def _good_query(query: str) -> str:
    pairs = [(key, value) for key, value in parse_qsl(query.lstrip("?")) if key not in _PASSING]
    kept = urlencode(pairs)
    if len(kept) > _LONGEST_QUERY:
        raise ViewRefused(_("These filters are too long to be saved."))
    return kept
