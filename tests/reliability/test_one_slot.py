"""One time that five hundred people want at the same moment, over HTTP: no seat goes twice."""

import random
import re
import threading
import time
from collections import Counter
from urllib.parse import urlencode

import pytest

from benchmarks.client import Client
from lianxin.kernel.ids import uuid7

PEOPLE = 500
RECEIPT = re.compile(r"/reception/bookings/([0-9A-Z-]{29})/$")


class Rush:
    """A server on a database of its own, with days to book and phones that are proven."""

    def __init__(self, home, server, url, made):
        self.home, self.server, self.url = home, server, url
        self.days, self.phones = made["days"], made["phones"]
        with Client(server.port, timeout=120) as browser:
            page = browser.get(path(self.days[0][0]))
            assert page.status == 200
            self.token, self.cookies = page.hidden("csrfmiddlewaretoken"), browser.cookies

    def form(self, person):
        phone, proof = self.phones[person]
        return {
            "csrfmiddlewaretoken": self.token,
            "key": str(uuid7()),
            "name": f"来访人{person}",
            "phone": phone,
            "topic": "停车难",
            "persons": "1",
            "needs": "",
            "consents": "on",
            "wait": "",
            "token": proof,
            "act": "book",
        }

    def send(self, sendings):
        """All (slot, person) at once; the answers."""
        together, answers = threading.Barrier(len(sendings)), []

        def one(slot, person):
            with Client(self.server.port, cookies=self.cookies, timeout=300) as client:
                body = urlencode(self.form(person)).encode()
                request = client.request("POST", path(slot), body)
                together.wait()
                answer = client.send(request)
                while answer.status == 503:  # too many in line: come back, as the page says
                    time.sleep(random.random())
                    answer = client.send(request)
                answers.append(answer)

        threads = [threading.Thread(target=one, args=each) for each in sendings]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(answers) == len(sendings)
        return answers

    def judged(self):
        rows = self.home.ask("benchmarks.one_slot", "judge", url=self.url)
        return {one["slot"]: one for one in rows}


def path(slot):
    return f"/reception/slots/{slot}/"


@pytest.fixture(scope="module")
def rush(home):
    """Three days: with times for one visitor, for three, and for one again."""
    url = home.new_database(like=home.url)
    made = home.ask("benchmarks.one_slot", "prepare", str(PEOPLE), "1", "3", "1", url=url)
    web = ("-m", "benchmarks.web", "lianxin.config.wsgi:application")
    with home.serve(*web, url=url) as server:
        yield Rush(home, server, url, made)


@pytest.mark.parametrize(("day", "capacity", "people"), [(0, 1, PEOPLE), (1, 3, 100)])
def test_all_at_once_get_exactly_the_seats_there_are(rush, day, capacity, people):
    first, second = rush.days[day][:2]
    answers = rush.send([(first, person) for person in range(people)])
    assert Counter(one.status for one in answers) == {302: capacity, 409: people - capacity}
    won = [one.header("Location") for one in answers if one.status == 302]
    assert len({RECEIPT.search(location).group(1) for location in won}) == capacity
    lost = next(one for one in answers if one.status == 409).text
    assert "有人快了一步" in lost
    assert 'name="token"' in lost  # what was typed and proven is still there
    assert second in lost  # and so is another time, one press away
    found = rush.judged()[first]
    assert found["seats"] == list(range(1, capacity + 1))
    assert found["taken"] == found["bookings"] == capacity


def test_one_phone_at_many_times_at_once_gets_one(rush):
    slots = rush.days[2]
    answers = rush.send([(slots[number % len(slots)], 0) for number in range(60)])
    assert Counter(one.status for one in answers) == {302: 1, 409: 59}
    judged = rush.judged()
    assert sum(judged[slot]["bookings"] for slot in slots) == 1
