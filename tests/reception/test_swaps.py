"""Swaps and substitutes: who may, what fits, both at once, who is told."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from lianxin.kernel import outbox
from lianxin.kernel.refused import Absent
from lianxin.reception.enums import AwayKind, ShiftState, SwapState
from lianxin.reception.models import RotaMember, Swap
from lianxin.reception.queries.swaps import offers_for
from lianxin.reception.rules import swaps as rules
from lianxin.reception.rules.permissions import NotYourSeat, NotYourVenue
from lianxin.reception.services import away, swaps
from lianxin.reception.services.seats import seat_deputies
from lianxin.record.models import Entry
from tests import factories as f
from tests.reception import factories as r
from tests.reception.turns import Turns, before, seated, setting, told

pytestmark = pytest.mark.django_db
AT = f.MONDAY


def asked(turns: Turns, *, back: bool = True, at=AT) -> Swap:
    """The first deputy asks the third: day 0 for day 1, or without return."""
    return swaps.ask(
        shift_id=turns.shift(0, turns.first).pk,
        other_deputy_id=turns.third.deputy_id,
        other_shift_id=turns.shift(1, turns.third).pk if back else None,
        words="那天要开会",
        by=turns.first,
        at=at,
    )


def state(swap: Swap) -> str:
    return Swap.objects.get(pk=swap.pk).state


def test_an_exchange_moves_both_seats(turns):
    old = turns.shift(0, turns.first)
    swap = swaps.agree(swap_id=asked(turns).pk, by=turns.third, at=AT)
    assert swap.state == SwapState.DONE
    assert seated(turns.days[0]) == {"高建华", "杨文秀"}
    assert seated(turns.days[1]) == {"周明远", "罗兰"}
    new = turns.shift(0, turns.third)
    assert (new.replaces_id, new.seat, new.reason) == (old.pk, old.seat, ["swap"])
    old.refresh_from_db()
    assert old.state == ShiftState.REPLACED
    actions = set(Entry.objects.values_list("action", flat=True))
    assert {"reception.swap.ask", "reception.swap.confirm", "reception.rota.swap"} <= actions


def test_a_substitute_takes_only_the_one_seat(turns):
    swaps.agree(swap_id=asked(turns, back=False).pk, by=turns.third, at=AT)
    assert seated(turns.days[0]) == {"高建华", "杨文秀"}
    assert seated(turns.days[1]) == {"高建华", "罗兰"}
    assert turns.shift(0, turns.third).reason == ["substitute"]


WHO = ("first", "second", "third", "clerk", "head", "other_clerk", "handler", "supervisor")


def person(turns: Turns, name: str):
    return getattr(turns, name, None) or getattr(turns.world, name)


@pytest.mark.parametrize(
    ("act", "may"),
    [
        ("ask", {"first", "clerk", "head"}),
        ("agree", {"third"}),
        ("refuse", {"third"}),
        ("withdraw", {"first", "clerk", "head"}),
        ("confirm", {"clerk", "head"}),
        ("refuse_agreed", {"third", "clerk", "head"}),
        ("substitute", {"clerk", "head"}),
    ],
)
def test_who_may(turns, act, may):
    setting(turns, swap_needs_venue=True)
    shift = turns.shift(0, turns.first)
    swap = None if act in ("ask", "substitute") else asked(turns, back=False)
    if act in ("confirm", "refuse_agreed"):
        swaps.agree(swap_id=swap.pk, by=turns.third, at=AT)
    taker = turns.third.deputy_id

    def do(by):
        match act:
            case "ask":
                swaps.ask(shift_id=shift.pk, other_deputy_id=taker, by=by, at=AT)
            case "substitute":
                swaps.substitute(shift_id=shift.pk, deputy_id=taker, words="x", by=by, at=AT)
            case _:
                verb = act.removesuffix("_agreed")
                getattr(swaps, verb)(swap_id=swap.pk, by=by, at=AT)

    allowed = set()
    for name in WHO:
        with transaction.atomic():
            try:
                do(person(turns, name))
                allowed.add(name)
            except (NotYourSeat, NotYourVenue):
                pass
            transaction.set_rollback(True)
    assert allowed == may


def test_where_the_venue_confirms_the_seats_wait(turns):
    setting(turns, swap_needs_venue=True)
    swap = swaps.agree(swap_id=asked(turns).pk, by=turns.third, at=AT)
    assert swap.state == SwapState.AGREED
    assert seated(turns.days[0]) == {"周明远", "杨文秀"}
    swaps.confirm(swap_id=swap.pk, by=turns.world.clerk, at=AT)
    assert seated(turns.days[0]) == {"高建华", "杨文秀"}


def test_what_a_clerk_asked_needs_no_second_word_of_the_venue(turns):
    setting(turns, swap_needs_venue=True)
    swap = swaps.ask(
        shift_id=turns.shift(0, turns.first).pk,
        other_deputy_id=turns.third.deputy_id,
        by=turns.world.clerk,
        at=AT,
    )
    assert swaps.agree(swap_id=swap.pk, by=turns.third, at=AT).state == SwapState.DONE


@pytest.mark.parametrize(
    ("state_now", "act", "words"),
    [
        ("agree", "withdraw", "已经换好"),
        ("withdraw", "agree", "已撤回"),
        ("refuse", "agree", "已被谢绝"),
        ("agree", "agree", "已经换好"),
    ],
)
def test_whoever_comes_second_hears_what_happened(turns, state_now, act, words):
    swap = asked(turns)
    by = {"agree": turns.third, "refuse": turns.third, "withdraw": turns.first}
    getattr(swaps, state_now)(swap_id=swap.pk, by=by[state_now], at=AT)
    with pytest.raises(rules.SwapOver) as refused:
        getattr(swaps, act)(swap_id=swap.pk, by=by[act], at=AT)
    assert words in str(refused.value)


def test_one_open_request_per_seat_also_in_the_database(turns):
    swap = asked(turns)
    with pytest.raises(rules.AlreadyAsked):
        asked(turns)
    swap.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        Swap.objects.create(
            shift=swap.shift,
            deputy=swap.deputy,
            other_deputy=swap.other_deputy,
            asked_at=AT,
            division_code=swap.division_code,
        )


def test_two_requests_for_one_seat_the_first_yes_wins(turns):
    """First and second both want the third's turn of day 1."""
    theirs = turns.shift(1, turns.third).pk
    one = asked(turns)
    two = swaps.ask(
        shift_id=turns.shift(2, turns.second).pk,
        other_deputy_id=turns.third.deputy_id,
        other_shift_id=theirs,
        by=turns.second,
        at=AT,
    )
    swaps.agree(swap_id=two.pk, by=turns.third, at=AT)
    assert state(one) == SwapState.LAPSED
    with pytest.raises(rules.SwapOver):
        swaps.agree(swap_id=one.pk, by=turns.third, at=AT)


def test_a_seat_given_away_meanwhile_is_gone(turns):
    swap = asked(turns)
    ids = [turns.second.deputy_id, turns.fourth.deputy_id]
    seat_deputies(day_id=turns.days[0].pk, deputy_ids=ids, by=None, at=AT)
    with pytest.raises(rules.SeatGone):
        swaps.agree(swap_id=swap.pk, by=turns.third, at=AT)
    outbox.run_pending()
    assert state(swap) == SwapState.LAPSED
    assert any("作废" in text for text in told(turns.first))


@pytest.mark.parametrize("spoilt", ["seated", "away", "elsewhere", "out", "language"])
def test_a_swap_keeps_the_hard_rules(turns, spoilt):
    taker, day = turns.third, turns.days[0]
    if spoilt == "seated":
        taker = turns.second
    elif spoilt == "away":
        away.enter_away(
            deputy_id=taker.deputy_id, kind=AwayKind.LEAVE, from_date=day.date,
            until_date=day.date, by=taker, at=AT,
        )  # fmt: skip
    elif spoilt == "elsewhere":
        r.day(turns.world.other_venue, on=day.date, deputies=(taker,))
    elif spoilt == "out":
        RotaMember.objects.create(
            venue=turns.world.venue, deputy_id=taker.deputy_id, takes_part=False,
            division_code="530112",
        )  # fmt: skip
    else:
        speaks(turns.first, "彝语")
        day.language = "彝语"
        day.save(update_fields=("language",))
    mine = turns.shift(0, turns.first)
    assert taker.deputy_id not in {one.card.id for one in offers_for(mine, at=AT)}
    with pytest.raises(rules.SwapUnfit):
        swaps.ask(shift_id=mine.pk, other_deputy_id=taker.deputy_id, by=turns.first, at=AT)
    with pytest.raises(rules.SwapUnfit):
        swaps.substitute(
            shift_id=mine.pk, deputy_id=taker.deputy_id, words="x", by=turns.world.clerk, at=AT
        )
    assert seated(day) == {"周明远", "杨文秀"}


def speaks(who, language):
    from lianxin.congress.models import Deputy

    Deputy.objects.filter(pk=who.deputy_id).update(languages=[language])


def test_the_rules_are_asked_again_when_the_other_agrees(turns):
    swap = asked(turns)
    away.enter_away(
        deputy_id=turns.third.deputy_id, kind=AwayKind.MEETING, from_date=turns.days[0].date,
        until_date=turns.days[0].date, by=turns.third, at=AT,
    )  # fmt: skip
    with pytest.raises(rules.SwapUnfit):
        swaps.agree(swap_id=swap.pk, by=turns.third, at=AT)
    assert state(swap) == SwapState.ASKED


def test_only_sensible_turns_are_offered_in_return(turns):
    mine = turns.shift(0, turns.first)
    offers = {one.card.name: one for one in offers_for(mine, at=AT)}
    assert set(offers) == {"高建华", "罗兰"}
    days = [one.shift.day_id for one in offers["高建华"].returns]
    assert days == [turns.days[1].pk, turns.days[3].pk]
    # Day 1 comes right before the asker's own day 2: said in words, not forbidden.
    assert "11月25日" in offers["高建华"].returns[0].remark
    away.enter_away(
        deputy_id=turns.first.deputy_id, kind=AwayKind.LEAVE, from_date=turns.days[1].date,
        until_date=turns.days[1].date, by=turns.first, at=AT,
    )  # fmt: skip
    offers = {one.card.name: one for one in offers_for(mine, at=AT)}
    assert [one.shift.day_id for one in offers["罗兰"].returns] == [turns.days[3].pk]


def test_a_gap_of_none_remarks_nothing(turns):
    setting(turns, gap=0)
    offers = offers_for(turns.shift(0, turns.first), at=AT)
    assert [one.remark for one in offers] == ["", ""]


def test_one_day_before_the_turn_it_is_too_late(turns):
    day = turns.days[0]
    with pytest.raises(rules.SwapTooLate):
        asked(turns, at=before(day, days=1))
    swap = asked(turns, at=before(day, days=1, seconds=1))
    with pytest.raises(rules.SwapTooLate):
        swaps.agree(swap_id=swap.pk, by=turns.third, at=before(day, days=1))


def test_what_nobody_answered_lapses_by_itself(turns):
    swap, day = asked(turns), turns.days[0]
    assert swaps.lapse_due(at=before(day, days=1, seconds=1)) == 0
    assert swaps.lapse_due(at=before(day, days=1)) == 1
    assert swaps.lapse_due(at=before(day, days=1)) == 0
    assert state(swap) == SwapState.LAPSED
    assert seated(day) == {"周明远", "杨文秀"}
    outbox.run_pending()
    assert sum("未能及时办妥" in text for text in told(turns.first)) == 1


def test_an_agreed_one_lapses_too(turns):
    setting(turns, swap_needs_venue=True)
    swap = swaps.agree(swap_id=asked(turns).pk, by=turns.third, at=AT)
    swaps.lapse_due(at=before(turns.days[0], hours=3))
    assert state(swap) == SwapState.LAPSED


def test_everybody_concerned_is_told_once(turns):
    swap = asked(turns)
    outbox.run_pending()
    assert len(told(turns.third)) == 1
    assert "周明远" in told(turns.third)[0]
    assert "那天要开会" in told(turns.third)[0]
    assert told(turns.first) == []
    swaps.agree(swap_id=swap.pk, by=turns.third, at=AT)
    outbox.run_pending()
    counts = {
        name: len(told(person(turns, name)))
        for name in ("first", "second", "third", "fourth", "clerk", "head")
    }
    # The third agreed, and so is not told; partners of both days are.
    assert counts == dict.fromkeys(("first", "second", "third", "fourth", "clerk", "head"), 1)
    assert "高建华" in told(turns.second)[0]
    assert "周明远" in told(turns.fourth)[0]


def test_telling_again_tells_nobody_twice(turns):
    from lianxin.reception.events import SwapMoved
    from lianxin.reception.tasks import turns as tasks

    swap = swaps.agree(swap_id=asked(turns).pk, by=turns.third, at=AT)
    outbox.run_pending()
    read = {who: told(who) for who in (turns.first, turns.second, turns.third, turns.fourth)}
    tasks.tell_swap(SwapMoved(swap_id=swap.pk, act="confirm", at=AT))
    assert {who: told(who) for who in read} == read


def test_deputies_hear_of_seats_given_by_the_venue(turns):
    outbox.run_pending()
    assert any("11月11日" in text for text in told(turns.first, "rota"))
    ids = [turns.second.deputy_id, turns.third.deputy_id]
    seat_deputies(day_id=turns.days[0].pk, deputy_ids=ids, by=None, at=AT + timedelta(hours=1))
    outbox.run_pending()
    assert "11月25日" in told(turns.first, "rota")[-1]
    assert "11月11日" in told(turns.third, "rota")[-1]
    before_swap = len(told(turns.third, "rota"))
    swaps.substitute(
        shift_id=turns.shift(1, turns.fourth).pk,
        deputy_id=turns.first.deputy_id,
        words="x",
        by=turns.world.clerk,
        at=AT,
    )
    outbox.run_pending()
    assert len(told(turns.third, "rota")) == before_swap


def test_the_clerk_hands_a_seat_over_on_the_very_day(turns):
    day = turns.days[0]
    at = before(day, hours=1)
    waiting = asked(turns)
    shift = turns.shift(0, turns.first)
    swap = swaps.substitute(
        shift_id=shift.pk,
        deputy_id=turns.fourth.deputy_id,
        words="临时生病",
        by=turns.world.clerk,
        at=at,
    )
    assert (swap.state, swap.settled_by_id) == (SwapState.DONE, turns.world.clerk.person_id)
    assert state(waiting) == SwapState.LAPSED
    assert seated(day) == {"罗兰", "杨文秀"}
    outbox.run_pending()
    assert any("临时生病" in text for text in told(turns.first))
    assert any("临时生病" in text for text in told(turns.fourth))
    assert any("罗兰" in text for text in told(turns.second))
    with pytest.raises(rules.SeatGone):
        swaps.substitute(
            shift_id=shift.pk,
            deputy_id=turns.third.deputy_id,
            words="x",
            by=turns.world.clerk,
            at=at,
        )


def test_a_stranger_to_the_venue_finds_no_swap(turns):
    with pytest.raises(Absent):
        swaps.agree(swap_id=turns.days[0].pk, by=turns.third, at=AT)


def test_the_lapse_of_an_exchange_is_the_nearer_of_both_days(turns):
    """The turn asked for is far, the one given in return is near."""
    swap = swaps.ask(
        shift_id=turns.shift(2, turns.first).pk,
        other_deputy_id=turns.third.deputy_id,
        other_shift_id=turns.shift(1, turns.third).pk,
        by=turns.first,
        at=AT,
    )
    near = turns.days[1].starts_at - timedelta(days=1)
    assert swaps.lapse_due(at=near - timedelta(seconds=1)) == 0
    assert swaps.lapse_due(at=near) == 1
    assert state(swap) == SwapState.LAPSED
