import os
import socket
import subprocess
import sys

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command


def test_a_busy_port_is_one_sentence(settings):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        settings.HOST, settings.PORT = taken.getsockname()
        with pytest.raises(CommandError, match=f"^Port {settings.PORT} is busy"):
            call_command("serve")


def test_a_database_that_is_away_is_one_sentence(tmp_path):
    away = {
        **os.environ,
        "LIANXIN_VAR": str(tmp_path),
        "DATABASE_URL": "postgres://nobody@127.0.0.1:1/x",
        "PORT": "8399",
    }
    done = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=settings.BASE_DIR,
        env=away,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert done.stderr.startswith("CommandError: The database cannot be reached")
    assert "Traceback" not in done.stderr
