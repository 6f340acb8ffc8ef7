"""Calls to a grid: asked in turn, passed on by time, one wins, nobody left, a case from it."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import connection

from lianxin.cases.enums import Channel
from lianxin.cases.models import Case
from lianxin.kernel import outbox
from lianxin.kernel.refused import IllegalMove
from lianxin.notices.models import Delivery, Notice
from lianxin.reception.enums import AskState, CallState
from lianxin.reception.models import Ask, Away, CallOut
from lianxin.reception.queries.calls import calls_waiting, may_read, to_ask
from lianxin.reception.rules.permissions import NotADeputy, NotYourSeat, NotYourVenue
from lianxin.reception.services import calls, duty
from lianxin.reception.tasks import calls as tasks
from lianxin.record.models import Entry
from tests import factories as f
from tests.reception import duty_world as d

MINUTE = timedelta(minutes=1)


@pytest.fixture
def made(db):
    world = d.build()
    d.table(world)
    return world


def states(call):
    return [(one.deputy.person.name, one.state) for one in call.asks.order_by("order")]


def fresh(call):
    return CallOut.objects.get(pk=call.pk)


def test_the_one_on_duty_is_asked_first_then_by_their_next_turns(made):
    third = made.deputies[2]
    row = made.grid.duties.order_by("from_date")[1]  # next week goes to the third by hand
    duty.set_turn(
        duty_id=row.pk, deputy_id=third.deputy_id, by=made.small.clerk, at=f.MONDAY
    )  # fmt: skip
    call = d.call(made)
    assert call.state == CallState.CALLING
    assert states(call) == [("周明远", "waiting")]
    assert [one.person.name for one in to_ask(call, d.TODAY)] == ["李国强", "杨文秀"]
    ask = call.asks.get()
    assert ask.answer_by - ask.asked_at == 30 * MINUTE


def test_who_is_away_is_not_asked(made):
    Away.objects.create(
        deputy_id=made.deputies[0].deputy_id, kind="leave", from_date=d.TODAY, until_date=d.TODAY,
        division_code="530112",
    )  # fmt: skip
    assert states(d.call(made)) == [("杨文秀", "waiting")]


def test_stationed_deputies_are_asked_last_and_only_where_the_venue_agrees(made):
    d.station(made, "站里代表")
    call = d.call(made)
    assert "站里代表" not in [one.person.name for one in to_ask(call, d.TODAY)]
    duty.set_wishes(
        venue_id=made.venue.pk, answer_minutes=45, asks_stationed=True, by=made.small.clerk,
        at=f.MONDAY,
    )  # fmt: skip
    assert [one.person.name for one in to_ask(fresh(call), d.TODAY)][-1] == "站里代表"
    ask = d.call(made).asks.get()
    assert ask.answer_by - ask.asked_at == 45 * MINUTE


def test_the_words_are_sealed_and_stay_out_of_the_journal(made):
    call = d.call(made)
    with connection.cursor() as cursor:
        cursor.execute("SELECT words FROM reception_callout")
        assert "楼道" not in str(cursor.fetchone()[0])
    assert fresh(call).words.startswith("三栋楼道")
    assert "楼道" not in "".join(str(one.data) for one in Entry.objects.all())


def test_sent_twice_it_is_one_call(made):
    first, second = d.call(made, key="k"), d.call(made, key="k")
    assert first.pk == second.pk
    assert Ask.objects.count() == 1


def test_who_may_call(made):
    small = made.small
    for by in (made.worker, small.clerk, small.head):
        d.call(made, by=by)
    for by in (small.other_clerk, small.deputy, small.supervisor, small.handler, small.auditor):
        with pytest.raises(NotYourVenue):
            d.call(made, by=by)
    with pytest.raises(calls.NotAGridHere):
        d.call(made, grid_id=d.grid(7).pk)
    with pytest.raises(calls.CallIncomplete):
        d.call(made, words="  ")


def test_accepted_and_ended(made):
    call = d.call(made)
    calls.accept(call_id=call.pk, by=made.deputies[0], at=f.MONDAY)
    calls.accept(call_id=call.pk, by=made.deputies[0], at=f.MONDAY)
    with pytest.raises(calls.DeedMissing):
        calls.finish(call_id=call.pk, outcome=" ", by=made.deputies[0], at=f.MONDAY)
    for by in (made.deputies[1], made.worker, made.small.other_clerk):
        with pytest.raises(NotYourSeat):
            calls.finish(call_id=call.pk, outcome="好了", by=by, at=f.MONDAY)
    done = calls.finish(call_id=call.pk, outcome="两家说好", by=made.deputies[0], at=f.MONDAY)
    assert (done.state, fresh(call).outcome) == (CallState.DONE, "两家说好")
    with pytest.raises(IllegalMove):
        calls.withdraw(call_id=call.pk, by=made.worker, at=f.MONDAY)


def test_passing_on_needs_a_reason_and_the_last_one_leaves_it_unanswered(made):
    call = d.call(made)
    with pytest.raises(calls.WhyMissing):
        calls.pass_on(call_id=call.pk, words="", by=made.deputies[0], at=f.MONDAY)
    with pytest.raises(calls.CallWentOn):
        calls.pass_on(call_id=call.pk, words="不是我", by=made.deputies[1], at=f.MONDAY)
    for one in made.deputies:
        calls.pass_on(call_id=call.pk, words="在外地", by=one, at=f.MONDAY)
    assert fresh(call).state == CallState.UNANSWERED
    assert [state for _name, state in states(call)] == ["passed"] * 3
    with pytest.raises(NotADeputy):
        calls.accept(call_id=call.pk, by=made.worker, at=f.MONDAY)


def test_a_deputy_who_was_going_gives_it_back_and_the_next_is_asked(made):
    call = d.call(made)
    calls.accept(call_id=call.pk, by=made.deputies[0], at=f.MONDAY)
    with pytest.raises(calls.CallWentOn):
        calls.give_back(call_id=call.pk, words="x", by=made.deputies[1], at=f.MONDAY)
    calls.give_back(call_id=call.pk, words="临时有会", by=made.deputies[0], at=f.MONDAY)
    assert (fresh(call).state, fresh(call).deputy) == (CallState.CALLING, None)
    assert states(call) == [("周明远", "passed"), ("杨文秀", "waiting")]


def test_time_passes_it_on_and_then_leaves_it_unanswered(made):
    call = d.call(made)
    early = f.MONDAY + 29 * MINUTE
    tasks.pass_on_late(early)
    assert not calls.lapse(ask_id=call.asks.get().pk, at=early)
    assert states(call) == [("周明远", "waiting")]
    for turn in (30, 60, 90):
        tasks.pass_on_late(f.MONDAY + turn * MINUTE)
        tasks.pass_on_late(f.MONDAY + turn * MINUTE)
    assert [state for _name, state in states(call)] == ["lapsed"] * 3
    assert fresh(call).state == CallState.UNANSWERED


def test_overnight_nobody_lapses_and_the_message_comes_in_the_morning(made):
    person = made.small.deputy_row().person
    person.phone = "13800138000"
    person.save()
    evening = f.MONDAY + timedelta(hours=11)  # 21:00
    d.call(made, at=evening)
    outbox.run_pending()
    assert not Delivery.objects.exists()
    assert Notice.objects.filter(person=person, text__contains="08:30").count() == 1
    tasks.pass_on_late(evening + timedelta(hours=10))  # 7:00
    assert not Delivery.objects.exists()
    tasks.pass_on_late(evening + timedelta(hours=11))
    tasks.pass_on_late(evening + timedelta(hours=11, minutes=1))
    assert Delivery.objects.count() == 1
    assert Ask.objects.get().state == AskState.WAITING
    tasks.pass_on_late(evening + timedelta(hours=11, minutes=30))
    assert Ask.objects.get(order=1).state == AskState.LAPSED


def test_who_answers_late_is_welcome_while_nobody_goes(made):
    call = d.call(made)
    tasks.pass_on_late(f.MONDAY + 30 * MINUTE)
    calls.accept(call_id=call.pk, by=made.deputies[0], at=f.MONDAY + 31 * MINUTE)
    assert states(call) == [("周明远", "accepted"), ("杨文秀", "dropped")]
    with pytest.raises(calls.CallIsTaken):
        calls.accept(call_id=call.pk, by=made.deputies[1], at=f.MONDAY + 31 * MINUTE)


def test_once_more_round(made):
    call = d.call(made)
    with pytest.raises(IllegalMove):
        calls.call_again(call_id=call.pk, by=made.worker, at=f.MONDAY)
    for one in made.deputies:
        calls.pass_on(call_id=call.pk, words="在外地", by=one, at=f.MONDAY)
    calls.call_again(call_id=call.pk, by=made.worker, at=f.MONDAY)
    assert states(call)[-1] == ("周明远", "waiting")
    assert len(to_ask(fresh(call), d.TODAY)) == 2


def test_withdrawn_while_asked_and_while_going(made):
    asked, going = d.call(made), d.call(made)
    calls.accept(call_id=going.pk, by=made.deputies[0], at=f.MONDAY)
    for call in (asked, going):
        with pytest.raises(NotYourVenue):
            calls.withdraw(call_id=call.pk, by=made.small.other_clerk, at=f.MONDAY)
        calls.withdraw(call_id=call.pk, by=made.worker, at=f.MONDAY)
    assert states(asked) == [("周明远", "dropped")]
    with pytest.raises(calls.CallWentOn):
        calls.accept(call_id=asked.pk, by=made.deputies[0], at=f.MONDAY)


def test_a_case_from_it_without_typing_twice(made):
    call = d.call(made)
    calls.accept(call_id=call.pk, by=made.deputies[0], at=f.MONDAY)
    calls.make_case(call_id=call.pk, outcome="", by=made.deputies[0], at=f.MONDAY)
    calls.make_case(call_id=call.pk, outcome="", by=made.deputies[0], at=f.MONDAY)
    case = Case.objects.get()
    assert (case.words, case.address) == (call.words, call.where)
    assert (case.channel, case.grid, case.venue) == (Channel.GRID, made.grid, made.venue)
    assert case.filed_by_id == made.deputies[0].person_id
    assert [one.deputy_id for one in case.receivers.all()] == [made.deputies[0].deputy_id]
    assert (fresh(call).state, fresh(call).case_id) == (CallState.DONE, case.pk)


def test_a_deputy_registers_nothing_else(made):
    from lianxin.cases.rules.permissions import NotYourDesk
    from lianxin.cases.services import desk

    for receivers in ((), (made.deputies[1].deputy_id,)):
        draft = f.draft(venue_id=made.venue.pk, receiver_ids=receivers)
        with pytest.raises(NotYourDesk):
            desk.register(
                draft=draft, key=str(f.uuid7()), by=made.deputies[0], at=f.MONDAY, reply=None
            )


def told(actor):
    return list(
        Notice.objects.filter(person_id=actor.person_id).order_by("told_at", "id").values_list(
            "text", flat=True
        )
    )  # fmt: skip


def test_who_is_told_what(made):
    Notice.objects.all().delete()
    small = made.small
    call = d.call(made)
    outbox.run_pending()
    before = len(told(made.deputies[0]))
    assert "官庄第1网格" in told(made.deputies[0])[-1]
    assert "10:30" in told(made.deputies[0])[-1]
    assert not [text for text in told(made.deputies[0]) if "楼道" in text]
    calls.accept(call_id=call.pk, by=made.deputies[0], at=f.MONDAY)
    outbox.run_pending()
    assert "周明远" in told(made.worker)[-1]
    calls.give_back(call_id=call.pk, words="临时有会", by=made.deputies[0], at=f.MONDAY)
    for one in made.deputies[1:]:
        calls.pass_on(call_id=call.pk, words="在外地", by=one, at=f.MONDAY)
    outbox.run_pending()
    assert len(told(made.worker)) == 3
    assert "没有代表" in told(made.worker)[-1]
    assert "没有代表" in told(small.clerk)[-1]
    assert len(told(made.deputies[0])) == before
    calls.call_again(call_id=call.pk, by=small.clerk, at=f.MONDAY + MINUTE)
    calls.withdraw(call_id=call.pk, by=small.clerk, at=f.MONDAY + MINUTE)
    outbox.run_pending()
    assert len(told(made.deputies[0])) == before + 2


def test_a_new_table_is_told_once_to_each(db):
    made = d.build()
    d.table(made)
    outbox.run_pending()
    assert [len(told(one)) for one in made.deputies] == [1, 1, 1]
    d.table(made)
    outbox.run_pending()
    assert [len(told(one)) for one in made.deputies] == [1, 1, 1]


def test_what_waits_for_a_deputy(made, django_assert_num_queries):
    call = d.call(made)
    calls_waiting(made.deputies[0].deputy_id)
    with django_assert_num_queries(2):  # the stamps of the names that are remembered
        found = calls_waiting(made.deputies[0].deputy_id)
        assert [one.call.grid.name for one in found] == ["官庄第1网格"]
    assert calls_waiting(made.deputies[1].deputy_id) == []
    assert may_read(call, found[0])
    calls.pass_on(call_id=call.pk, words="在外地", by=made.deputies[0], at=f.MONDAY)
    assert not may_read(fresh(call), Ask.objects.get(order=1))


@pytest.mark.django_db(transaction=True)
def test_two_deputies_accept_at_once_and_one_wins():
    made = d.build()
    d.table(made)
    call = d.call(made)
    tasks.pass_on_late(f.MONDAY + 30 * MINUTE)  # the first is late, the second is asked
    start, won, lost = threading.Barrier(2), [], []

    def press(deputy):
        start.wait()
        try:
            calls.accept(call_id=call.pk, by=deputy, at=f.MONDAY + 31 * MINUTE)
        except (calls.CallIsTaken, calls.CallWentOn) as no:
            lost.append(no.code)
        else:
            won.append(deputy.deputy_id)
        finally:
            connection.close()

    both = [threading.Thread(target=press, args=(one,)) for one in made.deputies[:2]]
    for one in both:
        one.start()
    for one in both:
        one.join()
    assert (len(won), lost) == (1, ["call_taken"])
    assert fresh(call).deputy_id == won[0]
    assert Ask.objects.filter(state=AskState.ACCEPTED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_accepting_and_running_out_of_time_at_once():
    made = d.build()
    call = d.call(made)
    ask = call.asks.get()
    start = threading.Barrier(2)

    def accept():
        start.wait()
        calls.accept(call_id=call.pk, by=made.deputies[0], at=f.MONDAY + 30 * MINUTE)
        connection.close()

    def lapse():
        start.wait()
        calls.lapse(ask_id=ask.pk, at=f.MONDAY + 30 * MINUTE)
        connection.close()

    both = [threading.Thread(target=one) for one in (accept, lapse)]
    for one in both:
        one.start()
    for one in both:
        one.join()
    # Either way the deputy goes, and nobody else is asked any more.
    assert fresh(call).state == CallState.ACCEPTED
    assert fresh(call).deputy_id == made.deputies[0].deputy_id
    assert not Ask.objects.filter(state=AskState.WAITING).exists()
