"""The outbox trial's own event and handlers, inside an installation. What is said is JSON.

python -m benchmarks.outbox_parts announce KIND COUNT STREAMS     KIND: outside, inside, poison
python -m benchmarks.outbox_parts work                            a worker until it is killed
python -m benchmarks.outbox_parts states                          how many messages are in which state
"""

from __future__ import annotations

import http.client
import json
import os
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import django

TIMEOUT = 0.4  # seconds that a handler waits for the receiver


@dataclass(frozen=True)
class Outside:
    stream: str
    number: int


@dataclass(frozen=True)
class Inside:
    number: int


@dataclass(frozen=True)
class Poison:
    stream: str


def send(event: Outside) -> None:
    """To the receiver; whatever goes wrong is raised, and tried again under the same id."""
    from lianxin.kernel import bus

    about = bus.delivery()
    assert about is not None
    body = {"id": str(about.event_id), "stream": event.stream, "number": event.number}
    line = http.client.HTTPConnection("127.0.0.1", int(os.environ["RECEIVER"]), timeout=TIMEOUT)
    try:
        line.request("POST", "/", json.dumps(body))
        answer = line.getresponse()
        if answer.status != 200:
            raise ConnectionError(f"answered with {answer.status}")
    finally:
        line.close()


def note(event: Inside) -> None:
    """An effect in the product's own tables, in the transaction that makes the message done."""
    from lianxin.kernel.clock import now
    from lianxin.notices.models import Notice
    from lianxin.people.models import Person

    key = f"outbox-trial-{event.number}"
    person = Person.objects.order_by("pk")[0]
    Notice.objects.create(person=person, event_key=key, kind="trial", text=key, told_at=now())


def refuse(event: Poison) -> None:
    raise ValueError("this will never work")


def join() -> None:
    from lianxin.kernel import bus

    bus.subscribe(Outside, send, atomic=False)
    bus.subscribe(Inside, note)
    bus.subscribe(Poison, refuse)


def hurry() -> None:
    """Leases and pauses of moments: a trial has minutes, not hours."""
    from lianxin.kernel import outbox

    outbox.LEASE = timedelta(seconds=2)
    outbox.FIRST_PAUSE, outbox.LONGEST_PAUSE = (timedelta(milliseconds=n) for n in (20, 500))


def announce(kind: str, count: int, streams: int) -> None:
    from django.db import transaction

    from lianxin.kernel import bus
    from lianxin.people.models import Person

    if kind == "inside":
        Person.objects.create(name="收件人")
    with transaction.atomic():
        for number in range(count):
            stream = f"s{number % streams}"
            events = {"outside": Outside(stream, number), "inside": Inside(number)}
            bus.announce(events.get(kind, Poison(stream)), key=stream, division_code="530112")


def states() -> dict[str, Any]:
    from lianxin.kernel.models import OutboxMessage
    from lianxin.notices.models import Notice

    counts = Counter(OutboxMessage.objects.values_list("state", flat=True))
    tries = OutboxMessage.objects.filter(state="PARKED").values_list("attempts", flat=True)
    effects = Notice.objects.filter(kind="trial").count()
    return {"states": counts, "parked_after": sorted(tries), "effects": effects}


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    hurry()
    join()
    match sys.argv[1:]:
        case ["announce", kind, count, streams]:
            announce(kind, int(count), int(streams))
        case ["work", *words]:
            call_command("work_outbox", *words)
        case ["states"]:
            print(json.dumps(states()))


if __name__ == "__main__":
    main()
