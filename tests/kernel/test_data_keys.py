"""A key per resident: made with the first text, fetched once a page, gone for good when destroyed."""

import random

import pytest
from django.db import connection

from lianxin.kernel import data_keys, resealing, seals
from lianxin.kernel.fields import SealBrokenError, Sealed, UnknownKeyError
from lianxin.kernel.ids import uuid7
from lianxin.kernel.models import DataKey
from tests.kernel.world import Letter

pytestmark = pytest.mark.django_db
COLUMNS = ("phone", "address")


def raw(letter: Letter, column: str) -> bytes:
    again = Letter.objects.get(pk=letter.pk)
    value = again.__dict__[column]
    assert isinstance(value, Sealed)
    return value.data


def put(letter: Letter, **sealed: bytes) -> None:
    with connection.cursor() as cursor:
        key = letter.pk.hex if connection.vendor == "sqlite" else letter.pk
        for column, value in sealed.items():
            cursor.execute(
                f"UPDATE kernel_tests_letter SET {column} = %s WHERE id = %s",  # noqa: S608
                [value, key],
            )


def opened(letter: Letter, column: str) -> str:
    return getattr(Letter.objects.get(pk=letter.pk), column)


def test_the_first_text_makes_a_key_and_nothing_makes_none():
    empty, full = Letter.objects.create(), Letter.objects.create(phone="+8613800138000")
    assert (empty.data_key, DataKey.objects.count()) == (None, 1)
    assert raw(full, "phone")[1:17] == full.data_key.bytes
    empty.address = "建中路 1 号"
    empty.save(update_fields=["address"])
    assert opened(empty, "address") == "建中路 1 号"
    assert DataKey.objects.count() == 2


def test_a_row_costs_one_key_and_one_query(django_assert_num_queries):
    with django_assert_num_queries(2):  # The key and the row.
        Letter.objects.create(phone="+8613800138000", address="建中路 1 号")


@pytest.mark.parametrize("number", [1, 30])
def test_the_keys_of_a_page_are_one_query(number, django_assert_num_queries):
    for n in range(number):
        Letter.objects.create(phone=f"+86138001380{n:02}", address=str(n))
    with django_assert_num_queries(2):
        rows = list(Letter.objects.order_by("pk"))
        assert [(row.phone, row.address) for row in rows] == [
            (f"+86138001380{n:02}", str(n)) for n in range(number)
        ]


def test_two_rows_may_share_a_key():
    one = Letter.objects.create(phone="+8613800138000")
    two = Letter.objects.create(data_key=one.data_key, address="建中路 1 号")
    assert DataKey.objects.count() == 1
    assert opened(two, "address") == "建中路 1 号"


def test_a_destroyed_key_opens_nothing_and_seals_nothing():
    letter = Letter.objects.create(phone="+8613800138000")
    other = Letter.objects.create(phone="+8613800138001")
    kept = raw(letter, "phone")
    assert data_keys.destroy([letter.data_key, None], erased=False) == 1
    assert list(data_keys.erased()) == []
    assert data_keys.destroy([letter.data_key], erased=True) == 0
    assert list(data_keys.erased()) == [letter.data_key]
    assert opened(letter, "phone") == ""
    put(letter, phone=kept)  # As an old back-up would.
    assert opened(letter, "phone") == ""
    assert opened(other, "phone") == "+8613800138001"
    letter.address = "x"
    with pytest.raises(UnknownKeyError):
        letter.save()


def test_a_lost_key_is_an_error_and_not_an_empty_text():
    letter = Letter.objects.create(phone="+8613800138000")
    DataKey.objects.all().delete()
    with pytest.raises(UnknownKeyError):
        opened(letter, "phone")


def test_asvs_11_3_3_texts_swapped_between_rows_and_columns_are_refused():
    """Also between two rows that share one key: the place is bound, not only the key."""
    shared = data_keys.make()
    letters = [
        Letter.objects.create(
            data_key=shared if n % 2 else None, phone=f"+86138001380{n:02}", address=f"{n} 号"
        )
        for n in range(20)
    ]
    texts = {(one.pk, column): raw(one, column) for one in letters for column in COLUMNS}
    chance, refused = random.Random(7), 0
    for _ in range(200):
        target, column = chance.choice(letters), chance.choice(COLUMNS)
        source = chance.choice([place for place in texts if place != (target.pk, column)])
        put(target, **{column: texts[source]})
        with pytest.raises(SealBrokenError):
            opened(target, column)
        refused += 1
        put(target, **{column: texts[target.pk, column]})
    assert refused == 200
    assert opened(letters[3], "phone") == letters[3].phone


@pytest.mark.parametrize("place", [0, 20, 40, -1])
def test_a_changed_bit_is_found(place):
    letter = Letter.objects.create(phone="+8613800138000")
    stored = bytearray(raw(letter, "phone"))
    stored[place] ^= 4
    put(letter, phone=bytes(stored))
    with pytest.raises(SealBrokenError):
        opened(letter, "phone")


def test_a_key_of_another_row_does_not_unwrap():
    one, two = (Letter.objects.create(phone=f"1380013800{n}") for n in range(2))
    wrapped = DataKey.objects.get(pk=one.data_key).wrapped
    DataKey.objects.filter(pk=two.data_key).update(wrapped=wrapped)
    with pytest.raises(SealBrokenError):
        opened(two, "phone")


def test_sm4_seals_and_wraps_too(settings):
    settings.SEAL_ALGORITHM = "sm4"
    letter = Letter.objects.create(phone="+8613800138000")
    assert raw(letter, "phone")[0] == seals.OWN_SM4_GCM
    assert bytes(DataKey.objects.get().wrapped)[0] == seals.SM4_GCM
    assert opened(letter, "phone") == "+8613800138000"


def test_a_new_installation_key_wraps_anew_and_old_texts_get_keys_of_their_own(settings):
    """Rotation touches 60 bytes a resident; what was sealed before there were keys is sealed anew."""
    settings.LIANXIN_KEYS = {7: b"o" * 32}
    letters = [Letter.objects.create(phone=f"1380013{n:04}") for n in range(10)]
    old = Letter.objects.create(address="建中路")
    column = Letter._meta.get_field("address").place()
    put(old, address=seals.seal("建中路", column=column, row=old.pk))
    before = raw(letters[0], "phone")
    settings.LIANXIN_KEYS = {8: b"n" * 32, 7: b"o" * 32}
    assert resealing.left_over()["kernel.DataKey"] == 11
    outcomes = {one.table: one.resealed for one in resealing.reseal_all()}
    assert outcomes["kernel.DataKey"] == 11
    assert [one.resealed for one in resealing.reseal_all([Letter])] == [1]
    assert resealing.left_over() == {}
    settings.LIANXIN_KEYS = {8: b"n" * 32}
    assert raw(letters[0], "phone") == before
    assert raw(old, "address")[0] == seals.OWN_AES_256_GCM
    assert [opened(one, "phone") for one in letters] == [one.phone for one in letters]
    assert opened(old, "address") == "建中路"


def test_a_key_held_in_one_act_is_not_used_in_the_next():
    """Meanwhile somebody else, in another process, may have destroyed it."""
    key = Letter.objects.create(phone="+8613800138000").data_key
    with data_keys.one_act():
        data_keys.for_writing(key)
    DataKey.objects.filter(pk=key).update(wrapped=b"")
    with pytest.raises(UnknownKeyError):
        data_keys.for_writing(key)
    assert data_keys.usable(key) is None


def test_no_key_outlives_the_rows_it_was_read_for():
    """A worker's thread keeps keys it made for writing, a few of them, and none it only read."""
    for n in range(100):
        Letter.objects.create(phone=str(n))
    bunch = data_keys.reading("default")
    rows = list(Letter.objects.all())
    assert data_keys.reading("default") is bunch
    assert rows[0].phone
    assert data_keys.reading("default") is not bunch
    assert len(data_keys._held()) == data_keys._HELD
    for row in rows:
        data_keys.for_writing(row.data_key)
    assert len(data_keys._held()) == data_keys._HELD
    assert Sealed(b"\3" + uuid7().bytes + b"x" * 40).own_key
