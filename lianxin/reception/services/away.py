"""Days on which a deputy cannot receive: leave, or another meeting."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor, Deputy
from lianxin.congress.queries import in_force
from lianxin.kernel import bus
from lianxin.kernel.clock import local_date
from lianxin.kernel.refused import Absent
from lianxin.reception.events import AwayChanged
from lianxin.reception.models import Away
from lianxin.reception.rules import permissions
from lianxin.reception.rules.permissions import NotYourVenue, ReceptionRefused
from lianxin.record.services import write
from lianxin.venues.models import Stationing, Venue

#: A longer absence is a matter of the mandate, not of the rota.
LONGEST = timedelta(days=366)


class AwayRefused(ReceptionRefused):
    code = "away"


@transaction.atomic
def enter_away(
    *,
    deputy_id: UUID,
    kind: str,
    from_date: date,
    until_date: date,
    note: str = "",
    by: Actor | None,
    at: datetime,
) -> Away:
    """A deputy is away from one day to another (both inclusive); entered by the deputy, for days
    from today on, or by a clerk of a venue of theirs, for any day. Turns on these days stay where
    they are until somebody takes them.

    Locks the deputy → rule → row → journal → AwayChanged("enter"). Raises Absent, NotYourVenue,
    AwayRefused.
    """
    deputy = _locked(deputy_id)
    own = _check_may(by, deputy, at)
    if until_date < from_date:
        raise AwayRefused(_("The last day lies before the first."))
    if own and until_date < local_date(at):
        raise AwayRefused(_("These days have passed. For past days please ask your venue."))
    if until_date - from_date > LONGEST:
        raise AwayRefused(_("At most one year at a time, please."))
    held = Away.objects.filter(
        deputy=deputy, from_date__lte=until_date, until_date__gte=from_date
    ).exists()
    if held:
        raise AwayRefused(_("Some of these days are entered already. Take that entry back first."))
    away = Away.objects.create(
        deputy=deputy,
        kind=kind,
        from_date=from_date,
        until_date=until_date,
        note=note.strip()[:120],
        division_code=deputy.division_code,
    )
    _note(away, "enter", by=by, at=at)
    return away


@transaction.atomic
def take_back_away(*, away_id: UUID, by: Actor | None, at: datetime) -> None:
    """The deputy can come after all; a second time nothing happens.

    Locks the deputy → rule → row deleted → journal → AwayChanged("take_back"). Raises Absent,
    NotYourVenue.
    """
    seen = Away.objects.filter(pk=away_id).first()
    if seen is None:
        return
    deputy = _locked(seen.deputy_id)
    _check_may(by, deputy, at)
    away = Away.objects.filter(pk=away_id).first()
    if away is not None:
        _note(away, "take_back", by=by, at=at)
        away.delete()


def _locked(deputy_id: UUID) -> Deputy:
    deputy = Deputy.objects.select_for_update(no_key=True).filter(pk=deputy_id).first()
    if deputy is None:
        raise Absent
    return deputy


def _check_may(by: Actor | None, deputy: Deputy, at: datetime) -> bool:
    """Whether it is the deputy's own hand; else a clerk's of a venue of theirs. Raises NotYourVenue."""
    if by is not None and by.deputy_id == deputy.pk:
        return True
    if not may_enter_for(by, deputy.pk, on=local_date(at)):
        raise NotYourVenue
    return False


def may_enter_for(by: Actor | None, deputy_id: UUID, *, on: date) -> bool:
    """Whoever plans the rota of a venue in which the deputy is stationed on the day. One query."""
    here = Stationing.objects.filter(in_force(on), deputy_id=deputy_id)
    venues = Venue.objects.filter(pk__in=here.values("venue"))
    return by is None or any(permissions.may_plan(by, venue) for venue in venues)


def _note(away: Away, act: str, *, by: Actor | None, at: datetime) -> None:
    write(
        action=f"reception.away.{act}",
        by=by,
        at=at,
        division_code=away.division_code,
        subject=away,
        data={
            "deputy": str(away.deputy_id),
            "kind": away.kind,
            "from": str(away.from_date),
            "until": str(away.until_date),
        },
    )
    event = AwayChanged(
        deputy_id=away.deputy_id,
        from_date=away.from_date,
        until_date=away.until_date,
        act=act,
        person_id=by.person_id if by else None,
        at=at,
    )
    bus.announce(event, key=away.deputy_id, division_code=away.division_code)
