"""Tables of moves, `{state: {action: next state}}`: looked up, checked and drawn."""

from collections.abc import Iterable, Mapping

from lianxin.kernel.refused import IllegalMove

Table = Mapping[str, Mapping[str, str]]


def move(table: Table, state: str, action: str) -> str:
    """The state after `action`. Raises IllegalMove when the state does not know it."""
    try:
        return table[state][action]
    except KeyError:
        raise IllegalMove(state, action) from None


def possible(table: Table, state: str, action: str) -> bool:
    """Whether `state` knows `action`."""
    return action in table.get(state, {})


def actions(table: Table, state: str) -> tuple[str, ...]:
    """What can be done in `state`, in the order of the table."""
    return tuple(table.get(state, {}))


def check_table(
    table: Table, finals: Iterable[str] = (), *, starts: Iterable[str] | None = None
) -> list[str]:
    """Faults of a table in words; empty when it is sound.

    Every state must be reachable from `starts` (else the first of the table), and either
    moves on or is among `finals`; a final state may still have moves (reopening).
    """
    finals = set(finals)
    first = list(starts) if starts is not None else list(table)[:1]
    reached, waiting = set(first), list(first)
    while waiting:
        for target in table.get(waiting.pop(), {}).values():
            if target not in reached:
                reached.add(target)
                waiting.append(target)
    states = set(table) | reached | finals
    faults = [f"{state} is never reached" for state in states - reached]
    faults += [f"{state} has no row in the table" for state in reached - set(table) - finals]
    faults += [
        f"{state} neither moves on nor is final"
        for state in states - finals
        if state in table and not table[state]
    ]
    return sorted(str(fault) for fault in faults)


def diagram(
    table: Table, *, starts: Iterable[str] | None = None, finals: Iterable[str] = ()
) -> str:
    """The table as a mermaid state diagram, always in the same order."""
    first = list(starts) if starts is not None else list(table)[:1]
    lines = ["stateDiagram-v2", *(f"    [*] --> {_word(state)}" for state in first)]
    for state, row in table.items():
        together: dict[str, list[str]] = {}
        for action, target in row.items():
            together.setdefault(_word(target), []).append(_word(action))
        lines += [f"    {_word(state)} --> {to}: {', '.join(by)}" for to, by in together.items()]
    lines += [f"    {_word(state)} --> [*]" for state in finals]
    return "\n".join(lines) + "\n"


def _word(word: str) -> str:
    return str(getattr(word, "value", word))
