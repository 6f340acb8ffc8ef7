import os
import time
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection, transaction

from lianxin.kernel import data_keys
from lianxin.kernel.clock import now
from lianxin.kernel.ids import uuid7
from lianxin.kernel.models import DataKey
from lianxin.kernel.refused import Absent, IllegalMove
from lianxin.kernel.seals import SealBrokenError
from lianxin.record import services
from lianxin.record.enums import AttachmentState
from lianxin.record.models import Attachment, Entry
from lianxin.record.queries import attachments_by_subject, attachments_of, body_of
from lianxin.record.queries.files import NAMES
from lianxin.record.services import UploadRefused, files
from tests.record.people import AT, Clerk, photo, upload

pytestmark = pytest.mark.django_db
CASE = ("cases.case", uuid7())


def attached(**change):
    values = {"subject": CASE, "upload": upload(photo((64, 48))), "by": None, "at": AT}
    return services.attach(**(values | {"division_code": "532524"} | change))


def stored() -> set[str]:
    return set(files.stored_names())


def lying(name: str) -> bytes:
    """What whoever has the disk reads."""
    with default_storage.open(name) as file:
        return file.read()


def older_than_keys(made: Attachment) -> Attachment:
    """The attachment as it was stored before files were sealed."""
    for variant in ("full", "preview"):
        name, body = getattr(made, NAMES[variant]), body_of(made, variant)
        default_storage.delete(name)
        assert default_storage.save(name, ContentFile(body)) == name
    Attachment.objects.filter(pk=made.pk).update(data_key=None)
    return Attachment.objects.get(pk=made.pk)


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
    assert len(body_of(again)) == again.size
    (entry,) = Entry.objects.all()
    assert (entry.action, entry.subject_id) == ("record.attachment.bind", CASE[1])
    assert entry.data["sha256"] == bytes(again.sha256).hex()
    assert "张三" not in str(entry.data)


def test_the_file_name_is_sealed():
    attached(upload=upload(photo((64, 48)), "PLANTED.jpg"))
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM record_attachment")
        assert b"PLANTED" not in bytes(cursor.fetchone()[0])


@pytest.mark.parametrize("algorithm", ["aes", "sm4"])
def test_its_files_are_sealed_with_a_key_of_its_own(algorithm, settings):
    settings.SEAL_ALGORITHM = algorithm
    taken = services.prepare(upload(photo((64, 48))))
    made, other = attached(upload=taken), attached()
    assert made.data_key != other.data_key
    for variant, body in (("full", taken.body), ("preview", taken.preview)):
        name = getattr(made, NAMES[variant])
        assert body_of(made, variant) == body
        assert body[:64] not in lying(name)
        assert body[-64:] not in lying(name)


def test_a_file_opens_in_its_place_alone():
    made, other = attached(), attached()
    default_storage.delete(other.file)
    default_storage.save(other.file, ContentFile(lying(made.file)))
    made.preview = made.file
    for one, variant in ((other, "full"), (made, "preview")):
        with pytest.raises(SealBrokenError):
            body_of(one, variant)
    with pytest.raises(Absent):
        body_of(made, "made-up")


def test_files_older_than_their_keys_are_sealed(django_capture_on_commit_callbacks):
    old, lost, new = older_than_keys(attached()), older_than_keys(attached()), attached()
    gone = older_than_keys(attached())
    services.remove(attachment_id=gone.pk, by=None, at=AT, ground="wrong")
    default_storage.delete(lost.file)
    body = body_of(old)
    assert body == lying(old.file)
    with django_capture_on_commit_callbacks(execute=True):
        assert files.seal_old(AT) == 1
    again = Attachment.objects.get(pk=old.pk)
    assert body_of(again) == body
    assert body[:64] not in lying(again.file)
    assert {again.file, again.preview} <= stored()
    assert not {old.file, old.preview} & stored()
    assert files.seal_old(AT) == 0
    assert Attachment.objects.get(pk=new.pk).file == new.file


@pytest.mark.parametrize(("ground", "erased"), [("wrong person", False), ("erasure", True)])
def test_a_copy_of_a_removed_file_opens_no_more(ground, erased):
    made = attached()
    services.remove(attachment_id=made.pk, by=None, at=AT, ground=ground)
    assert default_storage.exists(made.file)  # as in a back-up of before
    with pytest.raises(Absent):
        body_of(made)
    key = DataKey.objects.get(pk=made.data_key)
    assert (bytes(key.wrapped), key.is_erased) == (b"", erased)


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
    assert data_keys.for_reading(old.data_key) is None
    assert data_keys.for_reading(new.data_key) is not None
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
