import pytest
from django.core.exceptions import ImproperlyConfigured

from lianxin.config.environment import PATIENCE, Environment, database


def test_values_defaults_and_the_table():
    env = Environment({"PORT": " 9000 ", "DEBUG": "Yes", "EMPTY": ""})
    assert env.number("PORT", 8000, "The port.") == 9000
    assert env.flag("DEBUG", False, "Debugging.") is True
    assert env.text("EMPTY", "else", "Nothing.") == "else"
    assert env.words("HOSTS", "a, b,", "Hosts.") == ["a", "b"]
    assert env.table() == (
        "| variable | default | meaning |\n|---|---|---|\n"
        "| `PORT` | `8000` | The port. |\n"
        "| `DEBUG` | `no` | Debugging. |\n"
        "| `EMPTY` | `else` | Nothing. |\n"
        "| `HOSTS` | `a, b,` | Hosts. |\n"
    )


@pytest.mark.parametrize(
    ("value", "call"),
    [
        ("often", lambda env: env.flag("X", False, "")),
        ("many", lambda env: env.number("X", 1, "")),
    ],
)
def test_a_value_that_cannot_be_read_names_its_variable(value, call):
    with pytest.raises(ImproperlyConfigured, match="X must be"):
        call(Environment({"X": value}))


def test_database_urls():
    assert database("sqlite:////var/lib/x.sqlite3")["NAME"] == "/var/lib/x.sqlite3"
    socket = database("postgres:///lianxin?host=/run/postgresql")
    assert (socket["NAME"], socket["HOST"], socket["OPTIONS"]) == (
        "lianxin",
        "/run/postgresql",
        PATIENCE,
    )
    remote = database("postgres://me:p%40ss@db.example:5433/lianxin?sslmode=require")
    assert remote["USER"] == "me"
    assert remote["PASSWORD"] == "p@ss"
    assert (remote["HOST"], remote["PORT"]) == ("db.example", "5433")
    assert remote["OPTIONS"] == {**PATIENCE, "sslmode": "require"}
    several = database("postgres://me@a:1,b:2/x?target_session_attrs=read-write&connect_timeout=9")
    assert (several["HOST"], several["PORT"]) == ("a,b", "1,2")
    assert several["OPTIONS"]["target_session_attrs"] == "read-write"
    assert several["OPTIONS"]["connect_timeout"] == "9"
    assert database("postgres://me@[::1]:1/x")["HOST"] == "::1"
    with pytest.raises(ImproperlyConfigured, match="DATABASE_URL"):
        database("mysql://x/y")
