"""Two deputies act on one swap in the same moment, in real transactions: one wins."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from lianxin.kernel.refused import Refused
from lianxin.reception.enums import ShiftState, SwapState
from lianxin.reception.models import Shift, Swap
from lianxin.reception.services import swaps
from tests import factories as f
from tests.reception.turns import build, seated

AT = f.MONDAY


@pytest.mark.django_db(transaction=True)
def test_agreeing_and_withdrawing_at_once_one_wins():
    turns = build()
    for _round in range(3):
        swap = swaps.ask(
            shift_id=turns.shift(0, turns.first).pk,
            other_deputy_id=turns.third.deputy_id,
            by=turns.first,
            at=AT,
        )
        gate, said = threading.Barrier(2), {}

        def act(name, by, swap=swap, gate=gate, said=said):
            gate.wait()
            try:
                getattr(swaps, name)(swap_id=swap.pk, by=by, at=AT)
                said[name] = "done"
            except Refused as refused:
                said[name] = refused.code
            finally:
                connection.close()

        threads = [
            threading.Thread(target=act, args=("agree", turns.third)),
            threading.Thread(target=act, args=("withdraw", turns.first)),
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(said.values()) == ["done", "swap_over"]
        won = said["agree"] == "done"
        assert Swap.objects.get(pk=swap.pk).state == (
            SwapState.DONE if won else SwapState.WITHDRAWN
        )
        assert Shift.objects.filter(day=turns.days[0], state=ShiftState.EXPECTED).count() == 2
        assert (seated(turns.days[0]) == {"高建华", "杨文秀"}) is won
        if won:
            return
