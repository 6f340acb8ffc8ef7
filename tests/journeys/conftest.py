"""A world, a server and browsers for the journeys."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.journeys.people import AXE, DESK, PHONE, Person, faults_of
from tests.journeys.site import Site, build_world

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
FAILED = pytest.StashKey[bool]()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every test of this folder is a journey, and needs a browser."""
    here = Path(__file__).parent
    missing = [
        what for what, path in (("Chromium", Path(CHROMIUM)), ("npm ci", AXE)) if not path.exists()
    ]
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.journey)
            if missing:
                item.add_marker(pytest.mark.skip(reason=f"needs {' and '.join(missing)}"))


@pytest.fixture(scope="session")
def world(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demo world on disk; JOURNEY_WORLD names one that was built before."""
    kept = os.environ.get("JOURNEY_WORLD")
    base = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        base = base.parent  # several walk at once, and share one world
    folder = Path(kept) if kept else base / "journey-world"
    with (base / "journey-world.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return folder if folder.exists() else build_world(folder)


@pytest.fixture(scope="module")
def site(world: Path, tmp_path_factory: pytest.TempPathFactory):
    """A server of one's own per module: what one module does to time, the others do not feel."""
    site = Site.start(world, tmp_path_factory.mktemp("site") / "var")
    yield site
    site.stop()
    assert "Traceback" not in site.log, site.log


@pytest.fixture(scope="module")
def browser():
    with sync_playwright() as play:
        browser: Browser = play.chromium.launch(
            executable_path=CHROMIUM,
            args=ARGS,
            env={
                **os.environ,
                "LANGUAGE": "zh_CN",
                "LC_ALL": "zh_CN.UTF-8",
            },  # its own words, as in date fields
        )
        yield browser
        browser.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    item.stash.setdefault(FAILED, False)
    item.stash[FAILED] |= report.failed
    return report


@pytest.fixture
def people(browser: Browser, site: Site, request: pytest.FixtureRequest, tmp_path: Path):
    """`people("clerk")` is somebody signed in at a desk; `people(size=PHONE)` a resident."""
    there: list[Person] = []

    def somebody(username: str = "", *, size: dict[str, int] | None = None, **options) -> Person:
        person = Person(browser, site, size=size or (DESK if username else PHONE), **options)
        there.append(person)
        return person.sign_in(username) if username else person

    yield somebody
    for number, person in enumerate(there):
        if request.node.stash[FAILED]:
            person.keep(tmp_path / f"failed-{number}")
        person.leave()
    assert faults_of(there) == []
