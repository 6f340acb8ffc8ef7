"""The record of a day: deputies are told that it waits for them, and reminded."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.pieces import each
from lianxin.notices import services as notices
from lianxin.reception.events import DayChanged
from lianxin.reception.models import ReceptionDay, Shift
from lianxin.reception.queries.record import signing, unsigned
from lianxin.reception.rules.room import reminders_due
from lianxin.web.dates import cn_day

KIND = "reception.sign"


def is_ended(event: DayChanged) -> bool:
    return event.act == "end"


def ask_to_sign(event: DayChanged) -> None:
    """The day has ended: whoever was present finds the record in the bell."""
    day = ReceptionDay.objects.select_related("venue").filter(pk=event.day_id).first()
    if day is None:
        return
    text = _("Please read and sign the record of %(date)s, %(venue)s.") % {
        "date": cn_day(day.starts_at),
        "venue": day.venue.name,
    }
    # A day opened again and ended again is told again.
    _tell(day, text, key=f"{KIND}:{day.pk}:{event.at.isoformat()}", at=event.at, is_reminder=False)


def remind_to_sign(at: datetime) -> int:
    """A job: whoever has not signed three days after the end is reminded, every three days, five
    times at most. Returns how many notices are new.
    """
    told = 0
    for day in each(unsigned(at)):
        number = reminders_due(day.ends_at, at)
        text = _("Not signed yet: the record of %(date)s, %(venue)s.") % {
            "date": cn_day(day.starts_at),
            "venue": day.venue.name,
        }
        key = f"{KIND}:{day.pk}:reminder:{number}"
        told += _tell(day, text, key=key, at=at, is_reminder=True)
    return told


def _tell(day: ReceptionDay, text: object, *, key: str, at: datetime, is_reminder: bool) -> int:
    missing = [one.deputy_id for one in signing(day).missing]
    people = Shift.objects.filter(day=day, deputy_id__in=missing)
    return notices.tell(
        person_ids=list(people.values_list("deputy__person_id", flat=True).distinct()),
        kind=KIND,
        text=str(text),
        url=reverse("reception:record", args=[day.pk]),
        event_key=key,
        at=at,
        reminder_in=day.division_code if is_reminder else None,
    )
