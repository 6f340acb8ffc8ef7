from concurrent.futures import ThreadPoolExecutor, wait
from datetime import timedelta
from threading import Barrier, Event

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import QueryDict

from lianxin.kernel import idempotency
from lianxin.kernel.clock import now
from lianxin.kernel.idempotency import UnderWay, hash_body, once, without_waiting
from lianxin.kernel.refused import Refused
from tests.kernel.world import Effect

HASH = "a" * 64


def send(key="k", actor="a", route="file", body=HASH, outcome="7K3F-92QX"):
    def act() -> str:
        Effect.objects.create(number=1, stream=key)
        return outcome

    return once(key=key, actor=actor, route=route, body_hash=body, act=act)


@pytest.mark.django_db
def test_the_second_send_gets_the_first_outcome():
    assert send() == "7K3F-92QX"
    assert send(outcome="another") == "7K3F-92QX"
    assert Effect.objects.count() == 1


@pytest.mark.django_db
def test_another_body_or_page_is_refused_and_another_sender_learns_nothing():
    send()
    for change, status in (
        ({"body": "b" * 64}, 422),
        ({"route": "answer"}, 422),
        ({"actor": "b"}, 409),
        ({"actor": "b", "body": "b" * 64}, 409),
        ({"key": ""}, 400),
        ({"key": "k" * 256}, 400),
    ):
        with pytest.raises(Refused) as refused:
            send(**change)
        assert refused.value.status == status
        assert "7K3F" not in str(refused.value)
    assert Effect.objects.count() == 1


@pytest.mark.django_db
def test_a_refused_write_leaves_its_key_free():
    def refuse() -> str:
        Effect.objects.create(number=1, stream="k")
        raise Refused("no")

    with pytest.raises(Refused, match="no"):
        once(key="k", actor="a", route="file", body_hash=HASH, act=refuse)
    assert not Effect.objects.exists()
    assert send() == "7K3F-92QX"


@pytest.mark.django_db
def test_the_outcome_is_sealed():
    send()
    with connection.cursor() as cursor:
        cursor.execute("SELECT response_body FROM kernel_idempotencyrecord")
        assert b"7K3F" not in bytes(cursor.fetchone()[0])


@pytest.mark.django_db
def test_records_are_purged_after_30_days():
    send()
    assert idempotency.purge(now() + timedelta(days=29)) == 0
    assert idempotency.purge(now() + timedelta(days=31)) == 1
    send()
    assert Effect.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_200_parallel_sends_with_one_key_have_one_effect(committed):
    threads = 200 if connection.vendor == "sqlite" else 60  # connections of PostgreSQL are few
    barrier = Barrier(threads)

    def one(number: int) -> list[str]:
        try:
            barrier.wait()
            rounds = 1 if threads == 200 else 4
            return [send(outcome=str(number)) for _ in range(rounds)]
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        outcomes = [outcome for part in pool.map(one, range(threads)) for outcome in part]
    assert len(outcomes) >= 200
    assert len(set(outcomes)) == 1
    assert Effect.objects.count() == 1


class Slow:
    """A first sender that is at its act until it is let go."""

    def __init__(self, key="k"):
        self.key, self.at_it, self.go_on = key, Event(), Event()

    def __call__(self):
        def act() -> str:
            Effect.objects.create(number=1, stream=self.key)
            self.at_it.set()
            assert self.go_on.wait(10)
            return "7K3F-92QX"

        try:
            with without_waiting():
                return once(key=self.key, actor="a", route="file", body_hash=HASH, act=act)
        finally:
            connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_program_is_told_while_its_first_request_runs_and_gets_the_outcome_afterwards(committed):
    first = Slow()
    with ThreadPoolExecutor(1) as pool:
        running = pool.submit(first)
        try:
            assert first.at_it.wait(30)
            with without_waiting():
                for change in ({}, {"actor": "b"}, {"body": "b" * 64}):
                    with pytest.raises(UnderWay) as refused:
                        send(**change)
            assert (refused.value.status, refused.value.retry_after) == (409, 1)
        finally:
            first.go_on.set()
        assert running.result() == "7K3F-92QX"
    with without_waiting():
        assert send() == "7K3F-92QX"
    assert Effect.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_person_who_sends_twice_waits_for_the_same_outcome(committed):
    first = Slow()

    def second() -> str:
        try:
            return send(outcome="another")
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(first)
        try:
            assert first.at_it.wait(30)
            waiting = pool.submit(second)
            assert not wait([waiting], timeout=0.2).done
        finally:
            first.go_on.set()
        assert running.result() == waiting.result() == "7K3F-92QX"
    assert Effect.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_after_a_first_request_that_failed_the_key_is_free_for_programs_too(committed):
    def fail() -> str:
        raise Refused("no")

    with without_waiting():
        with pytest.raises(Refused, match="no"):
            once(key="k", actor="a", route="file", body_hash=HASH, act=fail)
        assert send() == "7K3F-92QX"


@pytest.mark.django_db(transaction=True)
def test_many_programs_with_one_key_have_one_effect(committed):
    threads = 30
    barrier = Barrier(threads)

    def one(number: int) -> str:
        try:
            barrier.wait()
            with without_waiting():
                return send(outcome=str(number))
        except UnderWay:
            return "later"
        finally:
            connection.close()

    with ThreadPoolExecutor(threads) as pool:
        outcomes = set(pool.map(one, range(threads)))
    assert len(outcomes - {"later"}) == 1
    assert Effect.objects.count() == 1


def test_the_hash_of_a_form_covers_values_and_files():
    form = QueryDict("what=路灯&kind=1&kind=2&csrfmiddlewaretoken=x")
    same = QueryDict("kind=1&kind=2&what=路灯&csrfmiddlewaretoken=y")
    other = QueryDict("kind=2&kind=1&what=路灯")
    assert hash_body(form) == hash_body(same) != hash_body(other)
    photo = SimpleUploadedFile("a.jpg", b"one")
    assert hash_body(form, [photo]) == hash_body(form, [SimpleUploadedFile("b.jpg", b"one")])
    assert hash_body(form, [photo]) != hash_body(form, [SimpleUploadedFile("a.jpg", b"two")])
    assert hash_body(form, [photo]) != hash_body(form)
    assert photo.read() == b"one"
    assert len(hash_body({"a": [1, None]})) == 64
