"""What holds for every test."""

import gc
import importlib
import pkgutil
import tempfile
from pathlib import Path

import pytest
from django.conf import settings

import lianxin
from lianxin.kernel import reference, scope

pytest_plugins = ["tests.engines"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--journeys", action="store_true", help="run the browser journeys too")


def pytest_configure(config: pytest.Config) -> None:
    # What tests plant and look at may lie anywhere; a request has a scope of its own.
    scope.open_for_process("tests")
    # Hashed names need a collected folder; tests look at pages, not at caches.
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    # Each client of a test loads all middleware: looking through 149 files took it 10 ms every time.
    settings.WHITENOISE_AUTOREFRESH = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]


def pytest_collection_finish() -> None:
    """The whole product is there before the first test: a module that is imported while a test has
    another clock in place would keep that clock, and with it sessions that are over.

    Thousands of tests and the product stay until the end; looking through them each time that
    memory is tidied takes a tenth of the time.
    """
    for module in pkgutil.walk_packages(lianxin.__path__, "lianxin."):
        if not {"migrations", "commands", "postgres"} & set(module.name.split(".")):
            importlib.import_module(module.name)
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    if collection_path.name == "journeys" and not config.getoption("--journeys"):
        return True
    return None


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix):
    """SQLite tests use a file, as an installation does: threads share it through WAL.

    A database in memory would share one cache and lock whole tables.
    """
    database = settings.DATABASES["default"]
    if not database["ENGINE"].endswith("sqlite3"):
        yield
        return
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as folder:
        database["TEST"]["NAME"] = f"{folder}/test.sqlite3"
        yield


@pytest.fixture(autouse=True)
def files_folder(tmp_path, settings):
    """What a test writes goes to a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "files"
    settings.NOTICE_FILE = str(tmp_path / "outgoing.jsonl")
    settings.DEMO_ACCOUNTS = tmp_path / "demo-accounts.txt"
    return settings.MEDIA_ROOT


@pytest.fixture(autouse=True)
def nothing_remembered():
    """A test's number of queries does not hang on the tests before it."""
    reference.forget()
