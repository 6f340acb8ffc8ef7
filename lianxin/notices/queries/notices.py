"""Reads of notices."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from lianxin.kernel.clock import now
from lianxin.notices.models import Notice


def notices_of(
    person_id: UUID, *, unread: bool = False, at: datetime | None = None
) -> QuerySet[Notice]:
    """A person's notices told so far, newest first. To be paged by ("-told_at", "-id")."""
    notices = Notice.objects.filter(person_id=person_id, told_at__lte=at or now())
    return notices.filter(read_at__isnull=True) if unread else notices


def unread_count(person_id: UUID, *, at: datetime | None = None, cap: int = 99) -> int:
    """How many notices are not read yet, counted up to `cap`. One query on one index."""
    return notices_of(person_id, unread=True, at=at).order_by()[:cap].count()
