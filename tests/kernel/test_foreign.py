"""JSON of strangers: read, or a ValueError, however deep it goes."""

import pytest

from lianxin.kernel.foreign import read_json


def test_it_is_read():
    assert read_json('{"地点": [1, 2.5, null]}') == {"地点": [1, 2.5, None]}
    assert read_json(b"[4.0]", parse_float=str) == ["4.0"]


@pytest.mark.parametrize("text", ["", "{", b"\xff", "[" * 100_000, '{"a":' * 50_000])
def test_whatever_else_is_a_value_error(text):
    with pytest.raises(ValueError):  # noqa: PT011  (any kind of it)
        read_json(text)
