"""Photos that came later are seen by the desk, and by nobody else's."""

from __future__ import annotations

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from PIL import Image

from lianxin.cases.enums import MessageKind
from lianxin.cases.models import Case
from lianxin.cases.services import screening
from lianxin.kernel.clock import now
from lianxin.record import services as record
from tests import factories
from tests.factories import MONDAY

pytestmark = pytest.mark.django_db


def photo() -> SimpleUploadedFile:
    file = io.BytesIO()
    Image.new("RGB", (640, 480), "green").save(file, "JPEG")
    return SimpleUploadedFile("later.jpg", file.getvalue(), "image/jpeg")


def test_a_photo_added_later_is_on_the_case_page():
    world = factories.world()
    case = Case.objects.get(pk=factories.accepted(world).pk)
    said = screening.speak(
        case_id=case.pk, voice_id=None, kind=MessageKind.SUPPLEMENT, text="拍了照片", at=MONDAY
    )
    row = record.attach(
        subject=said, upload=photo(), by=None, at=now(), division_code=case.division_code
    )
    address = reverse("record:attachment", args=[row.pk, "preview"])
    seen = {}
    for username in ("clerk", "other_clerk"):
        client = Client()
        assert client.login(username=username, password="a long password")
        page = client.get(reverse("cases:case", args=[case.pk]))
        file = client.get(address)
        if file.streaming:
            b"".join(file.streaming_content)  # a file stays open until it is read
        seen[username] = (page.status_code, address in page.content.decode(), file.status_code)
    assert seen == {"clerk": (200, True, 200), "other_clerk": (404, False, 404)}
