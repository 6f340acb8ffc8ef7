"""A production installation starts only with everything it needs, and an old SQLite never."""

import os
import re
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import storages
from django.db import connection

from lianxin.config import documents
from lianxin.config.checks import sqlite_too_old
from lianxin.config.secrets import local_secrets

ROOT = Path(settings.BASE_DIR)


def example(tmp_path):
    lines = (ROOT / "docs" / "production.env.example").read_text(encoding="utf-8").splitlines()
    pairs = dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))
    return {
        **pairs,
        **local_secrets(tmp_path / "secrets"),
        "LIANXIN_VAR": str(tmp_path),
        "DATABASE_URL": f"sqlite:///{tmp_path / 'x.sqlite3'}",
        "PATH": os.environ["PATH"],
    }


def manage(environment, *words):
    return subprocess.run(
        [sys.executable, "manage.py", *words],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
    )


def test_the_production_example_passes_every_deployment_check(tmp_path):
    done = manage(example(tmp_path), "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


@pytest.mark.parametrize("name", ["SECRET_KEY", "LIANXIN_KEYS", "LIANXIN_INDEX_KEY"])
def test_production_refuses_to_make_up_a_secret(tmp_path, name):
    environment = example(tmp_path) | {name: ""}
    done = manage(environment, "check")
    assert done.returncode != 0
    assert "must be set" in done.stderr
    assert not (tmp_path / "local.env").exists()


def test_production_refuses_debugging(tmp_path):
    done = manage(example(tmp_path) | {"DEBUG": "yes"}, "check")
    assert done.returncode != 0
    assert "DEBUG" in done.stderr


def test_local_secrets_are_made_once_and_for_the_owner_alone(tmp_path):
    path = tmp_path / "var" / "local.env"
    first = local_secrets(path)
    assert local_secrets(path) == first
    assert path.stat().st_mode & 0o777 == 0o600
    assert set(first) == {"SECRET_KEY", "LIANXIN_KEYS", "LIANXIN_INDEX_KEY"}


def test_every_variable_of_the_example_is_in_the_table():
    lines = (ROOT / "docs" / "production.env.example").read_text(encoding="utf-8").splitlines()
    names = {line.split("=")[0] for line in lines if line and not line.startswith("#")}
    known = set(re.findall(r"^\| `(\w+)`", documents.settings_page(), re.MULTILINE))
    assert names <= known


@pytest.mark.only_sqlite("asks the SQLite engine how it is set")
def test_sqlite_is_new_and_set_for_durability(db):
    from django.db.backends.sqlite3.base import Database

    assert sqlite_too_old(Database.sqlite_version_info) == ""
    wanted = {
        "journal_mode": "wal",
        "synchronous": 2,
        "foreign_keys": 1,
        "trusted_schema": 0,
        "secure_delete": 1,
        "mmap_size": 0,
    }
    found = {}
    with connection.cursor() as cursor:
        for name in wanted:
            found[name] = cursor.execute(f"PRAGMA {name}").fetchone()[0]
    assert found == wanted
    assert connection.transaction_mode == "IMMEDIATE"


def test_an_old_sqlite_is_one_sentence():
    assert "3.51.3 or newer" in sqlite_too_old((3, 51, 2))
    assert "SQLite 3.40.1 can corrupt" in sqlite_too_old((3, 40, 1))
    assert sqlite_too_old((3, 51, 3)) == ""


def test_static_files_can_be_read_by_the_reverse_proxy_and_attachments_cannot(tmp_path):
    """nginx serves the pages' styles as another user than the product's."""
    modes = {}
    for name in ("staticfiles", "default"):
        known = settings.STORAGES[name]
        options = {**known.get("OPTIONS", {}), "location": tmp_path / name}
        storage = storages.create_storage({**known, "OPTIONS": options})
        kept = Path(storage.path(storage.save("web/page.css", ContentFile(b"a {}"))))
        modes[name] = [stat.S_IMODE(path.stat().st_mode) for path in (kept.parent, kept)]
    assert modes == {"staticfiles": [0o755, 0o644], "default": [0o700, 0o600]}
