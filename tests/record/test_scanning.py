"""Uploads shown to clamd: what it finds is refused, what it could not see is shown to nobody."""

import shutil
import subprocess
import time

import pytest
from django.test import RequestFactory

from benchmarks.hostile import EICAR
from lianxin.kernel.ids import uuid7
from lianxin.kernel.refused import Absent
from lianxin.record import rules, services
from lianxin.record.enums import AttachmentState, Scan
from lianxin.record.models import Attachment, Entry
from lianxin.record.services import UploadRefused, scan_waiting
from lianxin.record.services.scanner import ScannerDownError, scan
from lianxin.record.views.attachments import attachment
from tests.record import clamd
from tests.record.people import AT, photo, upload

pytestmark = pytest.mark.django_db
CASE = ("cases.case", uuid7())
PDF = b"%PDF-1.7 plain"
DOWN = "tcp://127.0.0.1:9"


@pytest.fixture(autouse=True)
def everybody_may_look(monkeypatch):
    monkeypatch.setattr(rules, "_viewers", {})
    rules.register_viewer("cases.case", lambda request, one: True)


def attached(data=PDF, name="答复.pdf"):
    return services.attach(
        subject=CASE, upload=upload(data, name), by=None, at=AT, division_code=""
    )


def is_served(one):
    try:
        response = attachment(RequestFactory().get("/"), attachment_id=one.pk, variant="full")
    except Absent:
        return False
    b"".join(response.streaming_content)
    response.file_to_stream.close()
    return True


def test_without_a_scanner_nothing_is_asked(settings):
    settings.CLAMD = ""
    one = attached()
    assert one.scan == Scan.OFF
    assert is_served(one)


def test_a_clean_file_is_taken_and_a_harmful_one_refused(settings):
    with clamd.running() as server:
        settings.CLAMD = server.address
        one = attached()
        assert (one.scan, is_served(one)) == (Scan.CLEAN, True)
        with pytest.raises(UploadRefused):
            attached(PDF + EICAR)
        assert Attachment.objects.count() == 1
        assert server.seen == [len(PDF), len(PDF + EICAR)]


def test_a_large_file_goes_in_pieces(settings):
    with clamd.running() as server:
        settings.CLAMD = server.address
        assert scan(b"x" * 300_001) == Scan.CLEAN
        assert server.seen == [300_001]


def test_while_the_scanner_is_down_a_file_is_kept_and_shown_to_nobody(settings):
    settings.CLAMD = DOWN
    lost, clean, bad = attached(), attached(), attached(PDF + EICAR, "坏.pdf")
    services.files.delete([lost.file])  # and holds the others up for nothing
    for one in (clean, bad):
        assert (one.scan, is_served(one)) == (Scan.WAITING, False)
    assert scan_waiting(AT) == 0
    with clamd.running() as server:
        settings.CLAMD = server.address
        assert scan_waiting(AT) == 2
        assert scan_waiting(AT) == 0
    clean.refresh_from_db()
    bad.refresh_from_db()
    assert is_served(clean)
    assert (bad.state, bad.scan, is_served(bad)) == (AttachmentState.REMOVED, Scan.FOUND, False)
    assert Entry.objects.get(action="record.attachment.remove").data["ground"] == "scanner"


def test_a_photo_that_waits_is_no_preview_either(settings, client):
    settings.CLAMD = DOWN
    row = services.stage(upload(photo()), AT)
    assert client.get(f"/file/photos/{row.token}/").status_code == 404


@pytest.mark.parametrize("answer", [b"stream: something ERROR", b"", b"stream: OKAY", b"\xff\xfe"])
def test_an_answer_that_is_no_verdict_is_none(settings, answer):
    with clamd.running(answer=answer) as server:
        settings.CLAMD = server.address
        with pytest.raises(ScannerDownError):
            scan(PDF)


def test_a_file_too_large_for_the_scanner_waits(settings):
    with clamd.running(most=1000) as server:
        settings.CLAMD = server.address
        with pytest.raises(ScannerDownError):
            scan(b"x" * 2000)


@pytest.mark.slow
def test_the_real_clamd(settings, tmp_path):
    """With a signature of our own: those of its makers are fetched from elsewhere."""
    if shutil.which("clamd") is None:
        pytest.skip("clamd is not installed (apt: clamav-daemon)")
    signatures = tmp_path / "signatures"
    signatures.mkdir()
    (signatures / "own.ndb").write_text(f"Lianxin.Test.File:0:*:{EICAR.hex()}\n")
    socket = tmp_path / "clamd.sock"
    (tmp_path / "clamd.conf").write_text(
        f"LocalSocket {socket}\nDatabaseDirectory {signatures}\nForeground yes\n"
        f"LogFile {tmp_path}/log\nUser root\nStreamMaxLength 30M\n"
    )
    process = subprocess.Popen(["clamd", "-c", str(tmp_path / "clamd.conf")])
    try:
        deadline = time.monotonic() + 60
        while not socket.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        settings.CLAMD = f"unix://{socket}"
        assert scan(PDF) == Scan.CLEAN
        assert scan(PDF + EICAR) == Scan.FOUND
        with pytest.raises(UploadRefused):
            attached(PDF + EICAR)
    finally:
        process.terminate()
        process.wait(timeout=20)
