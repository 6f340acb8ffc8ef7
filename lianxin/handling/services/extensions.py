"""More time: asked for once, with a reason, granted or refused by whoever sent the matter."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.handling.enums import DISPATCH_MOVES, EXTENSION_MOVES, Act, ClockPurpose
from lianxin.handling.models import Dispatch, Extension
from lianxin.handling.queries.derive import due
from lianxin.handling.rules import permissions
from lianxin.handling.services.matters import ReasonMissing
from lianxin.handling.services.settle import append, lock_dispatch, settle
from lianxin.kernel.clock import local_date
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Refused


class AskedAlready(Refused):
    message = _("More time can be asked for only once.")
    code = "asked_already"


class TooLong(Refused):
    message = _("The date lies outside of what the rule allows.")
    code = "extension_too_long"
    status = 422


def latest_extension(dispatch: Dispatch) -> date | None:
    """The last day that may be asked for: the due day plus the EXTENSION time of the rule."""
    matter = dispatch.matter
    if dispatch.due_at is None:
        return None
    limit = due(
        purpose=ClockPurpose.EXTENSION,
        urgency=matter.urgency,
        start=dispatch.due_at,
        division_code=matter.division_code,
        kind=matter.kind,
    )
    return local_date(limit.at) if limit else None


@transaction.atomic
def ask_extension(
    *, dispatch_id: UUID, until: date, reason: str, by: Actor, at: datetime
) -> Extension:
    """Ask for more time (申请延期). The clock goes on until it is granted.

    Raises AskedAlready, TooLong, ReasonMissing, IllegalMove.
    """
    dispatch = lock_dispatch(dispatch_id)
    permissions.check_hold(by, dispatch)
    move(DISPATCH_MOVES, dispatch.state, Act.ASK_EXTENSION)
    if not reason.strip():
        raise ReasonMissing
    if Extension.objects.filter(dispatch=dispatch).exists():
        raise AskedAlready
    latest = latest_extension(dispatch)
    if dispatch.due_at is None or until <= local_date(dispatch.due_at):
        raise TooLong(_("Please choose a day after the present date due."))
    if latest and until > latest:
        raise TooLong(_("The rule allows an extension until %(day)s at most.") % {"day": latest})
    asked = Extension.objects.create(
        dispatch=dispatch, reason=reason, until_date=until, asked_at=at, asked_by_id=by.person_id
    )
    append(
        dispatch.matter,
        Act.ASK_EXTENSION,
        by=by,
        at=at,
        dispatch=dispatch,
        note=reason,
        data={"until": until.isoformat()},
    )
    settle(dispatch.matter)
    return asked


@transaction.atomic
def decide_extension(
    *, dispatch_id: UUID, grant: bool, by: Actor, at: datetime, note: str = ""
) -> Extension:
    """Grant or refuse. Granted: the dispatch is due at the close of the day asked for.

    A refusal needs its reason. Raises ReasonMissing, IllegalMove.
    """
    dispatch = lock_dispatch(dispatch_id)
    permissions.check_judge(by, dispatch)
    asked = Extension.objects.select_for_update().filter(dispatch=dispatch).first()
    if asked is None:
        raise Refused(_("Nobody asked for more time here."), "not_asked")
    if not grant and not note.strip():
        raise ReasonMissing
    asked.state = move(EXTENSION_MOVES, asked.state, "grant" if grant else "refuse")
    asked.decided_at, asked.decided_by_id, asked.decision_note = at, by.person_id, note
    asked.save(update_fields=("state", "decided_at", "decided_by", "decision_note"))
    append(
        dispatch.matter,
        Act.GRANT_EXTENSION if grant else Act.REFUSE_EXTENSION,
        by=by,
        at=at,
        dispatch=dispatch,
        note=note,
        data={"until": asked.until_date.isoformat()},
        public=grant,
    )
    settle(dispatch.matter)
    return asked
