"""ASVS 5.0, chapter 16: what is logged, and what never is."""

import io
import logging
import sys

import pytest
from django.db import DatabaseError
from django.test import Client, override_settings
from django.urls import include, path

from lianxin.config.logs import DiscreetFormatter
from lianxin.kernel.codes import new_code
from lianxin.kernel.ids import uuid7
from lianxin.record import rules
from lianxin.record.enums import AttachmentState
from lianxin.record.models import Attachment
from tests import factories as f

NAMES = ("罗阿花", "欧阳小凤", "Ahmad Ismail")
PHONES = ("13800138123", "+86 139 0013 9000")
IDS = ("53011219880101123X", "530112198801011234")


def broken(request, what):
    try:
        raise DatabaseError(f"DETAIL: Failing row contains ({NAMES[0]}, {PHONES[0]}, {IDS[0]})")
    except DatabaseError as error:
        raise ValueError(f"bad value {NAMES[1]} {NAMES[2]} {PHONES[1]} {IDS[1]}") from error


urlpatterns = [
    path("t/<str:what>/", broken),
    path("", include("lianxin.config.urls")),
]


@pytest.fixture
def log():
    """Everything that is logged, as the installation writes it."""
    out = io.StringIO()
    handler = logging.StreamHandler(out)
    handler.setFormatter(DiscreetFormatter())
    root = logging.getLogger()
    root.addHandler(handler)
    yield out
    root.removeHandler(handler)


@pytest.mark.django_db
def test_asvs_16_2_5_names_phones_and_codes_are_in_no_line(log):
    code = new_code()
    with override_settings(ROOT_URLCONF=__name__):
        client = Client(raise_request_exception=False)
        assert client.get(f"/t/{code}/", {"q": NAMES[0]}).status_code == 500
        client.get(f"/nowhere/{PHONES[0]}/{code.lower()}/")
        page = client.get(f"/t/{code}/").content.decode()
    written = log.getvalue()
    assert "ValueError" in written
    assert "in broken" in written
    for secret in (*NAMES, *PHONES, *IDS, code, code.lower(), code.replace("-", "")):
        assert secret not in written
        assert secret not in page


def test_asvs_16_2_5_the_guard_sees_what_the_usual_formatter_writes():
    try:
        broken(None, "x")
    except ValueError:
        usual = logging.Formatter().formatException(sys.exc_info())
    assert all(secret in usual for secret in (*NAMES, *PHONES, *IDS))


@pytest.mark.django_db
def test_asvs_16_3_2_refused_access_stands_in_the_log(log):
    f.world()
    client = Client()
    assert client.login(username="handler", password="a long password")
    client.get(f"/case/{uuid7()}/")
    client.post("/my/sign-in/", {"phone": "13800138000", "act": "enter", "code": "000000"})
    written = log.getvalue()
    assert "Not Found: /case/" in written
    assert "a phone code was refused" in written


def test_asvs_16_4_1_nobody_writes_a_line_of_their_own(log):
    logging.getLogger("x").warning("GET %s", "/a\r\n2026-01-01T00:00:00Z INFO root forged\x1b[2J")
    assert log.getvalue().count("\n") == 1


@pytest.mark.django_db
def test_asvs_16_5_3_what_fails_shuts(monkeypatch, client):
    row = Attachment(subject_type="cases.case", subject_id=uuid7(), state=AttachmentState.BOUND)
    monkeypatch.setattr(rules, "_viewers", {})
    assert not rules.may_view(None, row)

    def fails(request, one):
        raise RuntimeError

    rules.register_viewer("cases.case", fails)
    with pytest.raises(RuntimeError):
        rules.may_view(None, row)
    client.raise_request_exception = False
    monkeypatch.setattr("lianxin.people.services.residents.resume", fails)
    assert client.get("/my/").status_code == 500
