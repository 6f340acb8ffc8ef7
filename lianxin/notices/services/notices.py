"""The bell: what happened, where to go."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.functional import Promise

from lianxin.kernel.refused import Absent
from lianxin.notices import rules
from lianxin.notices.models import Notice
from lianxin.places.queries import work_calendar

_LONGEST = 300
KEPT = timedelta(days=183)


@transaction.atomic
def tell(
    *,
    person_ids: Iterable[UUID],
    kind: str,
    text: str | Promise,
    url: str = "",
    event_key: str,
    at: datetime,
    reminder_in: str | None = None,
) -> int:
    """A line in the bell of each person; once per person and `event_key`. Returns how many are new.

    The text is kept in the installation's first language. With `reminder_in` (a division's code)
    it is a reminder: it appears at the place's next service moment, never at night.
    """
    rules.check_own_link(url)
    people = list(dict.fromkeys(person_ids))
    if not people:
        return 0
    told_at = work_calendar(reminder_in).next_service_moment(at) if reminder_in else at
    with translation.override(settings.LANGUAGE_CODE):
        words = str(text)
    told = Notice.objects.filter(event_key=event_key, person__in=people)
    known = set(told.values_list("person_id", flat=True))
    new = [
        Notice(
            person_id=person_id,
            event_key=event_key,
            kind=kind,
            text=words if len(words) <= _LONGEST else words[: _LONGEST - 1] + "…",
            url=url,
            told_at=told_at,
        )
        for person_id in people
        if person_id not in known
    ]
    # Two workers may tell the same at once: the constraint lets one of them through.
    Notice.objects.bulk_create(new, ignore_conflicts=True)
    return len(new)


def reword(*, urls: Sequence[str], text: str) -> int:
    """Puts one sentence in the place of what was told about these pages; returns how many lines."""
    return Notice.objects.filter(url__in=[url for url in urls if url]).update(text=text)


@transaction.atomic
def mark_read(*, notice_id: UUID, person_id: UUID, at: datetime) -> Notice:
    """One's own notice is read; reading again changes nothing. Raises Absent for somebody else's."""
    notice = (
        Notice.objects.select_for_update()
        .filter(pk=notice_id, person_id=person_id, told_at__lte=at)
        .first()
    )
    if notice is None:
        raise Absent
    if notice.read_at is None:
        notice.read_at = at
        notice.save(update_fields=("read_at",))
    return notice


def forget_old(*, at: datetime) -> int:
    """Deletes lines told more than half a year ago: they name matters. Returns how many."""
    return Notice.objects.filter(told_at__lt=at - KEPT).delete()[0]


def mark_all_read(*, person_id: UUID, at: datetime) -> int:
    """All of one's own notices told so far are read; returns how many were not."""
    unread = Notice.objects.filter(person_id=person_id, read_at__isnull=True, told_at__lte=at)
    return unread.update(read_at=at)
