"""Figures that are a little old are the same question's, the same scope's, and never older than said."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from lianxin.kernel import scope
from lianxin.kernel.lately import MOST, lately
from lianxin.kernel.reference import forget

AT = datetime(2027, 3, 1, 2, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass(frozen=True)
class Sum:
    at: datetime
    turn: int


@pytest.fixture
def counted():
    asked = []

    @lately(MINUTE)
    def total(*places, at):
        asked.append(places)
        return Sum(at, len(asked))

    return total


def test_it_is_asked_again_when_it_is_too_old_or_from_the_future(counted):
    assert counted("53", at=AT).turn == 1
    assert counted("53", at=AT + MINUTE - timedelta(seconds=1)).turn == 1
    assert counted("53", at=AT + MINUTE).turn == 2
    assert counted("53", at=AT).turn == 3


def test_another_question_and_another_scope_have_their_own_answer(counted):
    assert counted("53", at=AT).turn == 1
    assert counted("5301", at=AT).turn == 2
    with scope.within(["530112"]):
        assert counted("53", at=AT).turn == 3
    assert counted("53", at=AT).turn == 1


def test_it_keeps_only_so_many(counted):
    for number in range(MOST + 1):
        counted(number, at=AT)
    assert counted(0, at=AT).turn == MOST + 2
    assert counted(MOST, at=AT).turn == MOST + 1


def test_it_can_be_forgotten(counted):
    counted("53", at=AT)
    forget()
    assert counted("53", at=AT).turn == 2
