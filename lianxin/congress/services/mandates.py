"""Mandates: opened by election, suspended and restored (代表法 61), ended (62, 63)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress import rules
from lianxin.congress.enums import MANDATE_MOVES, MandateState, SuspendGround
from lianxin.congress.events import MandateEnded, MandateRestored, MandateSuspended
from lianxin.congress.models import Actor, Deputy, Mandate, Term
from lianxin.kernel import bus
from lianxin.kernel.clock import local_date
from lianxin.kernel.moves import move
from lianxin.record.services import write


@transaction.atomic
def open_mandate(
    *,
    deputy_id: UUID,
    term_id: UUID,
    from_date: date,
    constituency: str = "",
    card_no: str = "",
    delegation_id: UUID | None = None,
    until_date: date | None = None,
    by: Actor | None,
    at: datetime,
) -> Mandate:
    """A seat in a congress for a term; journal entry. One person may hold seats at several levels.

    `until_date` is only given where the end is known from the start. Raises Forbidden, DatesRefused,
    or MandateRefused when the deputy holds a seat in this term already.
    """
    term = Term.objects.select_related("congress").get(pk=term_id)
    rules.check_may_manage_deputies(by, term.division_code)
    rules.check_dates(from_date, until_date)
    Deputy.objects.select_for_update(of=("self",)).get(pk=deputy_id)
    held = Mandate.objects.filter(deputy_id=deputy_id, term=term)
    if held.exclude(state=MandateState.ENDED).exists():
        raise rules.MandateRefused(_("This deputy holds a seat in this term already."))
    mandate = Mandate.objects.create(
        deputy_id=deputy_id,
        term=term,
        level=term.congress.level,
        delegation_id=delegation_id,
        constituency=constituency,
        card_no=card_no,
        from_date=from_date,
        until_date=until_date,
        division_code=term.division_code,
    )
    _note("congress.mandate.open", mandate, {"level": str(mandate.level)}, by, at)
    return mandate


@transaction.atomic
def suspend_mandate(*, mandate_id: UUID, ground: str, by: Actor | None, at: datetime) -> Mandate:
    """Duties may not be performed for now (代表法 61): the deputy disappears from boards and pickers.

    Locks the mandate → rule → move → state → journal with the ground → MandateSuspended.
    """
    if ground not in SuspendGround.values:
        raise rules.MandateRefused(_("This is no ground for a suspension."), status=422)
    mandate = _moved(mandate_id, "suspend", by)
    mandate.save(update_fields=("state",))
    _note("congress.mandate.suspend", mandate, {"ground": str(ground)}, by, at)
    event = MandateSuspended(mandate.pk, mandate.deputy_id, local_date(at))
    bus.announce(event, key=mandate.deputy_id, division_code=mandate.division_code)
    return mandate


@transaction.atomic
def restore_mandate(*, mandate_id: UUID, by: Actor | None, at: datetime) -> Mandate:
    """The ground of the suspension has ended (代表法 61). Journal → MandateRestored."""
    mandate = _moved(mandate_id, "restore", by)
    mandate.save(update_fields=("state",))
    _note("congress.mandate.restore", mandate, {}, by, at)
    event = MandateRestored(mandate.pk, mandate.deputy_id, local_date(at))
    bus.announce(event, key=mandate.deputy_id, division_code=mandate.division_code)
    return mandate


@transaction.atomic
def end_mandate(
    *, mandate_id: UUID, reason: str, until_date: date, by: Actor | None, at: datetime
) -> Mandate:
    """The mandate is over, its last day included (代表法 62; the congress announces it under 63).

    Locks the mandate → rules on ground and day → move → fields → journal → MandateEnded, whose
    `last` says that the deputy holds no other seat: open work then needs somebody else. Software
    records an end, it never decides one: two missed sessions end nothing here by themselves.
    """
    mandate = _moved(mandate_id, "end", by)
    rules.check_end(mandate, reason, until_date, local_date(at))
    mandate.end_reason, mandate.until_date = reason, until_date
    mandate.save(update_fields=("state", "end_reason", "until_date"))
    _note("congress.mandate.end", mandate, {"reason": str(reason)}, by, at)
    others = Mandate.objects.filter(deputy_id=mandate.deputy_id).exclude(state=MandateState.ENDED)
    event = MandateEnded(
        mandate.pk, mandate.deputy_id, str(reason), until_date, last=not others.exists()
    )
    bus.announce(event, key=mandate.deputy_id, division_code=mandate.division_code)
    return mandate


def _moved(mandate_id: UUID, action: str, by: Actor | None) -> Mandate:
    mandate = Mandate.objects.select_for_update().get(pk=mandate_id)
    rules.check_may_manage_deputies(by, mandate.division_code)
    mandate.state = move(MANDATE_MOVES, mandate.state, action)
    return mandate


def _note(
    action: str, mandate: Mandate, data: dict[str, object], by: Actor | None, at: datetime
) -> None:
    write(
        action=action,
        by=by,
        at=at,
        division_code=mandate.division_code,
        subject=mandate,
        data={"deputy": str(mandate.deputy_id), **data},
    )
