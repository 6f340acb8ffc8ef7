"""Absences: somebody else acts in a person's place."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress import rules
from lianxin.congress.models import Absence, Actor
from lianxin.congress.queries import actor_of
from lianxin.kernel.clock import local_date
from lianxin.kernel.refused import Absent
from lianxin.people.models import Person
from lianxin.record.services import write


@transaction.atomic
def set_absence(
    *,
    person_id: UUID,
    substitute_id: UUID,
    from_date: date,
    until_date: date,
    by: Actor | None,
    at: datetime,
) -> Absence:
    """For these days the substitute holds the person's posts besides the own; journal entry.

    An administrator's post and a mandate pass to nobody. Raises Forbidden, DatesRefused, or
    AbsenceRefused (days gone by, days doubled, somebody without a post in the same county).
    """
    absent = actor_of(person_id, on=from_date)
    rules.check_may_set_absence(by, absent)
    rules.check_dates(from_date, until_date)
    if until_date < local_date(at):
        raise rules.AbsenceRefused(_("These days are over."))
    Person.objects.select_for_update().get(pk=person_id)
    rules.check_substitute(absent, actor_of(substitute_id, on=from_date))
    meanwhile = Absence.objects.filter(
        person_id=person_id, from_date__lte=until_date, until_date__gte=from_date
    )
    if meanwhile.exists():
        raise rules.AbsenceRefused(_("You have entered an absence for some of these days already."))
    absence = Absence.objects.create(
        person_id=person_id,
        substitute_id=substitute_id,
        from_date=from_date,
        until_date=until_date,
    )
    _note("congress.absence.set", absence, by, at)
    return absence


@transaction.atomic
def cancel_absence(*, absence_id: UUID, by: Actor | None, at: datetime) -> None:
    """The person is back: deletes the absence, whose days stay in the journal.

    Raises Absent: what somebody else of elsewhere entered is as if it were not there.
    """
    absence = Absence.objects.select_for_update().filter(pk=absence_id).first()
    if absence is None or not rules.may_set_absence(by, actor_of(absence.person_id)):
        raise Absent
    _note("congress.absence.cancel", absence, by, at)
    absence.delete()


def _note(action: str, absence: Absence, by: Actor | None, at: datetime) -> None:
    data = {
        "person": str(absence.person_id),
        "substitute": str(absence.substitute_id),
        "from": absence.from_date.isoformat(),
        "until": absence.until_date.isoformat(),
    }
    write(action=action, by=by, at=at, division_code="", subject=absence, data=data)
