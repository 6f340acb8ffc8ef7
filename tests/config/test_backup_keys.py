"""The file of residents' keys: each comes back as it was, and says whether a resident had it erased."""

import pytest

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
