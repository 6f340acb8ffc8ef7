"""Screens of a venue: set up with a secret address, seen, taken down."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.kernel import codes
from lianxin.kernel.refused import Absent
from lianxin.reception.models import Screen
from lianxin.reception.rules import permissions
from lianxin.reception.rules.permissions import ReceptionRefused
from lianxin.reception.rules.screens import digest_of
from lianxin.record.services import write
from lianxin.venues.models import Venue

#: A screen asks every few seconds; that it lives is written down this often.
SEEN_EVERY = timedelta(minutes=1)


class NameMissing(ReceptionRefused):
    message = _("Please say where the screen hangs.")
    code = "screen_name_missing"


@transaction.atomic
def set_up(*, venue_id: UUID, name: str, by: Actor | None, at: datetime) -> Screen:
    """A screen with its address, 110 random bits that can be typed with a remote control.

    Rule → screen → journal. Raises NotYourVenue, NameMissing.
    """
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    permissions.check_may_run(by, venue)
    if not name.strip():
        raise NameMissing
    token = codes.new_code()
    screen = Screen(
        venue=venue,
        division_code=venue.division_code,
        name=name.strip()[:60],
        token_digest=digest_of(token),
        set_up_at=at,
        set_up_by_id=by.person_id if by else None,
    )
    screen.token = token
    screen.save(force_insert=True)
    _note(screen, "set_up", by=by, at=at)
    return screen


@transaction.atomic
def take_down(*, screen_id: UUID, by: Actor | None, at: datetime) -> Screen:
    """The address shows nothing any more, at once and for good. A second press changes nothing.

    Rule → inactive → journal. Raises Absent.
    """
    rows = Screen.objects.select_for_update(of=("self",)).select_related("venue")
    screen = rows.filter(pk=screen_id).first()
    if screen is None or not permissions.may_run(by, screen.venue):
        raise Absent
    if screen.is_active:
        screen.is_active = False
        screen.save(update_fields=("is_active",))
        _note(screen, "take_down", by=by, at=at)
    return screen


def seen(screen: Screen, at: datetime) -> None:
    """Writes down that the screen lives, once a minute; one query then, none otherwise."""
    if screen.seen_at is None or screen.seen_at <= at - SEEN_EVERY:
        Screen.objects.filter(pk=screen.pk).update(seen_at=at)


def _note(screen: Screen, act: str, *, by: Actor | None, at: datetime) -> None:
    write(
        action=f"reception.screen.{act}",
        by=by,
        at=at,
        division_code=screen.division_code,
        subject=screen,
        data={"venue": str(screen.venue_id)},
    )
