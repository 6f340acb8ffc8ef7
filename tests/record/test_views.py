from urllib.parse import unquote

import pytest
from django.test import RequestFactory
from django.urls import Resolver404, resolve

from lianxin.kernel.ids import uuid7
from lianxin.kernel.refused import Absent
from lianxin.record import rules, services
from lianxin.record.views.attachments import attachment
from tests.record.people import AT, photo, upload

pytestmark = pytest.mark.django_db
CASE = ("cases.case", uuid7())


@pytest.fixture(autouse=True)
def viewers(monkeypatch):
    monkeypatch.setattr(rules, "_viewers", {})


def attached(data=None, name="我家.jpg"):
    return services.attach(
        subject=CASE,
        upload=upload(data or photo((900, 600)), name),
        by=None,
        at=AT,
        division_code="",
    )


def get(one, variant="full", method="get"):
    request = getattr(RequestFactory(), method)("/")
    return attachment(request, attachment_id=one.pk, variant=variant)


def body(response) -> bytes:
    data = b"".join(response.streaming_content)
    response.file_to_stream.close()  # response.close() would end the test's connection
    return data


def test_without_a_rule_nobody_sees_anything():
    with pytest.raises(Absent):
        get(attached())


@pytest.mark.parametrize("answer", [False, None, "yes", 1])
def test_only_a_clear_yes_opens(answer):
    rules.register_viewer("cases.case", lambda request, one: answer)
    with pytest.raises(Absent):
        get(attached())


def test_a_picture_is_shown_and_nothing_in_it_runs():
    seen = []
    rules.register_viewer("cases.case", lambda request, one: seen.append(one) or True)
    one = attached()
    response = get(one)
    assert seen == [one]
    assert response.status_code == 200
    assert response["Content-Type"] == "image/jpeg"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert "private" in response["Cache-Control"]
    assert response["Content-Disposition"].startswith("inline")
    full = body(response)
    preview = body(get(one, "preview"))
    assert len(full) == one.size
    assert preview[:3] == b"\xff\xd8\xff"
    assert len(preview) < len(full)


def test_a_document_is_only_downloaded_and_keeps_its_name():
    rules.register_viewer("cases.case", lambda request, one: True)
    one = attached(b"%PDF-1.7 <script>", "答复 1.pdf")
    response = get(one)
    disposition = response["Content-Disposition"]
    assert disposition.startswith("attachment; filename*=utf-8''")
    assert "答复 1.pdf" in unquote(disposition)
    assert body(response) == b"%PDF-1.7 <script>"
    with pytest.raises(Absent):
        get(one, "preview")


def test_staged_removed_and_lost_files_are_absent():
    rules.register_viewer("cases.case", lambda request, one: True)
    rules.register_viewer("", lambda request, one: True)
    with pytest.raises(Absent):
        get(services.stage(upload(photo((64, 48))), AT))
    one = attached()
    services.files.delete([one.file])
    with pytest.raises(Absent):
        get(one)
    services.remove(attachment_id=one.pk, by=None, at=AT, ground="x")
    with pytest.raises(Absent):
        get(one, "preview")


def test_nothing_is_changed_here():
    rules.register_viewer("cases.case", lambda request, one: True)
    assert get(attached(), method="post").status_code == 405


def test_there_are_two_variants():
    key = uuid7()
    for variant in ("full", "preview"):
        found = resolve(f"/attachments/{key}/{variant}", urlconf="lianxin.record.urls")
        assert found.kwargs == {"attachment_id": key, "variant": variant}
    for wrong in (f"{key}/original", f"{key}/../x", "1/full", f"{key}"):
        with pytest.raises(Resolver404):
            resolve(f"/attachments/{wrong}", urlconf="lianxin.record.urls")
