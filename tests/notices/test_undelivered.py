"""What stands still is shown to the system administrator of the place, who decides about it."""

from datetime import UTC, datetime, timedelta

import pytest
from django.urls import reverse

from lianxin.congress.enums import OrganKind
from lianxin.congress.queries import actor_of
from lianxin.kernel import outbox, scheduler
from lianxin.kernel.clock import now
from lianxin.kernel.models import OutboxMessage, ScheduledJob
from lianxin.kernel.refused import Forbidden, IllegalMove
from lianxin.notices import queries, services
from lianxin.notices.models import Notice
from lianxin.record.models import Entry
from tests.congress import factories as make
from tests.notices.undelivered_world import parked

pytestmark = pytest.mark.django_db
TOWN = "530112005"
State = OutboxMessage.State


def operator(division="53"):
    person = make.person()
    organ = make.organ(kind=OrganKind.OPERATOR, code=division)
    make.post(person, "operator", organ)
    return person


@pytest.fixture
def owner(client):
    person = operator()
    client.force_login(make.account(person))
    return person


def address(name, message):
    return reverse(f"notices:{name}", args=[message.event_id, message.handler])


def test_a_parked_event_is_shown_without_what_the_database_quoted(client, owner):
    message = parked(division_code=TOWN)
    page = client.get("/undelivered/").content.decode()
    assert "ValueError at kernel/outbox.py:" in page
    assert "13800138000" not in page + client.get(address("event", message)).content.decode()
    assert address("event", message) in page


def test_tried_again_it_is_delivered(client, owner):
    message = parked(division_code=TOWN)
    assert client.post(address("retry-event", message)).status_code == 302
    message.refresh_from_db()
    assert (message.state, message.attempts) == (State.PENDING, 0)
    entry = Entry.objects.get(action="notices.event.retried")
    assert (entry.subject_id, entry.actor_id) == (message.event_id, owner.pk)
    assert client.post(address("retry-event", message)).status_code == 404


def test_given_up_it_is_never_delivered_and_the_journal_says_why(client, owner):
    message = parked(division_code=TOWN)
    assert client.post(address("event", message), {"reason": ""}).status_code == 200
    answer = client.post(address("event", message), {"reason": "已电话告知"})
    assert answer.url == "/undelivered/"
    message.refresh_from_db()
    assert message.state == State.GIVEN_UP
    assert outbox.run_pending() == 0
    assert Entry.objects.get(action="notices.event.given_up").data["reason"] == "已电话告知"
    with pytest.raises(IllegalMove):
        services.retry_message(message_id=message.pk, by=actor_of(owner.pk), at=now())
    assert outbox.purge(now() + outbox.KEPT * 2) == 1


def test_other_places_see_and_mend_nothing_of_it(owner):
    message = parked(division_code=TOWN)
    other = actor_of(operator("5303").pk)
    assert queries.parked_messages(actor_of(owner.pk)).count() == 1
    assert not queries.parked_messages(other).exists()
    with pytest.raises(Forbidden):
        services.give_up_message(message_id=message.pk, by=other, at=now(), reason="x")


def test_the_system_administrators_of_the_place_hear_of_it_once_a_day(owner):
    operator("5303")
    noon = datetime(2027, 3, 10, 4, tzinfo=UTC)
    assert services.warn_undelivered(at=noon) == 0
    parked(division_code=TOWN)
    assert services.warn_undelivered(at=noon) == 1
    assert services.warn_undelivered(at=noon + timedelta(hours=1)) == 0
    assert services.warn_undelivered(at=noon + timedelta(days=1)) == 1
    assert set(Notice.objects.values_list("person", "url")) == {(owner.pk, "/undelivered/")}


def test_jobs_that_fail_are_shown(client, owner, monkeypatch):
    monkeypatch.setattr(scheduler, "_jobs", {})

    def fail(at):
        raise ConnectionError("no luck")

    scheduler.job("test.unlucky", outbox.KEPT, run=fail)
    scheduler.tick(now())
    cause = ScheduledJob.objects.get(name="test.unlucky").cause
    assert cause.startswith("ConnectionError at kernel/scheduler.py:")
    assert "test.unlucky" in client.get("/undelivered/").content.decode()


def test_the_page_costs_the_same_for_any_number(client, owner, django_assert_num_queries):
    first = parked(division_code=TOWN)
    client.get("/undelivered/")
    with django_assert_num_queries(7) as one:
        client.get("/undelivered/")
    same = {name: getattr(first, name) for name in ("topic", "payload", "handler", "state")}
    OutboxMessage.objects.bulk_create(
        OutboxMessage(**same, key=str(number), division_code=TOWN) for number in range(30)
    )
    with django_assert_num_queries(len(one)):
        client.get("/undelivered/")
