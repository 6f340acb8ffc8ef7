"""Telling people, sending messages, reminders in service time."""

import json
from datetime import UTC, datetime, timedelta
from importlib import import_module
from uuid import uuid4

import pytest
from django.apps import apps
from django.core.exceptions import ImproperlyConfigured

from lianxin.kernel import data_keys, outbox
from lianxin.kernel.models import OutboxMessage
from lianxin.kernel.refused import Absent, IllegalMove
from lianxin.notices import queries, services
from lianxin.notices.enums import Channel, DeliveryState
from lianxin.notices.models import Delivery, Notice
from lianxin.notices.rules import AddressRefused
from tests.congress import factories as make
from tests.congress.factories import AT

pytestmark = pytest.mark.django_db
#: A Friday evening in Shanghai; the next service moment is Monday 9:00.
EVENING = datetime(2026, 3, 6, 14, 0, tzinfo=UTC)
MONDAY = datetime(2026, 3, 9, 1, 0, tzinfo=UTC)


def tell(*people, key="case:1:assigned", **more):
    given = {"kind": "assigned", "text": "交来一件", "url": "/inbox/", "event_key": key, "at": AT}
    return services.tell(person_ids=[p.pk for p in people], **{**given, **more})


def test_telling_twice_is_once_each():
    one, two = make.person(), make.person()
    assert tell(one, one, two) == 2
    assert tell(one, two) == 0
    assert tell(one, key="case:1:reminded") == 1
    assert Notice.objects.count() == 3


def test_a_reminder_appears_in_service_time_and_counts_only_then():
    one = make.person()
    tell(one, at=EVENING, reminder_in="530112")
    assert Notice.objects.get().told_at == MONDAY
    assert queries.unread_count(one.pk, at=EVENING + timedelta(hours=1)) == 0
    assert queries.unread_count(one.pk, at=MONDAY) == 1


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example", "javascript:x"])
def test_a_notice_leads_nowhere_else(url):
    with pytest.raises(ValueError, match="path"):
        tell(make.person(), url=url)


def test_reading_is_ones_own():
    one, two = make.person(), make.person()
    tell(one, two)
    mine = Notice.objects.get(person=one)
    with pytest.raises(Absent):
        services.mark_read(notice_id=mine.pk, person_id=two.pk, at=AT)
    services.mark_read(notice_id=mine.pk, person_id=one.pk, at=AT)
    assert (queries.unread_count(one.pk), queries.unread_count(two.pk)) == (0, 1)
    assert services.mark_all_read(person_id=two.pk, at=AT) == 1


def send(key="case:1:answer", **more):
    given = {
        "channel": Channel.SMS,
        "address": "138 0013 8000",
        "text": "您反映的事项有了答复",
        "event_key": key,
        "division_code": "530112",
        "at": AT,
    }
    return services.send(**{**given, **more})


@pytest.fixture
def outgoing(settings, tmp_path):
    settings.NOTICE_BACKEND, settings.NOTICE_FILE = "file", str(tmp_path / "out" / "sent.jsonl")

    def read():
        path = tmp_path / "out" / "sent.jsonl"
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        return [json.loads(line) for line in lines]

    return read


def test_a_message_leaves_once_by_the_outbox_and_its_address_is_forgotten(outgoing):
    first, second = send(), send()
    assert first.pk == second.pk
    assert OutboxMessage.objects.count() == 1
    assert outgoing() == []
    outbox.run_pending(10)
    services.deliver(delivery_id=first.pk, at=AT)
    (left,) = outgoing()
    assert (left["address"], left["key"]) == ("+8613800138000", "case:1:answer")
    kept = Delivery.objects.get()
    assert (kept.state, kept.address) == (DeliveryState.SENT, "")


def test_a_reminder_waits_for_the_morning(outgoing):
    send(at=EVENING, reminder=True)
    assert services.deliver_due(at=EVENING + timedelta(hours=1)) == 0
    assert OutboxMessage.objects.count() == 0
    assert services.deliver_due(at=MONDAY) == 1
    assert services.deliver_due(at=MONDAY) == 0
    assert OutboxMessage.objects.count() == 1


@pytest.mark.parametrize(
    ("channel", "address"),
    [(Channel.SMS, "12"), (Channel.SMS, ""), (Channel.EMAIL, "not-an-address")],
)
def test_addresses_that_lead_nowhere_are_refused(channel, address):
    with pytest.raises(AddressRefused):
        send(channel=channel, address=address)


def test_only_a_failed_message_is_tried_again():
    waiting = send()
    with pytest.raises(IllegalMove):
        services.retry_delivery(delivery_id=waiting.pk, by=None, at=AT)
    Delivery.objects.filter(pk=waiting.pk).update(state=DeliveryState.FAILED)
    assert (
        services.retry_delivery(delivery_id=waiting.pk, by=None, at=AT).state
        == DeliveryState.WAITING
    )


def test_what_is_on_its_way_to_somebody_erased_is_gone_and_failed_nowhere(outgoing):
    key, other = data_keys.make_many(2)
    failed, waiting = send(event_key="a", data_key=key), send(event_key="b", data_key=key)
    send(event_key="c", data_key=other)
    Delivery.objects.filter(pk=failed.pk).update(state=DeliveryState.FAILED)
    assert services.forget_addresses(data_keys=[key]) == 2
    assert not queries.stands_still("530112")
    with pytest.raises(Absent):
        services.retry_delivery(delivery_id=failed.pk, by=None, at=AT)
    assert services.deliver(delivery_id=waiting.pk, at=AT) is None
    assert Delivery.objects.get().data_key == other


def test_what_was_emptied_before_no_longer_stands_among_the_failed():
    emptied, refused = send(event_key="a"), send(event_key="b")
    emptied.address = ""
    emptied.save()
    Delivery.objects.update(state=DeliveryState.FAILED)
    migration = import_module("lianxin.notices.migrations.0004_nothing_left_to_send")
    migration.delete_what_was_emptied(apps, None)
    assert list(Delivery.objects.all()) == [refused]


def test_old_messages_are_forgotten(outgoing):
    kept = send()
    services.deliver(delivery_id=kept.pk, at=AT)
    assert services.forget_sent(at=AT + timedelta(days=100)) == 0
    assert services.forget_sent(at=AT + timedelta(days=200)) == 1


def test_an_unknown_gateway_stops_at_once(settings):
    settings.NOTICE_BACKEND = "pigeon"
    with pytest.raises(ImproperlyConfigured):
        services.gateway()


def test_the_console_shows_no_number(settings, caplog):
    settings.NOTICE_BACKEND = "console"
    caplog.set_level("INFO")
    services.deliver(delivery_id=send().pk, at=AT)
    assert "138****8000" in caplog.text
    assert "13800138000" not in caplog.text


def test_delivering_what_is_gone_does_nothing():
    assert services.deliver(delivery_id=uuid4(), at=AT) is None
