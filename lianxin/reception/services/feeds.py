"""The secret address of a deputy's calendar feed."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from lianxin.congress.models import Actor, Deputy
from lianxin.kernel.codes import digest, new_code
from lianxin.reception.models import CalendarKey
from lianxin.reception.rules.permissions import deputy_id_of
from lianxin.record.services import write


@transaction.atomic
def renew_calendar_key(*, by: Actor, at: datetime) -> CalendarKey:
    """A fresh secret in the address of one's own feed; calendars with the old one get no answer.

    Locks the deputy → key → journal. The secret has 110 random bits, and the form of receipt codes,
    which the log never shows. Raises NotADeputy.
    """
    deputy = Deputy.objects.select_for_update().get(pk=deputy_id_of(by))
    key = CalendarKey.objects.filter(deputy=deputy).first() or CalendarKey(deputy=deputy)
    key.token = new_code()
    key.token_digest = digest(key.token)
    key.made_at = at
    key.save()
    write(
        action="reception.calendar.renew",
        by=by,
        at=at,
        division_code=deputy.division_code,
        subject=key,
        data={"deputy": str(deputy.pk)},
    )
    return key
