"""How long what is kept: rules that empty or delete rows once nobody needs them (ASVS 14.2.7)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Rule:
    """`forget(at)` empties or deletes what is over at `at` and returns how many rows.

    `kept` says for how long and `source` by which law or whose decision: both for people to read.
    """

    name: str
    kept: str
    source: str
    forget: Callable[[datetime], int]


_rules: dict[str, Rule] = {}


def rule(name: str, forget: Callable[[datetime], int], *, kept: str, source: str) -> None:
    """Registers a rule, in config/wiring.py."""
    _rules[name] = Rule(name, kept, source, forget)


def rules() -> tuple[Rule, ...]:
    return tuple(_rules.values())


def apply(at: datetime) -> dict[str, int]:
    """Every rule, one after the other; one that fails does not stop the others. For the scheduler."""
    done: dict[str, int] = {}
    failed: list[Exception] = []
    for one in rules():
        try:
            done[one.name] = one.forget(at)
        except Exception as error:
            logger.exception("retention rule %s failed", one.name)
            failed.append(error)
    if failed:
        raise failed[0]
    return done


def rehearse(at: datetime) -> dict[str, int]:
    """What `apply` would do now, rule by rule; everything is rolled back."""
    return {one.name: _rolled_back(one, at) for one in rules()}


def _rolled_back(one: Rule, at: datetime) -> int:
    with transaction.atomic():
        number = one.forget(at)
        transaction.set_rollback(True)
    return number
