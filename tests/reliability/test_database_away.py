"""The line to the database is cut under a running server: no false receipt, a page that says so, and
everything works again without a hand."""

import time
from urllib.parse import parse_qsl, urlsplit

import pytest

from benchmarks.client import Client
from benchmarks.filings import code_of, marked, walked
from benchmarks.relay import Relay

pytestmark = pytest.mark.only_postgresql("SQLite has no line that could be cut; see test_disk_full")


def target(url):
    """Where the database really is: a port, or the socket in the folder that `host` names."""
    parts = urlsplit(url)
    host = dict(parse_qsl(parts.query)).get("host") or parts.hostname or ""
    return f"{host}/.s.PGSQL.{parts.port or 5432}" if host.startswith("/") else parts.port or 5432


@pytest.fixture
def line(url):
    with Relay(target(url)) as found:
        yield found


@pytest.fixture
def server(home, url, line):
    parts = urlsplit(url)
    through = (
        f"postgres://{parts.username}:{parts.password or ''}@127.0.0.1:{line.port}{parts.path}"
    )
    with home.serve(url=through) as running:
        yield running


def until(seconds, wanted):
    """Tries until it holds; returns whether it came to hold in so many seconds."""
    end = time.monotonic() + seconds
    while not wanted():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True


def test_a_lost_database_costs_nobody_anything(home, url, line, server):
    words, mark = marked(0)
    with Client(server.port) as browser:
        form = walked(browser, words)
        line.cut()
        answer = browser.post("/file/send/", form)
        assert answer.status == 503
        assert answer.header("Retry-After")
        assert code_of(answer) is None
        assert form["draft"] in answer.text.replace("&#x27;", "'")  # can be sent again from here
        assert browser.get("/health/").status == 200
        assert browser.get("/ready/").status == 503
        assert until(20, lambda: "outbox: waits" in server.log.read_text(encoding="utf-8"))
        line.mend()
        assert until(10, lambda: browser.get("/ready/").status == 200)
        code = code_of(browser.post("/file/send/", form))
        assert code
        assert browser.get(f"/t/{code}/receipt/").status == 200
    assert home.cases(url, mark) == 1
    said = server.log.read_text(encoding="utf-8")
    assert until(10, lambda: "outbox: goes on" in server.log.read_text(encoding="utf-8")), said
