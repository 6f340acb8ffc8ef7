from datetime import UTC, date, datetime

import pytest
from time_machine import travel

from lianxin.kernel.clock import local, local_date, now


def test_now_is_aware_and_in_utc():
    assert now().tzinfo is UTC


def test_the_day_turns_at_midnight_in_shanghai():
    assert local_date(datetime(2026, 11, 22, 15, 59, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert local_date(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)


def test_a_naive_datetime_is_refused():
    with pytest.raises(ValueError, match="without time zone"):
        local(datetime(2026, 1, 1))  # noqa: DTZ001


def test_now_can_be_moved_in_tests():
    with travel(datetime(2024, 2, 29, 12, tzinfo=UTC), tick=False):
        assert now() == datetime(2024, 2, 29, 12, tzinfo=UTC)
