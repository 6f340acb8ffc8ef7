"""The two doors to the database of the engine: append an event, and settle what follows from it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.handling.enums import DispatchKind, MatterState
from lianxin.handling.events import DispatchMoved, MatterMoved
from lianxin.handling.models import Dispatch, Event, Matter
from lianxin.handling.queries.derive import derive
from lianxin.handling.rules.fold import DispatchView, MatterView
from lianxin.kernel import bus
from lianxin.kernel.refused import Absent
from lianxin.record import services as record


class NoSuchMatter(Absent):
    message = _("There is no such matter, or it is not meant for you.")
    code = "no_such_matter"


def lock_matter(matter_id: UUID) -> Matter:
    """The matter, locked until the transaction ends. Raises NoSuchMatter."""
    found = Matter.objects.select_for_update().filter(pk=matter_id).first()
    if found is None:
        raise NoSuchMatter
    return found


def lock_dispatch(dispatch_id: UUID) -> Dispatch:
    """The dispatch with its matter locked (one lock per matter). Raises NoSuchMatter."""
    found = Dispatch.objects.filter(pk=dispatch_id).values_list("matter_id", flat=True).first()
    if found is None:
        raise NoSuchMatter
    matter = lock_matter(found)
    dispatch = Dispatch.objects.select_related("to_organ", "from_organ", "to_deputy__person").get(
        pk=dispatch_id
    )
    dispatch.matter = matter
    return dispatch


def append(
    matter: Matter,
    act: str,
    *,
    by: Actor | None,
    at: datetime,
    dispatch: Dispatch | None = None,
    data: dict[str, Any] | None = None,
    note: str = "",
    public: bool = False,
    content: str = "",
) -> Event:
    """Write the next event of a locked matter, its journal entry and its announcement.

    Effects in order: event row with the next number; journal entry; outbox rows for whoever
    listens to MatterMoved or DispatchMoved. Time never runs backwards within a matter. `content` are
    words that the journal entry keeps a digest of: those of an answer.
    """
    at = max(at, matter.last_event_at or at)
    matter.last_number += 1
    matter.last_event_at = at
    event = Event.objects.create(
        matter=matter,
        number=matter.last_number,
        dispatch=dispatch,
        act=act,
        at=at,
        person_id=by.person_id if by else None,
        organ_id=by.organ_id if by else None,
        note=note,
        is_public=public,
        data=data or {},
    )
    record.write(
        action=f"handling.{'dispatch' if dispatch else 'matter'}.{act}",
        by=by,
        at=at,
        division_code=matter.division_code,
        subject=matter,
        data={"number": event.number, "dispatch": str(dispatch.pk) if dispatch else "", "act": act},
        content=content,
    )
    _announce(event, matter, dispatch)
    return event


def _announce(event: Event, matter: Matter, dispatch: Dispatch | None) -> None:
    common: dict[str, Any] = {
        "kind": matter.kind,
        "act": event.act,
        "number": event.number,
        "at": event.at,
    }
    told = (
        DispatchMoved(matter_id=matter.pk, dispatch_id=dispatch.pk, **common)
        if dispatch
        else MatterMoved(matter_id=matter.pk, **common)
    )
    bus.announce(told, key=matter.pk, division_code=matter.division_code)


def settle(matter: Matter) -> MatterView:
    """Derive the matter from its events and write the cached columns that differ.

    The only function that writes states, holders and due times. Returns the derivation.
    """
    view = derive(matter)
    dispatches = {d.pk: d for d in matter.dispatches.all()}
    _write(matter, matter_columns(matter, view))
    for item in view.dispatches.values():
        _write(dispatches[item.id], dispatch_columns(item))
    return view


def differences(matter: Matter, view: MatterView) -> dict[str, tuple[Any, Any]]:
    """Cached columns that are not what the events say: column → (stored, derived)."""
    wanted = matter_columns(matter, view)
    found = {k: (getattr(matter, k), v) for k, v in wanted.items() if getattr(matter, k) != v}
    for dispatch in matter.dispatches.all():
        for k, v in dispatch_columns(view.dispatches[dispatch.pk]).items():
            if getattr(dispatch, k) != v:
                found[f"{dispatch.pk}.{k}"] = (getattr(dispatch, k), v)
    return found


def _write(row: Matter | Dispatch, columns: dict[str, Any]) -> None:
    changed = [name for name, value in columns.items() if getattr(row, name) != value]
    for name in changed:
        setattr(row, name, columns[name])
    if isinstance(row, Matter):
        changed += ["last_number", "last_event_at"]
    if changed:
        row.save(update_fields=changed)


def matter_columns(matter: Matter, view: MatterView) -> dict[str, Any]:
    """The cached columns of a matter as its events have them."""
    holder = view.holder if view.state == MatterState.OPEN else None
    waits = [d for d in view.owing if d.answered_at is None and d.due_at]
    if view.state == MatterState.OPEN:
        dues = [d.due_at for d in waits if d.due_at] + ([view.due_at] if view.due_at else [])
        warns = [d.warn_at for d in waits if d.warn_at] + ([view.warn_at] if view.warn_at else [])
    else:
        dues = [d.due_at for d in waits if d.due_at and d.kind == DispatchKind.SUPERVISE]
        warns = []
    is_held = view.state in (MatterState.OPEN, MatterState.ANSWERED)
    return {
        "state": view.state,
        "merged_into_id": view.merged_into,
        "urgency": view.urgency,
        "round": view.round,
        "round_kind": view.round_kind,
        "opened_at": view.opened_at,
        "round_began_at": view.round_began_at,
        "answered_at": view.answered_at,
        "closed_at": view.closed_at,
        "paused_at": view.paused_at,
        "due_at": view.due_at,
        "next_due_at": min(dues, default=None) if view.paused_at is None else None,
        "next_warn_at": min(warns, default=None) if view.paused_at is None else None,
        "owing": len(view.owing),
        "step": view.step,
        "holder_organ_id": holder.to_organ if holder else (matter.owner_id if is_held else None),
        "holder_deputy_id": holder.to_deputy if holder else None,
        "held_since_at": (holder.signed_at or holder.sent_at)
        if holder
        else (view.answered_at or view.round_began_at if is_held else None),
    }


def dispatch_columns(item: DispatchView) -> dict[str, Any]:
    """The cached columns of a dispatch as its events have them."""
    return {
        "state": item.state,
        "signed_at": item.signed_at,
        "handler_id": item.handler,
        "answered_at": item.answered_at,
        "ended_at": item.ended_at,
        "sign_due_at": item.sign_due_at,
        "due_at": item.due_at,
        "warn_at": item.warn_at,
        "is_extended": item.until is not None,
        "reminded": item.reminded,
        "overdue_at": item.overdue_at,
        "escalated_at": item.escalated_at,
    }
