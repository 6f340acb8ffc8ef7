"""Checking in by the code on the screen, attendance by hand, days away, the clerk's figures."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianxin.kernel import bus, outbox
from lianxin.kernel.clock import local_date
from lianxin.kernel.refused import Absent, IllegalMove
from lianxin.reception.enums import AwayKind, DayState, ShiftState
from lianxin.reception.events import ShiftAttended
from lianxin.reception.models import Away, Screen, Shift
from lianxin.reception.queries import attendance as queries
from lianxin.reception.rules import checkin
from lianxin.reception.rules.permissions import NotADeputy, NotYourVenue
from lianxin.reception.services import attendance, away, swaps
from lianxin.reception.services.screens import set_up
from lianxin.record.models import Entry
from tests import factories as f
from tests.reception import factories as r
from tests.reception.turns import Turns, before, told

pytestmark = pytest.mark.django_db
AT = f.MONDAY
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def screen(turns: Turns, venue=None) -> Screen:
    return set_up(venue_id=(venue or turns.world.venue).pk, name="大厅", by=None, at=AT)


def shown(turns: Turns, on: Screen, at, day: int = 0) -> checkin.Code:
    return checkin.code_for(turns.days[day].pk, on.pk, at)


def state(turns: Turns, who, day: int = 0) -> str:
    return Shift.objects.get(day=turns.days[day], deputy=who.deputy_id).state


# --- the code ---------------------------------------------------------------------------------


def test_a_code_belongs_to_its_day_screen_and_minute(turns):
    one, other = screen(turns), screen(turns)
    at = turns.days[0].starts_at
    code = shown(turns, one, at)
    assert len(code.digits) == 6
    assert code.digits.isdecimal()
    assert len(code.token) == 32
    assert at < code.until <= at + MINUTE
    same = shown(turns, one, code.until - SECOND)
    assert same == code
    different = {
        shown(turns, one, code.until).token,
        shown(turns, other, at).token,
        shown(turns, one, at, day=1).token,
    }
    assert code.token not in different


@pytest.mark.parametrize(
    ("later", "taken"),
    [(0, True), (59, True), (60, True), (119, True), (120, False), (-1, False)],
)
def test_this_minute_and_the_one_before(later, taken):
    """Seconds after the code appeared; before it appeared it is worth nothing."""
    day, place, begin = uuid4(), uuid4(), AT
    code = checkin.code_for(day, place, begin)
    at = begin + timedelta(seconds=later)
    for said in (code.digits, code.token):
        assert checkin.fits(said, day_id=day, screen_ids=[uuid4(), place], at=at) is taken


def test_digits_as_people_type_them():
    day, place = uuid4(), uuid4()
    digits = checkin.code_for(day, place, AT).digits
    wide = "".join(chr(ord(one) + 0xFEE0) for one in digits)
    for said in (f" {digits[:3]} {digits[3:]} ", wide):
        assert checkin.fits(said, day_id=day, screen_ids=[place], at=AT)
    for said in ("", "abc", digits[:5], digits + "0", "一二三四五六"):
        assert not checkin.fits(said, day_id=day, screen_ids=[place], at=AT)


# --- checking in ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("before_begin", "opens"),
    [(timedelta(minutes=60), True), (timedelta(minutes=60, seconds=1), False)],
)
def test_the_door_opens_one_hour_before(turns, before_begin, opens):
    place = screen(turns)
    at = turns.days[0].starts_at - before_begin
    said = shown(turns, place, at).digits
    if not opens:
        with pytest.raises(checkin.NoTurnNow):
            attendance.check_in(said=said, by=turns.first, at=at)
        return
    shift = attendance.check_in(said=said, by=turns.first, at=at)
    assert (shift.state, shift.attended_at) == (ShiftState.PRESENT, at)
    assert shift.attended_by_id == turns.first.person_id


def test_the_door_closes_at_the_end(turns):
    place, day = screen(turns), turns.days[0]
    late = day.ends_at + SECOND
    with pytest.raises(checkin.NoTurnNow):
        attendance.check_in(said=shown(turns, place, late).digits, by=turns.first, at=late)
    attendance.check_in(
        said=shown(turns, place, day.ends_at).digits, by=turns.first, at=day.ends_at
    )
    assert state(turns, turns.first) == ShiftState.PRESENT


def test_checking_in_twice_is_once(turns):
    place, at = screen(turns), turns.days[0].starts_at
    seen = []
    for later in (0, 5):
        when = at + later * SECOND
        said = shown(turns, place, when).token
        seen.append(attendance.check_in(said=said, by=turns.first, at=when).attended_at)
    assert seen == [at, at]
    assert Entry.objects.filter(action="reception.shift.check_in").count() == 1


def test_a_code_of_elsewhere_or_of_before_is_refused(turns):
    here, there = screen(turns), screen(turns, turns.world.other_venue)
    gone = screen(turns)
    Screen.objects.filter(pk=gone.pk).update(is_active=False)
    at = turns.days[0].starts_at
    for code in (
        shown(turns, there, at),
        shown(turns, gone, at),
        shown(turns, here, at - 3 * MINUTE),
        shown(turns, here, at, day=2),
    ):
        for said in (code.digits, code.token):
            with pytest.raises(checkin.CodeRefused):
                attendance.check_in(said=said, by=turns.first, at=at)
    assert state(turns, turns.first) == ShiftState.EXPECTED


def test_only_who_has_a_turn_checks_in(turns):
    place, at = screen(turns), turns.days[0].starts_at
    said = shown(turns, place, at).digits
    with pytest.raises(checkin.NoTurnNow):
        attendance.check_in(said=said, by=turns.third, at=at)
    with pytest.raises(NotADeputy):
        attendance.check_in(said=said, by=turns.world.clerk, at=at)


def test_a_cancelled_day_has_no_door(turns):
    place, day = screen(turns), turns.days[0]
    day.state = DayState.CANCELLED
    day.save(update_fields=("state",))
    said = shown(turns, place, day.starts_at).digits
    with pytest.raises(checkin.NoTurnNow):
        attendance.check_in(said=said, by=turns.first, at=day.starts_at)


# --- by hand ----------------------------------------------------------------------------------


def mark(turns: Turns, act: str, *, who=None, by=None, at=None, reason="电话请假") -> Shift:
    who = who or turns.first
    shift = Shift.objects.get(day=turns.days[0], deputy=who.deputy_id)
    return attendance.mark(
        shift_id=shift.pk,
        act=act,
        reason=reason,
        by=by or turns.world.clerk,
        at=at or turns.days[0].ends_at,
    )


def test_who_may_mark(turns):
    people = {
        name: getattr(turns.world, name)
        for name in ("clerk", "head", "other_clerk", "handler", "supervisor", "deputy", "auditor")
    }
    may = set()
    for name, by in people.items():
        try:
            mark(turns, "miss", by=by)
        except Absent:
            continue
        may.add(name)
        mark(turns, "take_back", by=by)
    assert may == {"clerk", "head"}


def test_leave_and_absence_are_kept_apart(turns, monkeypatch):
    monkeypatch.setattr(bus, "_subscriptions", {})
    bus.subscribe(ShiftAttended, hear)
    heard.clear()
    assert mark(turns, "miss").state == ShiftState.ABSENT
    assert mark(turns, "excuse").state == ShiftState.EXCUSED
    mark(turns, "check_in", who=turns.second)
    outbox.run_pending()
    assert heard == ["absent", "excused", "present"]
    lines = {
        one.name: one
        for one in queries.figures(turns.world.venue.pk, 2026, at=turns.days[0].ends_at + MINUTE)
    }
    first = lines["周明远"]
    assert (first.turns, first.present, first.excused, first.absent) == (1, 0, 1, 0)
    assert (lines["杨文秀"].present, lines["高建华"].turns) == (1, 0)


heard: list[str] = []


def hear(event: ShiftAttended) -> None:
    heard.append(event.state)


def test_a_mark_needs_its_reason_and_its_time(turns):
    day = turns.days[0]
    with pytest.raises(attendance.ReasonMissing):
        mark(turns, "miss", reason="  ")
    with pytest.raises(attendance.NotYet):
        mark(turns, "miss", at=day.starts_at - SECOND)
    with pytest.raises(attendance.NotYet):
        mark(turns, "check_in", at=day.starts_at - timedelta(hours=1, seconds=1))
    assert mark(turns, "excuse", at=AT).state == ShiftState.EXCUSED
    with pytest.raises(IllegalMove):
        mark(turns, "miss")


def test_a_mistaken_mark_is_taken_back(turns):
    mark(turns, "check_in")
    shift = mark(turns, "take_back", reason="点错了人")
    assert (shift.state, shift.attended_at) == (ShiftState.EXPECTED, None)


def test_a_signed_day_stands(turns):
    day = turns.days[0]
    for closed in (DayState.SIGNED, DayState.CANCELLED):
        day.state = closed
        day.save(update_fields=("state",))
        with pytest.raises(attendance.AttendanceClosed):
            mark(turns, "check_in")


def test_nothing_is_decided_by_itself_the_list_asks(turns):
    venue, day = turns.world.venue, turns.days[0]
    late = day.ends_at + timedelta(days=3)
    asked = queries.undecided_of([venue.pk], at=late)
    assert {one.deputy.name for one in asked} == {"周明远", "杨文秀"}
    assert queries.undecided_of([venue.pk], at=day.starts_at) == []
    mark(turns, "check_in")
    mark(turns, "excuse", who=turns.second)
    assert queries.undecided_of([venue.pk], at=late) == []
    assert not queries.undecided(day.pk).exists()


def test_a_substitute_counts_for_whoever_came(turns):
    swaps.substitute(
        shift_id=turns.shift(0, turns.first).pk,
        deputy_id=turns.third.deputy_id,
        words="生病",
        by=turns.world.clerk,
        at=AT,
    )
    mark(turns, "check_in", who=turns.third)
    lines = {
        one.name: one
        for one in queries.figures(turns.world.venue.pk, 2026, at=turns.days[0].ends_at + MINUTE)
    }
    assert (lines["高建华"].turns, lines["高建华"].helped) == (1, 1)
    assert lines["周明远"].turns == 0
    assert queries.figures(turns.world.venue.pk, 2025, at=AT)[0].turns == 0


# --- days away --------------------------------------------------------------------------------


def leave(turns: Turns, by, *, first=date(2026, 11, 10), last=date(2026, 11, 12), at=AT) -> Away:
    return away.enter_away(
        deputy_id=turns.first.deputy_id,
        kind=AwayKind.LEAVE,
        from_date=first,
        until_date=last,
        note="外出培训",
        by=by,
        at=at,
    )


def test_who_enters_days_away(turns):
    people = ("first", "clerk", "head", "second", "other_clerk", "handler", "supervisor")
    may = set()
    for name in people:
        by = getattr(turns, name, None) or getattr(turns.world, name)
        try:
            row = leave(turns, by)
        except NotYourVenue:
            continue
        may.add(name)
        away.take_back_away(away_id=row.pk, by=by, at=AT)
        away.take_back_away(away_id=row.pk, by=by, at=AT)
    assert may == {"first", "clerk", "head"}
    assert not Away.objects.exists()


def test_what_makes_no_sense_is_refused(turns):
    today = local_date(AT)
    leave(turns, turns.first)
    for first, last in (
        (date(2026, 11, 12), date(2026, 11, 20)),
        (date(2026, 12, 2), date(2026, 12, 1)),
        (today - timedelta(days=9), today - timedelta(days=1)),
        (date(2027, 1, 1), date(2028, 1, 3)),
    ):
        with pytest.raises(away.AwayRefused):
            leave(turns, turns.first, first=first, last=last)
    leave(turns, turns.world.clerk, first=today - timedelta(days=9), last=today - timedelta(days=1))


def test_a_turn_stays_and_is_seen_until_somebody_takes_it(turns):
    venue, on = turns.world.venue, local_date(AT)
    leave(turns, turns.first)
    outbox.run_pending()
    assert state(turns, turns.first) == ShiftState.EXPECTED
    open_turns = queries.uncovered_of([venue.pk], at=AT, on=on)
    assert [one.pk for one in open_turns] == [turns.shift(0, turns.first).pk]
    assert len(told(turns.world.clerk)) == 1
    assert "11月11日" in told(turns.world.clerk)[0]
    assert told(turns.first) == []
    swaps.substitute(
        shift_id=open_turns[0].pk,
        deputy_id=turns.third.deputy_id,
        words="请假",
        by=turns.world.clerk,
        at=AT,
    )
    assert queries.uncovered_of([venue.pk], at=AT, on=on) == []


def test_a_deputy_reads_what_the_clerk_entered(turns):
    leave(turns, turns.world.clerk)
    outbox.run_pending()
    assert len(told(turns.first)) == 1
    assert told(turns.world.clerk) == []
    assert len(told(turns.world.head)) == 1


def test_an_excused_seat_can_still_be_given_away(turns):
    mark(turns, "excuse", at=AT)
    assert len(queries.uncovered_of([turns.world.venue.pk], at=AT, on=local_date(AT))) == 1
    swaps.substitute(
        shift_id=turns.shift(0, turns.first).pk,
        deputy_id=turns.third.deputy_id,
        words="请假",
        by=turns.world.clerk,
        at=before(turns.days[0], hours=2),
    )
    assert state(turns, turns.third) == ShiftState.EXPECTED


# --- figures ----------------------------------------------------------------------------------


def test_figures_ask_as_often_for_one_as_for_thirty(turns):
    venue, at = turns.world.venue, turns.days[0].ends_at + timedelta(days=60)
    with CaptureQueriesContext(connection) as few:
        queries.figures(venue.pk, 2026, at=at)
    for number in range(26):
        who = f.deputy(f"代表{number}", venue=venue)
        r.day(venue, on=date(2026, 12, 3) + timedelta(days=number), deputies=(who,))
    with CaptureQueriesContext(connection) as many:
        lines = queries.figures(venue.pk, 2026, at=at)
    assert len(lines) == 30
    assert len(many) == len(few) <= 4
