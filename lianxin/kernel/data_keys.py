"""A key per resident: whatever somebody left is sealed with it, and dies with it, in back-ups too.

The keys stand in a table apart from the rows they open, wrapped by the installation's key. A row
names its key (`kernel.models.Keyed`), and so does every sealed text.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from uuid import UUID
from weakref import WeakSet

from django.apps import apps

from lianxin.kernel import statements
from lianxin.kernel.ids import uuid7
from lianxin.kernel.keys import UnknownKeyError
from lianxin.kernel.seals import OwnKey, unwrap, wrap

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from lianxin.kernel.fields import Sealed
    from lianxin.kernel.models import DataKey

SECRET_BYTES = 32
#: Keys that one thread may hold for writing: those of the act it is about.
_HELD = 64
_BATCH = 500
_local = threading.local()


def make() -> UUID:
    """A new key: one row with the wrapped secret, in the caller's transaction. Returns its id."""
    row = draw()
    statements.insert(row)
    return row.id


def draw() -> DataKey:
    """A new key that seals in this thread from now on.

    Its row is unsaved: it belongs into the transaction of what the key seals.
    """
    key = OwnKey(uuid7(), os.urandom(SECRET_BYTES))
    _hold(key)
    return statements.new(_table(), id=key.id, wrapped=wrap(key))


def make_many(number: int) -> list[UUID]:
    """Many at once, for imports."""
    keys = [OwnKey(uuid7(), os.urandom(SECRET_BYTES)) for _ in range(number)]
    table = _table()
    table.objects.bulk_create((table(id=key.id, wrapped=wrap(key)) for key in keys), _BATCH)
    for key in keys[-_HELD:]:
        _hold(key)
    return [key.id for key in keys]


def for_writing(key_id: UUID) -> OwnKey:
    """The key in the clear. Raises UnknownKeyError when it was destroyed or never was."""
    held = _held().get(key_id)
    if held is None:
        held = for_reading(key_id)
        if held is None:
            raise UnknownKeyError(f"The key {key_id} is gone: nothing can be sealed with it.")
        _hold(held)
    return held


def for_reading(key_id: UUID) -> OwnKey | None:
    """The key in the clear, held nowhere; None once it was destroyed. One query."""
    wrapped = wrapped_of([key_id], "default").get(key_id)
    return unwrap(wrapped, key_id) if wrapped else None


def usable(key_id: UUID) -> UUID | None:
    """The same key while it seals. None once it was destroyed: a row without one makes its own."""
    try:
        return for_writing(key_id).id
    except UnknownKeyError:
        return None


@contextmanager
def one_act() -> Iterator[None]:
    """Lets go of the keys held for writing when a request or a job is over.

    Before the next act, another process may have destroyed one of them.
    """
    try:
        yield
    finally:
        _held().clear()


def wrapped_of(ids: Iterable[UUID], alias: str) -> dict[UUID, bytes]:
    """The wrapped keys of `ids`, empty bytes for those destroyed. One query for up to 500."""
    found: dict[UUID, bytes] = {}
    wanted = list(ids)
    for start in range(0, len(wanted), _BATCH):
        rows = _table().objects.using(alias).filter(pk__in=wanted[start : start + _BATCH])
        found |= {key: bytes(wrapped) for key, wrapped in rows.values_list("pk", "wrapped")}
    return found


def destroy(ids: Collection[UUID | None], *, erased: bool) -> int:
    """Destroys keys, in the caller's transaction: what they sealed opens nowhere any more.

    The row stays and says that the key is gone. With `erased` it also says that the resident wished
    it, so that an old back-up brought back can be emptied again; a key that ran out before is marked,
    too. Returns how many were destroyed now.
    """
    wanted = {key for key in ids if key is not None}
    for key in wanted:
        _held().pop(key, None)
    rows = _table().objects.filter(pk__in=wanted)
    if erased:
        rows.filter(is_erased=False).update(is_erased=True)
    return rows.exclude(wrapped=b"").update(wrapped=b"")


def erased() -> QuerySet[DataKey, UUID]:
    """The ids of all keys destroyed at a resident's wish so far."""
    return _table().objects.filter(is_erased=True).values_list("pk", flat=True)


class Bunch:
    """Texts read together: the first that is opened fetches the keys of them all, in one query.

    It holds its texts weakly, and ends with them: no key outlives the rows that were read.
    """

    __slots__ = ("_alias", "_texts", "_wrapped")

    def __init__(self, alias: str) -> None:
        self._alias = alias
        self._texts: WeakSet[Sealed] = WeakSet()
        self._wrapped: dict[UUID, bytes] | None = None

    @property
    def is_opened(self) -> bool:
        return self._wrapped is not None

    def add(self, text: Sealed) -> None:
        self._texts.add(text)

    def secret(self, key_id: UUID) -> bytes | None:
        """The key in the clear; None when it was destroyed. Raises UnknownKeyError."""
        if self._wrapped is None:
            ids = {text.own_key for text in self._texts} - {None}
            self._wrapped = wrapped_of((key for key in ids if key), self._alias)
        if key_id not in self._wrapped:
            raise UnknownKeyError(f"There is no key {key_id}.")
        wrapped = self._wrapped[key_id]
        return unwrap(wrapped, key_id).secret if wrapped else None


def reading(alias: str) -> Bunch:
    """The bunch that texts read now belong to: a new one once the last was opened."""
    bunches: dict[str, Bunch] = _local.__dict__.setdefault("bunches", {})
    bunch = bunches.get(alias)
    if bunch is None or bunch.is_opened:
        bunch = bunches[alias] = Bunch(alias)
    return bunch


def _held() -> OrderedDict[UUID, OwnKey]:
    held: OrderedDict[UUID, OwnKey] = _local.__dict__.setdefault("held", OrderedDict())
    return held


def _hold(key: OwnKey) -> None:
    held = _held()
    held[key.id] = key
    while len(held) > _HELD:
        held.popitem(last=False)


def _table() -> type[DataKey]:
    table: Any = apps.get_model("kernel", "DataKey")
    return table
