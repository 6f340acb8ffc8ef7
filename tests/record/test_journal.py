from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.ids import uuid7
from lianxin.kernel.models import OutboxMessage
from lianxin.record.enums import AttachmentKind
from lianxin.record.models import Entry, ImportBatch, JournalIsFinalError
from lianxin.record.queries import entries_of, subject_key
from lianxin.record.services import write
from tests.record.people import AT, Clerk

pytestmark = pytest.mark.django_db
CASE = ("cases.case", uuid7())


def entry(**change):
    values = {
        "action": "cases.case.file",
        "by": None,
        "at": AT,
        "division_code": "532524100",
        "subject": CASE,
        "data": {},
    }
    return write(**(values | change))


def test_an_entry_keeps_who_what_when_and_on_what():
    clerk = Clerk()
    organ, day = uuid7(), AT.date()
    data = {"organ": organ, "due": day, "at": AT, "n": 1, "kind": AttachmentKind.IMAGE,
            "parts": (organ,), "amount": Decimal("1.50"), "label": _("picture"), "none": None}  # fmt: skip
    made = entry(by=clerk, data=data, public=True)
    again = Entry.objects.get(pk=made.pk)
    assert (again.actor_id, again.actor_name, again.organ_id) == (
        clerk.person_id,
        "站长",
        clerk.organ_id,
    )
    assert (again.subject_type, again.subject_id) == CASE
    assert again.at == AT
    assert again.public
    assert again.data["organ"] == str(organ)
    assert again.data["due"] == "2026-11-22"
    assert again.data["parts"] == [str(organ)]
    assert again.data["kind"] == "IMAGE"
    assert again.data["amount"] == "1.50"
    assert again.data["none"] is None


def test_a_resident_and_the_machine_have_no_name():
    made = entry()
    assert (made.actor_id, made.actor_name, made.organ_id) == (None, "", None)


def test_an_entry_is_never_changed():
    made = entry()
    made.action = "forged"
    with pytest.raises(JournalIsFinalError):
        made.save()
    with pytest.raises(JournalIsFinalError):
        Entry.objects.get(pk=made.pk).delete()
    with pytest.raises(JournalIsFinalError):
        Entry.objects.update(action="forged")
    with pytest.raises(JournalIsFinalError):
        Entry.objects.filter(pk=made.pk).delete()


@pytest.mark.parametrize(
    "sql", ["UPDATE record_entry SET action = 'x'", "DELETE FROM record_entry"]
)
def test_the_database_refuses_too(sql):
    entry()
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(sql)
    assert Entry.objects.get().action == "cases.case.file"


def test_the_journal_of_a_subject_is_in_order():
    made = [entry(action=f"a.{n}", at=AT + timedelta(seconds=n), public=n == 1) for n in range(3)]
    entry(subject=("cases.case", uuid7()))
    assert list(entries_of(CASE)) == made
    assert list(entries_of(CASE, public_only=True)) == [made[1]]


def test_a_subject_is_named_by_its_model():
    batch = ImportBatch(kind="x", uploaded_at=AT)
    assert subject_key(batch) == ("record.importbatch", batch.pk)
    assert subject_key(CASE) == CASE
    with pytest.raises(TypeError):
        subject_key(OutboxMessage(id=1))
