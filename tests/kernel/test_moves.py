from enum import StrEnum

import pytest

from lianxin.kernel.moves import actions, check_table, diagram, move, possible
from lianxin.kernel.refused import IllegalMove


class S(StrEnum):
    OPEN = "OPEN"
    ANSWERED = "ANSWERED"
    CLOSED = "CLOSED"


TABLE = {
    S.OPEN: {"answer": S.ANSWERED, "drop": S.CLOSED, "lose": S.CLOSED},
    S.ANSWERED: {"close": S.CLOSED, "reopen": S.OPEN},
    S.CLOSED: {},
}


def test_a_move_is_looked_up():
    assert move(TABLE, S.OPEN, "answer") is S.ANSWERED
    assert move(TABLE, "ANSWERED", "close") == "CLOSED"
    assert possible(TABLE, S.OPEN, "drop")
    assert not possible(TABLE, S.CLOSED, "drop")
    assert actions(TABLE, S.ANSWERED) == ("close", "reopen")


@pytest.mark.parametrize(("state", "action"), [(S.CLOSED, "answer"), ("GONE", "answer")])
def test_an_unknown_move_is_refused_with_a_sentence(state, action):
    with pytest.raises(IllegalMove) as refused:
        move(TABLE, state, action)
    assert refused.value.status == 409
    assert str(refused.value)
    assert refused.value.action == action


def test_a_sound_table_has_no_faults():
    assert check_table(TABLE, {S.CLOSED}) == []


@pytest.mark.parametrize(
    ("table", "finals", "fault"),
    [
        ({"A": {"x": "B"}, "B": {}, "C": {"y": "A"}}, {"B"}, "C is never reached"),
        ({"A": {"x": "B"}, "B": {}}, set(), "B neither moves on nor is final"),
        ({"A": {"x": "B"}}, set(), "B has no row in the table"),
        ({"A": {"x": "B"}, "B": {}}, {"B", "D"}, "D is never reached"),
    ],
)
def test_faults_are_found(table, finals, fault):
    assert fault in check_table(table, finals)


def test_a_diagram_is_drawn_in_the_order_of_the_table():
    assert diagram(TABLE, finals=[S.CLOSED]) == (
        "stateDiagram-v2\n"
        "    [*] --> OPEN\n"
        "    OPEN --> ANSWERED: answer\n"
        "    OPEN --> CLOSED: drop, lose\n"
        "    ANSWERED --> CLOSED: close\n"
        "    ANSWERED --> OPEN: reopen\n"
        "    CLOSED --> [*]\n"
    )
