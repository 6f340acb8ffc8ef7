"""The file of residents' keys: each comes back as it was, and says whether a resident had it erased."""

import pytest
from django.core.management import CommandError, call_command

from lianxin.config.backup import keys
from lianxin.kernel import data_keys
from lianxin.kernel.models import DataKey

pytestmark = pytest.mark.django_db


def rows() -> list[tuple[object, bytes, bool]]:
    found = DataKey.objects.order_by("pk").values_list("pk", "wrapped", "is_erased")
    return [(key, bytes(wrapped), erased) for key, wrapped, erased in found]


def test_why_a_key_is_gone_comes_back_with_it(tmp_path):
    _kept, over, erased = data_keys.make_many(3)
    data_keys.destroy([over], erased=False)
    data_keys.destroy([erased], erased=True)
    before = rows()
    assert [(bool(wrapped), wished) for _key, wrapped, wished in before] == [
        (True, False), (False, False), (False, True),
    ]  # fmt: skip
    keys.write_rows(tmp_path, "default")
    DataKey.objects.update(is_erased=False)
    keys.load_rows(tmp_path)
    assert rows() == before


def test_a_file_from_before_reasons_were_noted_names_none(tmp_path):
    (erased,) = data_keys.make_many(1)
    data_keys.destroy([erased], erased=True)
    keys.write_rows(tmp_path, "default")
    (tmp_path / keys.ERASED).unlink()
    keys.load_rows(tmp_path)
    assert rows() == [(erased, b"", False)]


def test_what_was_destroyed_is_destroyed_again_after_going_back(tmp_path):
    """The database goes back by the log alone: keys, too, are what they were before."""
    kept, over, erased = data_keys.make_many(3)
    before = list(DataKey.objects.all())
    data_keys.destroy([over], erased=False)
    data_keys.destroy([erased], erased=True)
    after, file = rows(), tmp_path / "gone"
    call_command("erased", "write", str(file))
    assert bytes(DataKey.objects.get(pk=kept).wrapped) not in file.read_bytes()
    DataKey.objects.all().delete()
    DataKey.objects.bulk_create(before)
    assert rows() != after
    call_command("erased", "apply", str(file))
    assert rows() == after
    with pytest.raises(CommandError, match="there already"):
        call_command("erased", "write", str(file))
    file.write_bytes(file.read_bytes().replace(erased.bytes, over.bytes))
    with pytest.raises(CommandError, match="refused"):
        call_command("erased", "apply", str(file))
