"""The API of the journal, for whoever may read it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from lianxin.kernel.paging import keyset
from lianxin.record.models import Entry
from lianxin.record.queries import entries_for
from lianxin.web.rest.doors import Doors
from lianxin.web.rest.fields import After, AnyPlace, Key, Moment
from lianxin.web.rest.schemas import PageOf, Said, Shown

staff_doors = Doors(_("Work of staff"))
PAGE = 50
ORDER = ("-at", "-id")


class EntryShown(Shown):
    """One act. `data` holds ids, codes and numbers, never a resident's name, phone or words."""

    id: Key
    at: Moment
    action: str
    by: str = Field(description="the person's name; empty for residents and for the system")
    organ: Key | None
    division: str
    subject: str
    subject_id: Key
    data: dict[str, Any]


class JournalAsked(Said):
    place: AnyPlace = ""
    action: str = Field("", max_length=80, description="the act, or how its name begins")
    subject: Key | None = None
    after: After = ""


@staff_doors.read("/journal", PageOf[EntryShown], _("The journal of the area, newest first"))
def journal(request: HttpRequest, asked: Query[JournalAsked]) -> PageOf[EntryShown]:
    rows = entries_for(request.actor, place=asked.place, action=asked.action, subject=asked.subject)
    page = keyset(rows, order=ORDER, after=asked.after, size=PAGE)
    return PageOf[EntryShown](items=list(map(_shown, page)), next=page.next_cursor)


def _shown(row: Entry) -> EntryShown:
    return EntryShown(
        id=row.pk,
        at=row.at,
        action=row.action,
        by=row.actor_name,
        organ=row.organ_id,
        division=row.division_code,
        subject=row.subject_type,
        subject_id=row.subject_id,
        data=row.data,
    )
