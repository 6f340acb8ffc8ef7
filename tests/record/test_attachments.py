import os
import time
from datetime import timedelta

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction

from lianxin.kernel.clock import now
from lianxin.kernel.ids import uuid7
from lianxin.kernel.refused import Absent, IllegalMove
from lianxin.record import services
from lianxin.record.enums import AttachmentState
from lianxin.record.models import Attachment, Entry
from lianxin.record.queries import attachments_by_subject, attachments_of
from lianxin.record.services import UploadRefused
from tests.record.people import AT, Clerk, photo, upload

pytestmark = pytest.mark.django_db
CASE = ("cases.case", uuid7())


def attached(**change):
    values = {"subject": CASE, "upload": upload(photo((64, 48))), "by": None, "at": AT}
    return services.attach(**(values | {"division_code": "532524"} | change))


def stored() -> set[str]:
    return set(services.attachments._stored_names(""))


def test_an_attachment_is_stored_under_a_name_that_says_nothing():
    clerk = Clerk()
    made = attached(by=clerk, upload=upload(photo((64, 48)), "张三家漏水.jpg"))
    again = attachments_of(CASE).get()
    assert again == made
    assert (again.name, again.width, again.height) == ("张三家漏水.jpg", 64, 48)
    assert again.uploaded_by_id == clerk.person_id
    assert again.is_image
    assert again.file == f"2026/11/22/{made.pk.hex}.jpg"
    assert stored() == {again.file, again.preview}
    with default_storage.open(again.file) as file:
        assert len(file.read()) == again.size
    (entry,) = Entry.objects.all()
    assert (entry.action, entry.subject_id) == ("record.attachment.bind", CASE[1])
    assert entry.data["sha256"] == bytes(again.sha256).hex()
    assert "张三" not in str(entry.data)


def test_the_file_name_is_sealed():
    attached(upload=upload(photo((64, 48)), "PLANTED.jpg"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM record_attachment")
        assert b"PLANTED" not in bytes(cursor.fetchone()[0])


def test_staged_files_are_bound_to_their_subject_in_order():
    staged = [services.stage(upload(photo((64, 48)), f"{n}.jpg"), AT) for n in range(3)]
    assert list(attachments_of(CASE)) == []
    tokens = [one.token for one in staged][::-1]
    bound = services.bind(tokens, subject=CASE, at=AT, division_code="532524")
    assert [one.name for one in bound] == ["2.jpg", "1.jpg", "0.jpg"]
    assert {one.state for one in attachments_of(CASE)} == {AttachmentState.BOUND}
    assert {one.division_code for one in attachments_of(CASE)} == {"532524"}
    assert Entry.objects.count() == 3
    again = services.bind(tokens, subject=CASE, at=AT, division_code="532524")
    assert again == bound
    assert Entry.objects.count() == 3


def test_a_token_serves_one_subject_and_is_not_in_the_database():
    one = services.stage(upload(photo((64, 48))), AT)
    assert one.token.encode() not in bytes(Attachment.objects.get().token_digest)
    services.bind([one.token], subject=CASE, at=AT, division_code="")
    for tokens in ([one.token], ["made up"], [""]):
        with pytest.raises(UploadRefused):
            services.bind(tokens, subject=("cases.case", uuid7()), at=AT, division_code="")
    assert services.bind([], subject=CASE, at=AT, division_code="") == []


def test_there_is_a_largest_number():
    for _ in range(2):
        attached(most=2)
    with pytest.raises(UploadRefused):
        attached(most=2)
    assert attachments_of(CASE).count() == 2


def test_a_bound_attachment_has_a_subject():
    one = services.stage(upload(photo((64, 48))), AT)
    with pytest.raises(IntegrityError), transaction.atomic():
        Attachment.objects.filter(pk=one.pk).update(state="BOUND")


def test_attachments_of_many_subjects_cost_one_query(django_assert_num_queries):
    other = ("cases.case", uuid7())
    made = [attached(), attached(subject=other), attached()]
    with django_assert_num_queries(1):
        found = attachments_by_subject("cases.case", [CASE[1], other[1], uuid7()])
    assert found[CASE[1]] == [made[0], made[2]]
    assert found[other[1]] == [made[1]]
    assert len(found) == 3


def test_a_removed_attachment_leaves_no_file(django_capture_on_commit_callbacks):
    made = attached()
    with django_capture_on_commit_callbacks(execute=True):
        services.remove(attachment_id=made.pk, by=Clerk(), at=AT, ground="wrong person")
    assert stored() == set()
    assert list(attachments_of(CASE)) == []
    again = Attachment.objects.get()
    assert (again.state, again.name) == (AttachmentState.REMOVED, "")
    assert Entry.objects.order_by("-id")[0].data["ground"] == "wrong person"
    with pytest.raises(IllegalMove):
        services.remove(attachment_id=made.pk, by=None, at=AT, ground="")
    with pytest.raises(Absent):
        services.remove(attachment_id=uuid7(), by=None, at=AT, ground="")


def test_uploads_nobody_sent_are_deleted_after_a_day(django_capture_on_commit_callbacks):
    old = services.stage(upload(photo((64, 48))), AT)
    new = services.stage(upload(photo((64, 48))), AT + timedelta(hours=5))
    bound = attached()
    with django_capture_on_commit_callbacks(execute=True):
        assert services.purge_staged(AT + timedelta(hours=25)) == 1
    assert set(Attachment.objects.all()) == {new, bound}
    assert old.file not in stored()
    assert {new.file, bound.file} <= stored()


def test_files_and_rows_are_compared():
    kept, lost, gone = attached(), attached(), attached()
    default_storage.delete(lost.file)
    Attachment.objects.filter(pk=gone.pk).delete()
    strange = default_storage.path("notes.txt")
    with open(strange, "w") as file:  # noqa: PTH123
        file.write("not ours")
    assert services.reconcile_files(now()) == (0, [lost.pk]), "orphans may be of this moment"
    past = time.time() - 90_000
    for name in (gone.file, gone.preview):
        os.utime(default_storage.path(name), (past, past))
    assert services.reconcile_files(now()) == (2, [lost.pk])
    assert stored() == {kept.file, kept.preview, lost.preview}
    assert default_storage.exists("notes.txt")
