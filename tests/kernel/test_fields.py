import pickle
import sqlite3
from pathlib import Path

import pytest
from django.core.exceptions import FieldError
from django.db import connection

from lianxin.kernel import resealing, seals
from lianxin.kernel.fields import (
    SealBrokenError,
    Sealed,
    UnknownKeyError,
    blind_index,
    field_is_empty,
    seal,
    unseal,
)
from lianxin.kernel.ids import uuid7
from tests.kernel.world import Note

pytestmark = pytest.mark.django_db


def raw(note: Note, column: str) -> bytes:
    with connection.cursor() as cursor:
        key = note.pk.hex if connection.vendor == "sqlite" else note.pk
        cursor.execute(f"SELECT {column} FROM kernel_tests_note WHERE id = %s", [key])  # noqa: S608
        return bytes(cursor.fetchone()[0])


def put(note: Note, column: str, value: bytes) -> None:
    with connection.cursor() as cursor:
        key = note.pk.hex if connection.vendor == "sqlite" else note.pk
        cursor.execute(f"UPDATE kernel_tests_note SET {column} = %s WHERE id = %s", [value, key])  # noqa: S608


def test_a_text_comes_back_and_is_not_in_the_database():
    note = Note.objects.create(phone="+8613800138000", address="临安镇建中路 1 号")
    stored = raw(note, "phone")
    assert stored[:2] == seals.active_header()
    assert b"138" not in stored
    again = Note.objects.get(pk=note.pk)
    assert (again.phone, again.address) == ("+8613800138000", "临安镇建中路 1 号")


def test_the_same_text_is_sealed_differently_each_time():
    one, two = (Note.objects.create(phone="+8613800138000") for _ in range(2))
    assert raw(one, "phone") != raw(two, "phone")


def test_a_text_moved_to_another_row_or_column_does_not_open():
    one, two = (Note.objects.create(phone=f"1380013800{n}", address="x") for n in range(2))
    put(two, "phone", raw(one, "phone"))
    with pytest.raises(SealBrokenError):
        _ = Note.objects.get(pk=two.pk).phone
    put(one, "address", raw(one, "phone"))
    with pytest.raises(SealBrokenError):
        _ = Note.objects.get(pk=one.pk).address


@pytest.mark.parametrize("place", [0, 5, 20, -1])
def test_a_changed_bit_is_found(place):
    note = Note.objects.create(phone="+8613800138000")
    stored = bytearray(raw(note, "phone"))
    stored[place] ^= 1
    put(note, "phone", bytes(stored))
    with pytest.raises(SealBrokenError):
        _ = Note.objects.get(pk=note.pk).phone


def test_an_old_key_still_opens_and_saving_seals_with_the_new_one(settings):
    old, new = b"o" * 32, b"n" * 32
    settings.LIANXIN_KEYS = {7: old}
    note = Note.objects.create(phone="+8613800138000")
    settings.LIANXIN_KEYS = {8: new, 7: old}
    again = Note.objects.get(pk=note.pk)
    assert again.phone == "+8613800138000"
    again.save(update_fields=["phone"])
    assert raw(note, "phone")[1] == 8
    settings.LIANXIN_KEYS = {8: new}
    assert Note.objects.get(pk=note.pk).phone == "+8613800138000"
    settings.LIANXIN_KEYS = {9: new}
    with pytest.raises(UnknownKeyError):
        _ = Note.objects.get(pk=note.pk).phone


def test_it_is_opened_only_when_read():
    note = Note.objects.create(phone="+8613800138000")
    put(note, "phone", b"\1\1" + b"broken" * 9)
    again = Note.objects.get(pk=note.pk)
    assert again.title == ""
    assert not field_is_empty(again, "phone")
    with pytest.raises(SealBrokenError):
        _ = again.phone


def test_nothing_and_empty_are_told_apart_and_asked_without_a_key():
    none = Note.objects.create(phone="", address=None)
    some = Note.objects.create(phone="1", address="2")
    assert raw(none, "phone") == b""
    again = Note.objects.get(pk=none.pk)
    assert (again.phone, again.address) == ("", None)
    assert field_is_empty(Note.objects.get(pk=none.pk), "phone")
    assert list(Note.objects.filter(phone__empty=True)) == [none]
    assert list(Note.objects.filter(phone__empty=False)) == [some]
    assert list(Note.objects.filter(address__isnull=True)) == [none]
    assert list(Note.objects.filter(address__empty=False)) == [some]


def test_it_shows_in_no_repr():
    note = Note.objects.create(phone="+8613800138000")
    again = Note.objects.get(pk=note.pk)
    assert "<sealed>" in repr(again.__dict__)
    assert "138" not in repr(list(Note.objects.values("phone")))


def test_it_cannot_be_searched_or_updated_past_the_row():
    with pytest.raises(FieldError):
        list(Note.objects.filter(phone="+8613800138000"))
    with pytest.raises(FieldError):
        list(Note.objects.filter(phone__contains="138"))
    with pytest.raises(FieldError):
        Note.objects.update(phone="+8613800138000")
    with pytest.raises(TypeError):
        Note(phone=13800138000)


def test_many_rows_at_once_and_deferred_fields():
    notes = Note.objects.bulk_create(Note(phone=f"1380013{n:04}") for n in range(50))
    assert [Note.objects.get(pk=note.pk).phone for note in notes] == [
        f"1380013{n:04}" for n in range(50)
    ]
    later = Note.objects.defer("phone").get(pk=notes[3].pk)
    assert later.phone == "13800130003"
    assert Note.objects.only("phone").get(pk=notes[4].pk).phone == "13800130004"


def test_refreshing_reads_it_anew():
    note = Note.objects.create(phone="1")
    other = Note.objects.get(pk=note.pk)
    other.phone = "2"
    other.save()
    note.refresh_from_db()
    assert note.phone == "2"


def test_a_text_sealed_for_one_place_opens_nowhere_else():
    key = uuid7()
    sealed = seal("张三", column="a.b", row=key)
    assert unseal(sealed, column="a.b", row=key) == "张三"
    for column, row in (("a.c", key), ("a.b", uuid7())):
        with pytest.raises(SealBrokenError):
            unseal(sealed, column=column, row=row)
    assert pickle.loads(pickle.dumps(Sealed(sealed))).data == sealed  # noqa: S301


def test_the_blind_index_differs_by_kind_scope_and_key(settings):
    value = "+8613800138000"
    first = blind_index("person.phone", value)
    assert len(first) == 32
    assert first == blind_index("person.phone", value)
    assert first != blind_index("case.phone", value)
    assert first != blind_index("person.phone", value, scope="530124")
    settings.LIANXIN_INDEX_KEY = b"k" * 32
    assert first != blind_index("person.phone", value)


@pytest.mark.django_db(transaction=True)
@pytest.mark.only_sqlite("looks into its file; make planted looks into those of PostgreSQL")
def test_planted_numbers_are_not_in_the_database_file():
    planted = [f"1390013{n:04}" for n in range(1000)]
    Note.objects.bulk_create(Note(phone=phone, address=f"{phone} 号") for phone in planted)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(PASSIVE)")
    name = connection.settings_dict["NAME"]
    files = b"".join(Path(f"{name}{end}").read_bytes() for end in ("", "-wal"))
    Note.objects.all().delete()
    assert sum(phone.encode() in files for phone in planted) == 0
    assert sqlite3.sqlite_version_info >= (3, 51, 3)


def test_sm4_seals_and_both_kinds_are_read_side_by_side(settings):
    note = Note.objects.create(phone="+8613800138000", address="x")
    settings.SEAL_ALGORITHM = "sm4"
    other = Note.objects.create(phone="+8613800138001")
    assert raw(other, "phone")[0] == seals.SM4_GCM
    assert Note.objects.get(pk=note.pk).phone == "+8613800138000"
    assert Note.objects.get(pk=other.pk).phone == "+8613800138001"
    put(note, "phone", raw(other, "phone"))
    with pytest.raises(SealBrokenError):
        _ = Note.objects.get(pk=note.pk).phone
    stored = bytearray(raw(other, "phone"))
    stored[0] = seals.AES_256_GCM
    put(other, "phone", bytes(stored))
    with pytest.raises(SealBrokenError):
        _ = Note.objects.get(pk=other.pk).phone


def test_sm4_is_the_standard_s(settings):
    """GB/T 32907-2016, appendix A: one block under the example key."""
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import SM4
    from cryptography.hazmat.primitives.ciphers.modes import ECB

    block = bytes.fromhex("0123456789abcdeffedcba9876543210")
    # One block shows the cipher itself; nothing is sealed so.
    assert Cipher(SM4(block), ECB()).encryptor().update(block).hex() == (  # noqa: S305
        "681edf34d206965e86b3e94f536e4246"
    )


def test_keys_and_algorithm_change_while_people_work(settings):
    settings.LIANXIN_KEYS = {7: b"o" * 32}
    notes = [
        Note.objects.create(phone=f"+86138001380{n:02}", address="x" if n % 2 else "")
        for n in range(20)
    ]
    settings.LIANXIN_KEYS = {8: b"n" * 32, 7: b"o" * 32}
    settings.SEAL_ALGORITHM = "sm4"
    assert resealing.left_over([Note]) == {"kernel_tests.Note": 30}
    (outcome,) = resealing.reseal_all([Note])
    assert (outcome.rows, outcome.resealed) == (20, 20)
    assert resealing.left_over([Note]) == {}
    assert {raw(one, "phone")[:2] for one in notes} == {bytes((seals.SM4_GCM, 8))}
    settings.LIANXIN_KEYS = {8: b"n" * 32}
    assert [Note.objects.get(pk=one.pk).phone for one in notes] == [one.phone for one in notes]
    assert [one.resealed for one in resealing.reseal_all([Note])] == [0]
