"""The same filing sent many times, to a real server over HTTP: one case, one receipt."""

import fcntl
import json
import random
import socket
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pytest

from benchmarks.client import Client
from benchmarks.filings import code_of, marked, walked
from benchmarks.installation import _connect

SENDERS = 200


@pytest.fixture(scope="module")
def server(home):
    """The web part as `serve` runs it, on a database of this module's own."""
    with home.serve(
        "-m",
        "benchmarks.web",
        "lianxin.config.wsgi:application",
        url=home.new_database(like=home.url),
    ) as running:
        yield running


@pytest.fixture
def browser(server):
    with Client(server.port, timeout=120) as client:
        yield client


@pytest.fixture
def cases(home, server):
    """How many cases hold the mark."""

    return lambda mark: home.cases(server.environment["DATABASE_URL"], mark)


def test_two_hundred_parallel_sends_make_one_case(server, browser, cases):
    words, mark = marked(0)
    form = walked(browser, words)
    together, answers = threading.Barrier(SENDERS), []

    def send():
        with Client(server.port, cookies=browser.cookies, timeout=120) as client:
            together.wait()
            answer = client.post("/file/send/", form)
            while answer.status == 503:  # too many in line: come back, as the page says
                time.sleep(random.random())
                answer = client.post("/file/send/", form)
            answers.append(answer)

    threads = [threading.Thread(target=send) for _ in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == SENDERS
    assert {answer.status for answer in answers} == {302}
    assert len({code_of(answer) for answer in answers}) == 1
    assert cases(mark) == 1
    code = code_of(answers[0])
    assert browser.get(f"/t/{code}/receipt/").status == 200


def test_a_lost_answer_is_asked_for_again(server, browser, cases):
    words, mark = marked(1)
    form = walked(browser, words)
    with socket.create_connection(("127.0.0.1", server.port)) as hasty:
        hasty.sendall(browser.request("POST", "/file/send/", urlencode(form).encode()))
    first, second = (browser.post("/file/send/", form) for _ in range(2))
    assert code_of(first)
    assert code_of(first) == code_of(second)
    assert cases(mark) == 1


def test_other_words_under_the_same_key_are_refused(browser, cases):
    words, mark = marked(2)
    form = walked(browser, words)
    assert code_of(browser.post("/file/send/", form))
    page = browser.post("/file/what/", form)
    other, other_mark = marked(3)
    fields = {
        "csrfmiddlewaretoken": page.hidden("csrfmiddlewaretoken"),
        "at": "what",
        "draft": page.hidden("draft"),
        "words": other,
    }
    page = browser.post("/file/where/", fields)
    answer = browser.post("/file/send/", {**form, "draft": page.hidden("draft")})
    assert answer.status == 422
    assert cases(mark) == 1
    assert cases(other_mark) == 0


def filing_of(browser, number):
    """The bytes of a filing by a program, under a key of its own; and its mark."""
    words, mark = marked(number)
    said = json.dumps({"words": words, "division": "530112005"}).encode()
    more = {
        "Content-Type": "application/json",
        "Idempotency-Key": f"program-{mark}",
        "Accept": "application/json",
    }
    return browser.request("POST", "/api/v1/filings", said, more=more), mark


@contextmanager
def nobody_may_file(url):
    """Whoever files gets as far as the transaction and stays there."""
    if url.startswith("sqlite"):
        with Path(f"{url.removeprefix('sqlite:///')}-turn").open("w") as turn:
            fcntl.flock(turn, fcntl.LOCK_EX)
            yield
    else:
        with closing(_connect(url)) as connection:
            connection.execute("LOCK TABLE kernel_idempotencyrecord IN SHARE ROW EXCLUSIVE MODE")
            yield
            connection.rollback()


def test_a_program_s_second_request_is_told_that_the_first_is_running(server, browser, cases):
    request, mark = filing_of(browser, 4)
    answers = []

    def first():
        with Client(server.port, timeout=60) as client:
            answers.append(client.send(request))

    sending = threading.Thread(target=first)
    with nobody_may_file(server.environment["DATABASE_URL"]):
        sending.start()
        time.sleep(0.5)
        second = browser.send(request)
        assert not answers
    sending.join()
    assert second.status == 409
    assert second.header("Content-Type") == "application/problem+json"
    assert second.header("Retry-After") == "1"
    assert json.loads(second.text)["code"] == "idempotency_running"
    assert [one.status for one in answers] == [201]
    third = browser.send(request)
    assert json.loads(third.text) == json.loads(answers[0].text)
    assert cases(mark) == 1


def test_many_programs_with_one_key_file_once(server, browser, cases):
    request, mark = filing_of(browser, 5)
    statuses, together = [], threading.Barrier(40)

    def send():
        with Client(server.port, timeout=60) as client:
            together.wait()
            statuses.append(client.send(request).status)

    threads = [threading.Thread(target=send) for _ in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {201} <= set(statuses) <= {201, 409, 503}
    assert browser.send(request).status == 201
    assert cases(mark) == 1
