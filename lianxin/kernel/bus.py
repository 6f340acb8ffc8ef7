"""Events from a lower app to an upper one, through the outbox and never directly."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any
from uuid import UUID

from django.db import transaction

from lianxin.kernel import statements
from lianxin.kernel.ids import uuid7
from lianxin.kernel.models import OutboxMessage

Handler = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Subscription:
    """A handler of one event class. `atomic`: its effects and its "done" are one transaction."""

    event: type
    handler: Handler
    atomic: bool
    when: Callable[[Any], bool] | None = None

    @property
    def name(self) -> str:
        return qualified(self.handler)


@dataclass(frozen=True, slots=True)
class Delivery:
    """What a handler may ask about the message it is handling: see `delivery()`."""

    event_id: UUID
    attempt: int
    division_code: str


_subscriptions: dict[str, dict[str, Subscription]] = {}
_delivery: ContextVar[Delivery | None] = ContextVar("delivery", default=None)


def subscribe(
    event: type,
    handler: Handler,
    *,
    atomic: bool = True,
    when: Callable[[Any], bool] | None = None,
) -> None:
    """Joins a handler to an event class; once per process, in config/wiring.py.

    The handler runs later, in a worker, at least once and in order per key. With `atomic`
    its writes and the message's "done" are one transaction, so that they count exactly
    once; a handler that talks to the outside world (e-mail, SMS, HTTP) must say
    `atomic=False`, or the database would wait for the network, and be idempotent itself
    (`delivery().event_id` names the event).

    `when` looks at the event's own fields as it is announced: where it says no, no message
    is queued for this handler.
    """
    if not (dataclasses.is_dataclass(event) and event.__dataclass_params__.frozen):  # type: ignore[attr-defined]
        raise TypeError(f"{event!r} is no frozen dataclass.")
    _subscriptions.setdefault(qualified(event), {})[qualified(handler)] = Subscription(
        event, handler, atomic, when
    )


def announce(event: Any, *, key: UUID | str, division_code: str) -> UUID:
    """Queues the event for each of its handlers, in the caller's transaction.

    Events with the same key reach a handler in the order they were announced. Returns the
    event's id. Raises RuntimeError outside a transaction.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("An event is announced inside the transaction of its cause.")
    event_id, topic = uuid7(), qualified(type(event))
    joined = [
        one.name
        for one in _subscriptions.get(topic, {}).values()
        if not one.when or one.when(event)
    ]
    if joined:
        payload = encode(event)
        statements.insert(
            *(
                statements.new(
                    OutboxMessage,
                    event_id=event_id,
                    topic=topic,
                    handler=name,
                    key=str(key),
                    division_code=division_code,
                    payload=payload,
                )
                for name in joined
            )
        )
    return event_id


def subscription(topic: str, handler: str) -> Subscription:
    """The subscription of a stored message. Raises LookupError when it is gone."""
    try:
        return _subscriptions[topic][handler]
    except KeyError:
        raise LookupError(f"{handler} does not handle {topic} (any more).") from None


def subscriptions() -> list[Subscription]:
    """All of them, for tests and documentation."""
    return [one for joined in _subscriptions.values() for one in joined.values()]


def delivery() -> Delivery | None:
    """The delivery going on in this thread, None outside a handler."""
    return _delivery.get()


@contextmanager
def delivering(one: Delivery) -> Iterator[None]:
    token = _delivery.set(one)
    try:
        yield
    finally:
        _delivery.reset(token)


def qualified(thing: Any) -> str:
    return f"{thing.__module__}.{thing.__qualname__}"


def encode(event: Any) -> dict[str, Any]:
    """The event's fields as JSON values."""
    return {f.name: _plain(getattr(event, f.name)) for f in dataclasses.fields(event)}


def decode(cls: type, payload: dict[str, Any]) -> Any:
    """The event again. Fields that the class no longer has are dropped."""
    hints = _hints(cls)
    return cls(**{name: _typed(hints[name], v) for name, v in payload.items() if name in hints})


@cache
def _hints(cls: type) -> dict[str, Any]:
    hints = typing.get_type_hints(cls)
    return {f.name: hints[f.name] for f in dataclasses.fields(cls) if f.init}


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if value is None or isinstance(value, (str, bool, int, float)):
        return value
    if isinstance(value, (UUID, Decimal)):
        return str(value)
    if isinstance(value, (datetime, date)):
        return value.isoformat()
    if isinstance(value, (tuple, list, set, frozenset)):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {str(name): _plain(one) for name, one in value.items()}
    raise TypeError(f"An event carries ids, words, numbers and times, no {type(value).__name__}.")


def _typed(hint: Any, value: Any) -> Any:
    origin, parts = typing.get_origin(hint), typing.get_args(hint)
    if value is None or hint is Any:
        return value
    if origin in (typing.Union, types.UnionType):
        return _typed(next(part for part in parts if part is not types.NoneType), value)
    if origin in (tuple, list, set, frozenset):
        return origin(_typed(parts[0], one) for one in value)
    if origin is dict:
        return {_typed(parts[0], name): _typed(parts[1], one) for name, one in value.items()}
    if hint in (datetime, date):
        return hint.fromisoformat(value)
    if isinstance(hint, type) and issubclass(hint, (UUID, Decimal, Enum)):
        return hint(value)
    return value
