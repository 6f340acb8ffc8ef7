"""Photos of deputies on boards and pages: with their consent, which the journal notes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.base import File
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor, Deputy
from lianxin.congress.queries import in_force, today
from lianxin.record import services as record
from lianxin.record.models import Attachment
from lianxin.record.queries import attachments_of
from lianxin.venues import rules
from lianxin.venues.models import Stationing, Venue
from lianxin.venues.services.boards import tell_changed


def set_portrait(
    *, deputy_id: UUID, photo: File[Any], consents: bool, by: Actor | None, at: datetime
) -> Attachment:
    """The photo of a deputy, in place of an earlier one.

    The photo is made anew before the transaction. Locks the deputy → rule → earlier photos removed →
    attached → journal with the consent → VenueChanged of each venue. Raises Forbidden, UploadRefused,
    or VenueRefused without the deputy's consent: a face is the deputy's own (personal information
    law, article 29).
    """
    if not consents:
        raise rules.VenueRefused(_("A photo is shown only with the deputy's consent."))
    prepared = record.prepare(photo)
    with transaction.atomic():
        deputy, venues = _locked(deputy_id, by)
        _take_down(deputy, by, at, ground="replaced")
        portrait = record.attach(
            subject=deputy, upload=prepared, by=by, at=at, division_code=deputy.division_code
        )
        _note("venues.portrait.set", deputy, {"consent": True}, by, at)
        for venue in venues:
            tell_changed(venue, at)
    return portrait


@transaction.atomic
def remove_portrait(*, deputy_id: UUID, by: Actor | None, at: datetime) -> None:
    """The photo is taken down: from now on the name alone stands there. Raises Forbidden.

    Locks the deputy → rule → photos removed → journal → VenueChanged of each venue. Twice is once.
    """
    deputy, venues = _locked(deputy_id, by)
    if _take_down(deputy, by, at, ground="taken down"):
        _note("venues.portrait.remove", deputy, {}, by, at)
        for venue in venues:
            tell_changed(venue, at)


def _locked(deputy_id: UUID, by: Actor | None) -> tuple[Deputy, list[Venue]]:
    deputy = Deputy.objects.select_for_update().get(pk=deputy_id)
    here = Stationing.objects.filter(in_force(today()), deputy=deputy)
    venues = list(Venue.objects.filter(pk__in=here.values("venue")))
    rules.check_may_keep_portrait(by, deputy, venues)
    return deputy, venues


def _take_down(deputy: Deputy, by: Actor | None, at: datetime, *, ground: str) -> bool:
    earlier = list(attachments_of(deputy))
    for one in earlier:
        record.remove(attachment_id=one.pk, by=by, at=at, ground=ground)
    return bool(earlier)


def _note(
    action: str, deputy: Deputy, data: dict[str, Any], by: Actor | None, at: datetime
) -> None:
    record.write(
        action=action, by=by, at=at, division_code=deputy.division_code, subject=deputy, data=data
    )
