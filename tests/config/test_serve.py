import socket

import pytest
from django.core.management import CommandError, call_command


def test_a_busy_port_is_one_sentence(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings.HOST, settings.PORT = taken.getsockname()
        with pytest.raises(CommandError, match=f"^Port {settings.PORT} is busy"):
            call_command("serve")
