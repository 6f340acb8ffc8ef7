"""ASVS 5.0, chapter 5: what may be uploaded, how much, and how it is given out again."""

import io
import zipfile
from urllib.parse import unquote

import pytest
from django.test import RequestFactory

from lianxin.cases.services import residents
from lianxin.kernel.ids import uuid7
from lianxin.kernel.refused import TooMany
from lianxin.record import rules, services
from lianxin.record.services import UploadRefused, prepare
from lianxin.record.services.uploads import EXTENSIONS, MOST_BYTES
from lianxin.record.views.attachments import attachment
from tests.record import clamd
from tests.record.people import AT, photo, upload
from tests.record.test_uploads import office, png_of

CASE = ("cases.case", uuid7())


def refused(data, name):
    with pytest.raises(UploadRefused) as caught:
        prepare(upload(data, name))
    return str(caught.value)


def attached(data=b"%PDF-1.7", name="x.pdf", **more):
    return services.attach(
        subject=CASE, upload=upload(data, name), by=None, at=AT, division_code="", **more
    )


def test_asvs_5_1_1_the_refusal_says_which_files_are_taken():
    assert set(EXTENSIONS.values()) == {"jpg", "pdf", "docx", "xlsx"}
    said = refused(b"MZ", "x.exe")
    assert all(kind in said for kind in ("JPEG", "PNG", "WebP", "PDF", "docx", "xlsx"))


def test_asvs_5_2_1_twenty_megabytes_and_no_more():
    assert MOST_BYTES == 20 * 1024 * 1024
    assert "20" in refused(b"\0" * (MOST_BYTES + 1), "x.jpg")


def test_asvs_5_2_2_name_and_content_must_fit():
    for data, name in ((b"%PDF-1.7", "x.docx"), (office("word/document.xml"), "x.pdf")):
        refused(data, name)
    assert prepare(upload(photo((30, 20), "PNG"), "x.exe")).extension == "jpg"


def of_parts(parts):
    """A document that would be one, but for the number of its parts."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", "<x/>")
        for number in range(parts):
            archive.writestr(f"word/{number}", "")
    return out.getvalue()


def test_asvs_5_2_3_what_unpacks_to_too_much_is_not_unpacked():
    assert prepare(upload(of_parts(4_990), "x.docx")).extension == "docx"
    refused(of_parts(5_001), "x.docx")


@pytest.mark.django_db
def test_asvs_5_2_4_one_sender_and_one_subject_have_an_end(settings):
    settings.FILINGS_PER_HOUR = 1
    picture = photo((30, 20))
    for _ in range(residents.PHOTOS_PER_FILING):
        residents.stage_photo(upload=upload(picture), sender="x", at=AT)
    with pytest.raises(TooMany):
        residents.stage_photo(upload=upload(picture), sender="x", at=AT)
    for _ in range(2):
        attached(most=2)
    with pytest.raises(UploadRefused):
        attached(most=2)


def test_asvs_5_2_6_too_many_pixels_are_refused():
    refused(png_of(30_000, 30_000), "x.png")


@pytest.mark.django_db
def test_asvs_5_3_2_stored_names_are_our_own():
    for name in ("../../etc/passwd.pdf", "x\0.pdf", "好" * 300 + ".pdf", "..\\x.pdf"):
        one = attached(name=name)
        assert one.file == f"{AT:%Y/%m/%d}/{one.pk.hex}.pdf"


@pytest.mark.django_db
def test_asvs_5_4_2_names_in_answers_are_written_safely(monkeypatch):
    monkeypatch.setattr(rules, "_viewers", {})
    rules.register_viewer("cases.case", lambda request, one: True)
    for name in ("答复 1.pdf", 'a"; filename="b.html.pdf', "x\r\nSet-Cookie: a=b.pdf"):
        one = attached(name=name)
        answer = attachment(RequestFactory().get("/"), attachment_id=one.pk, variant="full")
        answer.file_to_stream.close()
        said = answer.headers["Content-Disposition"]
        assert said.startswith("attachment; filename")
        assert "\r" not in said
        assert "\n" not in said
        assert said.count('"') in (0, 2)
        assert unquote(said).endswith((".pdf", '.pdf"'))
        assert "sandbox" in answer.headers["Content-Security-Policy"]
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.django_db
def test_asvs_5_4_3_files_are_scanned_before_anybody_gets_them(settings):
    with clamd.running() as server:
        settings.CLAMD = server.address
        attached()
        assert server.seen
    settings.CLAMD = "tcp://127.0.0.1:9"
    assert not attached().is_shown


def test_asvs_14_2_8_photos_lose_place_and_camera():
    data = photo(gps=True)
    assert b"PLANTED" in data
    assert b"PLANTED" not in prepare(upload(data)).body


@pytest.mark.django_db
def test_asvs_15_4_2_an_uploaded_file_is_bound_once():
    token = services.stage(upload(photo((30, 20))), AT).token
    bind = {"at": AT, "division_code": ""}
    services.bind([token], subject=CASE, **bind)
    with pytest.raises(UploadRefused):
        services.bind([token], subject=("cases.case", uuid7()), **bind)
