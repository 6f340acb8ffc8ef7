"""Photos of deputies: the newest one of each, and who may see them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpRequest

from lianxin.congress.queries import deputy_in_force
from lianxin.kernel.together import Asked
from lianxin.record.models import Attachment
from lianxin.record.queries import attachments_asked, attachments_by_subject
from lianxin.venues.models import CheckItem, NewsItem, ThemedActivity

PORTRAIT = "congress.deputy"
PUBLIC_ROWS: dict[str, QuerySet[Any]] = {
    "venues.newsitem": NewsItem.objects.all(),
    "venues.checkitem": CheckItem.objects.all(),
    "venues.themedactivity": ThemedActivity.objects.all(),
}


def portraits_of(deputy_ids: Collection[UUID]) -> dict[UUID, UUID]:
    """deputy → the attachment that is the photo; deputies without one are left out. One query."""
    found = attachments_by_subject(PORTRAIT, deputy_ids)
    return {deputy: rows[-1].pk for deputy, rows in found.items() if rows}


def portraits_asked(deputies: QuerySet[Any]) -> Asked[dict[UUID, UUID]]:
    """The same of the deputies of a queryset, to be read together with other things."""
    rows = attachments_asked(PORTRAIT, deputies.order_by().values("pk"))
    return Asked(
        rows.lists, lambda found: {key: own[-1].pk for key, own in rows.told(found).items()}
    )


def may_view_portrait(request: HttpRequest, attachment: Attachment) -> bool:
    """Anybody, while the deputy is in office: it hangs on the wall."""
    return attachment.subject_id is not None and deputy_in_force(attachment.subject_id)


def may_view_venue_photo(request: HttpRequest, attachment: Attachment) -> bool:
    """Anybody, while the venue is open."""
    rows = PUBLIC_ROWS[attachment.subject_type]
    return rows.filter(pk=attachment.subject_id, venue__is_active=True).exists()
