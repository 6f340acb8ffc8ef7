"""Who finds too many before him is turned away at once, and everybody inside is served."""

import json
import threading

from lianxin.config import doors
from lianxin.config.doors import Doors


def ask(door, accept="text/html"):
    said = {}
    body = door(
        {"HTTP_ACCEPT": accept}, lambda status, headers: said.update(headers, status=status)
    )
    return said, b"".join(body)


class House:
    """Serves nobody before it is opened; counts who is in at once."""

    def __init__(self):
        self.opened, self.lock = threading.Event(), threading.Lock()
        self.inside = self.most = 0

    def __call__(self, environ, start_response):
        with self.lock:
            self.inside += 1
            self.most = max(self.most, self.inside)
        self.opened.wait(10)
        with self.lock:
            self.inside -= 1
        start_response("200 OK", [])
        return [b"served"]


def crowd(door, count):
    answers = []
    guests = [threading.Thread(target=lambda: answers.append(ask(door)[1])) for _ in range(count)]
    for guest in guests:
        guest.start()
    return guests, answers


def test_two_work_three_wait_and_the_sixth_is_told_to_come_back():
    house = House()
    door = Doors(house, working=2, waiting=3)
    guests, answers = crowd(door, 5)
    while house.inside < 2 or door._line._value:
        threading.Event().wait(0.001)
    said, body = ask(door)
    assert said["status"].startswith("503")
    assert said["Retry-After"] == str(doors.RETRY_AFTER)
    assert said["Cache-Control"] == "no-store"
    assert "人" in body.decode()
    house.opened.set()
    for guest in guests:
        guest.join()
    assert answers == [b"served"] * 5
    assert house.most == 2
    assert ask(door)[1] == b"served"


def test_who_waits_too_long_is_told_too(monkeypatch):
    monkeypatch.setattr(doors, "PATIENCE", 0.01)
    house = House()
    door = Doors(house, working=1, waiting=1)
    guests, _answers = crowd(door, 1)
    while not house.inside:
        threading.Event().wait(0.001)
    assert ask(door)[0]["status"].startswith("503")
    house.opened.set()
    guests[0].join()
    assert ask(door)[1] == b"served"


def test_a_house_that_breaks_leaves_its_place_free():
    def breaks(environ, start_response):
        raise RuntimeError

    door = Doors(breaks, working=1, waiting=0)
    for _ in range(3):
        try:
            ask(door)
        except RuntimeError:
            continue
    assert door._line._value == door._places._value == 1


def test_programs_get_a_problem():
    said, body = ask(Doors(lambda *_: [], working=1, waiting=-1), accept="application/json")
    assert said["Content-Type"] == "application/problem+json"
    assert json.loads(body)["status"] == 503
