"""Tables too long for one request: taken over by the worker, while the page waits."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import override

from lianxin.congress.models import Actor
from lianxin.congress.queries import actor_of
from lianxin.kernel import bus, outbox
from lianxin.kernel.moves import move
from lianxin.kernel.refused import IllegalMove, Refused
from lianxin.notices import services as notices
from lianxin.record.enums import BATCH_TRANSITIONS
from lianxin.record.models import ImportBatch
from lianxin.record.services import imports
from lianxin.venues.events import ImportAsked

#: From so many rows on a table is left to the worker: 1,000 venues take about a second.
LONG = 1000


def is_long(batch: ImportBatch) -> bool:
    return batch.row_count >= LONG


def is_under_way(batch_id: UUID) -> bool:
    """Whether the worker was asked for this table and is not done with it."""
    return outbox.is_waiting(ImportAsked, batch_id)


@transaction.atomic
def ask(*, batch_id: UUID, by: Actor, at: datetime) -> None:
    """The worker takes the table over. Locks the batch → ImportAsked, once while it waits.

    Raises IllegalMove for a table that is taken over or discarded already.
    """
    batch = ImportBatch.objects.select_for_update().get(pk=batch_id)
    move(BATCH_TRANSITIONS, batch.state, "apply")
    if not is_under_way(batch_id):
        event = ImportAsked(batch_id=batch_id, person_id=by.person_id, at=at)
        bus.announce(event, key=batch_id, division_code=batch.division_code)


def take_over(*, batch_id: UUID, person_id: UUID, at: datetime) -> None:
    """Takes the table over in its own transaction, and tells the person how it went.

    A refusal leaves the table to be looked through again, with its sentence in the notice. A table
    taken over already is left alone, so a second delivery does nothing.
    """
    try:
        done = imports.apply(batch_id, actor_of(person_id), at)
    except IllegalMove:
        return
    except Refused as refused:
        text: str | Promise = refused.message
    else:
        said = {"file": done.file_name, "number": done.applied_count}
        with override(settings.LANGUAGE_CODE):
            text = _("The table is taken over: %(file)s, new or changed rows: %(number)s.") % said
    notices.tell(
        person_ids=[person_id],
        kind="import",
        text=text,
        url=reverse("venues:import-batch", args=[batch_id]),
        event_key=f"venues:import:{batch_id}:{at.isoformat()}",
        at=at,
    )
