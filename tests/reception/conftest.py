"""The venue with turns of tests/reception/turns.py, built once a module and given back each time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from tests.reception.turns import Turns, as_stored, build


@pytest.fixture(scope="module")
def _built_turns(django_db_setup, django_db_blocker) -> Iterator[Turns]:
    """Each test runs in a savepoint inside this transaction, which is taken back at the end."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield build()
        transaction.set_rollback(True)


@pytest.fixture
def turns(_built_turns: Turns, db: None) -> Turns:
    return as_stored(_built_turns)
