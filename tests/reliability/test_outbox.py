"""A bad partner: every event arrives once and in order; `make outbox` kills the workers meanwhile."""

import threading

import pytest
from django.db import transaction

from benchmarks import outbox_parts, receiver
from benchmarks.outbox import Plan, judged
from lianxin.kernel import bus, outbox
from lianxin.kernel.clock import now
from lianxin.kernel.models import OutboxMessage


@pytest.fixture
def partner(tmp_path, monkeypatch):
    """The receiver, in a thread; its file of effects."""
    effects = tmp_path / "effects.jsonl"
    monkeypatch.setattr(receiver, "HANGING", 0.1)
    monkeypatch.setattr(outbox_parts, "TIMEOUT", 0.05)
    with receiver.Receiver(effects) as server:
        monkeypatch.setenv("RECEIVER", str(server.server_address[1]))
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield effects
        server.shutdown()
        thread.join()
        server.file.close()


@pytest.fixture
def joined(monkeypatch):
    monkeypatch.setattr(bus, "_subscriptions", {})
    for name in ("LEASE", "FIRST_PAUSE", "LONGEST_PAUSE"):
        monkeypatch.setattr(outbox, name, getattr(outbox, name))
    outbox_parts.hurry()
    outbox_parts.join()


@pytest.mark.django_db(transaction=True)
def test_events_arrive_once_and_in_order_and_the_poisoned_one_holds_up_nobody(partner, joined):
    with transaction.atomic():
        outbox_parts.announce("poison", 1, 1)
        outbox_parts.announce("outside", 60, 6)
    waiting = OutboxMessage.objects.filter(state=OutboxMessage.State.PENDING)
    for _ in range(60):
        waiting.update(not_before=now())
        outbox.run_pending()
        if not waiting.exists():
            break
    assert judged(partner, Plan(events=60)) | {"sent_again": 0} == {
        "effects": 60,
        "missing": 0,
        "sent_again": 0,
        "out_of_order": 0,
    }
    assert [(one.topic, one.attempts) for one in outbox.parked()] == [
        (bus.qualified(outbox_parts.Poison), 8)
    ]


def test_the_judge_sees_what_is_lost_doubled_and_out_of_order(tmp_path):
    effects = tmp_path / "effects.jsonl"
    effects.write_text(
        '{"stream": "a", "number": 2, "again": false}\n'
        '{"stream": "a", "number": 0, "again": false}\n'
        '{"stream": "a", "number": 0, "again": true}\n'
    )
    assert judged(effects, Plan(events=3)) == {
        "effects": 2,
        "missing": 1,
        "sent_again": 1,
        "out_of_order": 1,
    }
