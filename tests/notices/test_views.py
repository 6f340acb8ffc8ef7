"""The bell page."""

import pytest
from django.urls import reverse

from lianxin.kernel.clock import now
from lianxin.notices import services
from lianxin.notices.models import Notice
from tests.congress import factories as make

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(client):
    owner = make.person()
    client.force_login(make.account(owner))
    return owner


def tell(owner, count):
    for number in range(count):
        services.tell(
            person_ids=[owner.pk],
            kind="assigned",
            text=f"第{number}件",
            url="/account/",
            event_key=f"key-{number}",
            at=now(),
        )


def test_opening_a_notice_reads_it_and_goes_there(client, owner):
    tell(owner, 1)
    notice = Notice.objects.get()
    assert "第0件" in client.get("/notices/").content.decode()
    response = client.post(reverse("notices:open", args=[notice.pk]))
    assert response.url == "/account/"
    assert "第0件" not in client.get("/notices/?show=unread").content.decode()


def test_all_are_read_and_nobody_elses(client, owner):
    other = make.person()
    tell(owner, 2)
    tell(other, 1)
    client.post("/notices/read/")
    assert list(Notice.objects.filter(read_at__isnull=True).values_list("person", flat=True)) == [
        other.pk
    ]
    assert (
        client.post(reverse("notices:open", args=[Notice.objects.get(person=other).pk])).status_code
        == 404
    )


@pytest.mark.parametrize("count", [1, 30, 70])
def test_the_bell_costs_the_same_for_any_number(client, owner, count, django_assert_num_queries):
    tell(owner, count)
    client.get("/notices/")
    with django_assert_num_queries(5):
        client.get("/notices/")
