"""What `make rotation` needs inside of an installation:

python -m benchmarks.rotation_parts fill ROWS    so many rows with sealed texts beside those that are there
python -m benchmarks.rotation_parts check OLD    how many texts open, and how many name the key OLD
python -m benchmarks.rotation_parts leave        seals a text of three tables with the first key: the control

What is said is JSON. `check` asks the columns themselves, not the code that changes keys.
"""

from __future__ import annotations

import json
import secrets
import sys
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from django.db.models import Model

AT_ONCE = 1000
#: Headers of what the installation's key seals: the algorithms of `kernel.seals`, and the number.
BY_INSTALLATION = (1, 2)


def fill(count: int) -> dict[str, int]:
    """Half of them have a resident's own key, a quarter each are outcomes of forms and browsers
    that proved a phone: both sealed with the installation's key."""
    from django.db import transaction

    from lianxin.kernel.clock import now

    at = now()
    for start in range(0, count, AT_ONCE):
        number = min(AT_ONCE, count - start)
        with transaction.atomic():
            _deliveries(number // 2, at)
            _outcomes((number + 1) // 4, at)
            _browsers(number - number // 2 - (number + 1) // 4, at)
    return {"rows": count}


def _deliveries(count: int, at: datetime) -> None:
    from lianxin.kernel import data_keys
    from lianxin.notices.enums import Channel, DeliveryState
    from lianxin.notices.models import Delivery

    Delivery.objects.bulk_create(
        Delivery(
            division_code="530112005",
            data_key=key,
            channel=Channel.SMS,
            event_key=f"rotation:{key}",
            address=f"+86138{number:08d}",
            text="您反映的事项有了新进展。",
            state=DeliveryState.SENT,
            queued_at=at,
            sent_at=at,
        )
        for number, key in enumerate(data_keys.make_many(count))
    )


def _outcomes(count: int, at: datetime) -> None:
    from lianxin.cases.models import Case
    from lianxin.kernel import codes
    from lianxin.kernel.models import IdempotencyRecord

    case = Case.objects.earliest("pk")
    IdempotencyRecord.objects.bulk_create(
        IdempotencyRecord(
            key=secrets.token_hex(16),
            actor="rotation",
            route="rotation",
            body_hash=secrets.token_hex(32),
            status=IdempotencyRecord.Status.DONE,
            response_body=json.dumps([str(case.pk), case.number, codes.new_code()]),
            created_at=at,
            expires_at=at + timedelta(days=30),
        )
        for _ in range(count)
    )


def _browsers(count: int, at: datetime) -> None:
    from lianxin.kernel.fields import blind_index
    from lianxin.people.models import ResidentSession

    ResidentSession.objects.bulk_create(
        ResidentSession(
            key_digest=secrets.token_bytes(32),
            phone=(phone := f"+86139{number:08d}"),
            phone_index=blind_index("phone", phone),
            began_at=at,
            seen_at=at,
        )
        for number in range(count)
    )


def check(old: int) -> dict[str, Any]:
    """Opens every sealed text, in every table, with the keys that this process was given."""
    from django.apps import apps

    from lianxin.kernel.keys import UnknownKeyError
    from lianxin.kernel.models import DataKey
    from lianxin.kernel.seals import SealBrokenError

    found = {"tables": 0, "texts": 0, "unreadable": 0, "old_ids": _naming(DataKey, "wrapped", old)}
    for model in apps.get_models():
        names = _sealed(model)
        found["tables"] += bool(names)
        found["old_ids"] += sum(_naming(model, name, old) for name in names)
        for row in _all(model) if names else ():
            for name in (name for name in names if row.__dict__[name]):
                found["texts"] += 1
                try:
                    getattr(row, name)
                except (UnknownKeyError, SealBrokenError):
                    found["unreadable"] += 1
    return found


def _sealed(model: type[Model]) -> list[str]:
    from lianxin.kernel.fields import SealedTextField

    return [one.attname for one in model._meta.local_fields if isinstance(one, SealedTextField)]


def _all(model: type[Model]) -> Iterator[Model]:
    """In lists: texts that are read together get their keys together."""
    rows, last = model._default_manager.order_by("pk"), None
    while batch := list(rows.filter(pk__gt=last)[:AT_ONCE] if last else rows[:AT_ONCE]):
        yield from batch
        last = batch[-1].pk


def _naming(model: type[Model], name: str, number: int) -> int:
    """How many values of a column begin with the number of this key, whatever the algorithm."""
    from django.db import connection

    column, table = model._meta.get_field(name).column, model._meta.db_table
    with connection.cursor() as cursor:
        cursor.execute(f'SELECT "{column}" FROM "{table}" WHERE length("{column}") > 1')
        heads = (bytes(value)[:2] for (value,) in cursor.fetchall())
        return sum(head[0] in BY_INSTALLATION and head[1] == number for head in heads)


def leave() -> dict[str, int]:
    """As a rotation would that forgot a row here and there; only with the old key first."""
    from lianxin.kernel.models import DataKey, IdempotencyRecord
    from lianxin.kernel.seals import unwrap, wrap
    from lianxin.people.models import ResidentSession

    for model, name in ((IdempotencyRecord, "response_body"), (ResidentSession, "phone")):
        row: Any = model._default_manager.latest("pk")
        setattr(row, name, getattr(row, name))
        row.save(update_fields=(name,))
    key = DataKey.objects.exclude(wrapped=b"").latest("pk")
    key.wrapped = wrap(unwrap(bytes(key.wrapped), key.pk))
    key.save(update_fields=("wrapped",))
    return {"left": 3}


def main() -> None:
    import django

    django.setup()
    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    match sys.argv[1:]:
        case ["fill", count]:
            print(json.dumps(fill(int(count))))
        case ["check", old]:
            print(json.dumps(check(int(old))))
        case ["leave"]:
            print(json.dumps(leave()))


if __name__ == "__main__":
    main()
