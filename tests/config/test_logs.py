import logging

import pytest

from lianxin.config.logs import DiscreetFormatter, discreet
from lianxin.kernel.codes import new_code

LINES = ("GET /track/{}/ 404", "from {}", "code={}, gone", "“{}”")


def secrets():
    yield from ("13800138000", "+86 138 0013 8000", "138-0013-8000", "11010519491231002X")
    for _ in range(200):
        code = new_code()
        yield from (code, code.lower(), code.replace("-", ""), code.replace("-", " "))


@pytest.mark.parametrize("line", LINES)
def test_secrets_never_reach_a_line(line):
    for secret in secrets():
        written = discreet(line.format(secret))
        assert secret not in written
        assert "▒▒▒▒" in written


@pytest.mark.parametrize(
    "line",
    [
        "2026-11-20T08:00:00Z INFO lianxin.config started",
        "Not Found: /static/web/page.css",
        "127 cases in 3.5 s, port 8000",
        "division 532524100000 has 12 grids",
        "subject 01936f2e-7c1b-7d7e-9f3a-2b6c5d4e3f2a",
    ],
)
def test_ordinary_lines_stay_readable(line):
    assert discreet(line) == line


def test_a_message_cannot_forge_a_second_line():
    record = logging.LogRecord(
        "x", logging.INFO, "file", 1, "one\nERROR two %s", ("\r\nthree",), None
    )
    assert "\n" not in DiscreetFormatter().format(record)
