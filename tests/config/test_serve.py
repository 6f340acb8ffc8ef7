import socket

import pytest
from django.core.management import CommandError, call_command

from lianxin.config import checks


def test_a_busy_port_is_one_sentence(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings.HOST, settings.PORT = taken.getsockname()
        with pytest.raises(CommandError, match=f"^Port {settings.PORT} is busy"):
            call_command("serve")


@pytest.mark.django_db
def test_an_old_sqlite_is_one_sentence(settings, monkeypatch):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        settings.HOST, settings.PORT = free.getsockname()
    monkeypatch.setattr(checks, "sqlite_too_old", lambda version: "SQLite is too old.")
    monkeypatch.setattr(checks, "connection", type("Any", (), {"vendor": "sqlite"}))
    with pytest.raises(CommandError, match="SQLite is too old"):
        call_command("serve")
