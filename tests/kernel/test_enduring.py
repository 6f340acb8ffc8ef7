"""A process that runs for ever outlives outages, says so once, and ends on anything else."""

import threading

import pytest
from django.db import OperationalError

from lianxin.kernel import enduring


class Steps:
    """Raises each error once, then stops."""

    def __init__(self, *errors):
        self.errors, self.calls, self.stop, self.said = list(errors), 0, threading.Event(), []

    def __call__(self):
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        self.stop.set()
        return 0.0

    def run(self):
        enduring.endure(self, stop=self.stop, say=self.said.append)


@pytest.mark.django_db(transaction=True)
def test_it_waits_and_goes_on(monkeypatch):
    monkeypatch.setattr(enduring, "PAUSE", 0.0)
    away = [OperationalError("gone"), OperationalError("gone"), OSError(28, "No space left")]
    steps = Steps(*away)
    steps.run()
    assert steps.calls == 4
    assert [words.split(",")[0] for words in steps.said] == ["waits", "waits", "goes on"]


@pytest.mark.django_db(transaction=True)
def test_a_mistake_comes_out():
    with pytest.raises(ValueError, match="a mistake"):
        Steps(ValueError("a mistake")).run()
