"""The phone pages of a deputy's turns and the clerk's pages, walked through with the client."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from lianxin.congress.models import Deputy
from lianxin.kernel import outbox
from lianxin.reception.enums import DayState, ShiftState, SwapState
from lianxin.reception.models import Away, Shift, Swap
from lianxin.reception.rules.checkin import code_for
from lianxin.reception.services import attendance, swaps
from lianxin.reception.services.screens import set_up
from tests import factories as f
from tests.cases.test_unit import signed_in
from tests.reception import factories as r
from tests.reception.turns import Turns, seated, setting

pytestmark = pytest.mark.django_db
AT = f.MONDAY
MINE = "/deputy/reception/"


@pytest.fixture
def clock():
    with time_machine.travel(AT, tick=False) as moved:
        yield moved


def page(client, address, **data) -> str:
    answer = client.get(address, data)
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def code_of(who) -> str:
    return Deputy.objects.get(pk=who.deputy_id).code


def swap_address(turns: Turns) -> str:
    return reverse("reception:swap-with", args=[turns.shift(0, turns.first).pk])


def asked(turns: Turns, **more) -> Swap:
    return swaps.ask(
        shift_id=turns.shift(0, turns.first).pk,
        other_deputy_id=turns.third.deputy_id,
        other_shift_id=turns.shift(1, turns.third).pk,
        by=turns.first,
        at=AT,
        **more,
    )


def test_a_deputy_asks_and_the_other_agrees(turns, clock):
    first, third = signed_in("deputy"), signed_in("third")
    assert "杨文秀" in page(first, MINE)
    address = swap_address(turns)
    listed = page(first, address)
    assert "高建华" in listed
    assert "杨文秀" not in listed.split("<main")[1]
    back = turns.shift(1, turns.third).pk
    sent = first.post(
        f"{address}?with={code_of(turns.third)}", {"what": str(back), "words": "开会"}
    )
    assert sent.headers["Location"] == MINE
    swap = Swap.objects.get()
    assert "已向高建华" in page(first, MINE)
    asks = page(third, MINE)
    assert "周明远代表想和您换班" in asks
    assert "开会" in asks
    answer = reverse("reception:swap", args=[swap.pk])
    assert third.post(answer, {"act": "agree"}).status_code == 302
    assert seated(turns.days[0]) == {"高建华", "杨文秀"}
    assert "周明远代表想和您换班" not in page(third, MINE)


def test_a_stale_page_hears_what_happened_and_keeps_what_was_typed(turns, clock):
    swap = asked(turns)
    answer = reverse("reception:swap", args=[swap.pk])
    third = signed_in("third")
    page(third, answer)
    swaps.withdraw(swap_id=swap.pk, by=turns.first, at=AT)
    said = third.post(answer, {"act": "agree", "words": "好的"})
    assert said.status_code == 200
    assert "已撤回" in said.content.decode()
    assert seated(turns.days[0]) == {"周明远", "杨文秀"}


def test_refusing_with_a_word(turns, clock):
    swap = asked(turns)
    address = reverse("reception:swap", args=[swap.pk])
    signed_in("third").post(address, {"act": "refuse", "words": "我也出差"})
    swap.refresh_from_db()
    assert (swap.state, swap.answer) == (SwapState.REFUSED, "我也出差")
    assert "我也出差" in page(signed_in("deputy"), address)


def test_withdrawing_is_one_press(turns, clock):
    swap = asked(turns)
    address = reverse("reception:swap-withdraw", args=[swap.pk])
    assert signed_in("second_deputy").post(address).status_code == 404
    assert signed_in("third").post(address).status_code == 403
    assert signed_in("deputy").post(address).status_code == 302
    swap.refresh_from_db()
    assert swap.state == SwapState.WITHDRAWN


def test_a_foreign_turn_is_none(turns, clock):
    assert signed_in("second_deputy").get(swap_address(turns)).status_code == 404
    assert signed_in("clerk").get(swap_address(turns)).status_code == 403


def test_too_late_is_said_with_the_way_out(turns, clock):
    clock.move_to(turns.days[0].starts_at - timedelta(hours=5))
    client = signed_in("deputy")
    assert swap_address(turns) not in page(client, MINE)
    said = client.get(swap_address(turns))
    assert said.status_code == 422
    assert "打电话" in said.content.decode()


def test_days_away_name_the_turns_and_lead_to_a_substitute(turns, clock):
    client, address = signed_in("deputy"), reverse("reception:away")
    wrong = {"kind": "leave", "from_date": "2026-11-12", "until_date": "2026-11-10"}
    assert "早于" in client.post(address, wrong).content.decode()
    assert not Away.objects.exists()
    right = {"kind": "leave", "from_date": "2026-11-10", "until_date": "2026-11-12", "note": "培训"}
    assert client.post(address, right).status_code == 302
    listed = page(client, address)
    assert swap_address(turns) in listed
    assert "仍在您名下" in page(client, MINE)
    outbox.run_pending()
    desk = page(signed_in("clerk"), reverse("reception:attendance"))
    assert reverse("reception:substitute", args=[turns.shift(0, turns.first).pk]) in desk
    row = Away.objects.get()
    back = reverse("reception:away-back", args=[row.pk])
    assert signed_in("second_deputy").post(back).status_code == 404
    assert client.post(back).status_code == 302
    assert not Away.objects.exists()


def test_the_clerk_enters_days_away_for_a_deputy(turns, clock):
    clerk, address = signed_in("clerk"), reverse("reception:desk-away")
    data = {
        "deputy": str(turns.first.deputy_id),
        "kind": "meeting",
        "from_date": "2026-11-11",
        "until_date": "2026-11-11",
    }
    assert clerk.post(address, data).status_code == 302
    row = Away.objects.get()
    assert "周明远" in page(clerk, address)
    back = reverse("reception:desk-away-back", args=[row.pk])
    assert signed_in("other_clerk").post(back).status_code == 404
    assert clerk.post(back).status_code == 302


# --- checking in ------------------------------------------------------------------------------


def test_typed_digits_and_scanned_codes_check_in(turns, clock):
    place = set_up(venue_id=turns.world.venue.pk, name="大厅", by=None, at=AT)
    day = turns.days[0]
    assert "签到" not in page(signed_in("deputy"), MINE).split("<main")[1]
    clock.move_to(day.starts_at - timedelta(minutes=20))
    first, second = signed_in("deputy"), signed_in("second_deputy")
    code = code_for(day.pk, place.pk, day.starts_at - timedelta(minutes=20))
    assert "轮到您接待" in page(first, MINE)
    done = first.post(
        reverse("reception:check-in"), {"code": f"{code.digits[:3]} {code.digits[3:]}"}
    )
    assert done.headers["Location"] == MINE
    assert turns.shift(0, turns.first).state == ShiftState.PRESENT
    scanned = reverse("reception:check-in-code", args=[code.token])
    assert "现在签到" in page(second, scanned)
    assert turns.shift(0, turns.second).state == ShiftState.EXPECTED
    assert second.post(scanned).status_code == 302
    assert turns.shift(0, turns.second).state == ShiftState.PRESENT


def test_a_record_to_sign_is_asked_for(turns, clock):
    day = turns.days[0]
    attendance.mark(
        shift_id=turns.shift(0, turns.first).pk, act="check_in", reason="x", by=None, at=day.ends_at
    )
    address = reverse("reception:record", args=[day.pk])
    assert address not in page(signed_in("deputy"), MINE)
    day.state = DayState.ENDED
    day.save(update_fields=("state",))
    assert address in page(signed_in("deputy"), MINE)
    assert address not in page(signed_in("second_deputy"), MINE)


def test_an_old_code_is_refused_with_a_sentence(turns, clock):
    place = set_up(venue_id=turns.world.venue.pk, name="大厅", by=None, at=AT)
    day = turns.days[0]
    clock.move_to(day.starts_at)
    old = code_for(day.pk, place.pk, day.starts_at - timedelta(minutes=3))
    client = signed_in("deputy")
    typed = client.post(reverse("reception:check-in"), {"code": old.digits})
    assert "已经过期" in typed.content.decode()
    scanned = client.get(reverse("reception:check-in-code", args=[old.token]))
    assert scanned.status_code == 422
    assert "已经过期" in scanned.content.decode()


def test_guessing_runs_dry(turns, clock):
    place = set_up(venue_id=turns.world.venue.pk, name="大厅", by=None, at=AT)
    day = turns.days[0]
    clock.move_to(day.starts_at)
    client = signed_in("deputy")
    right = code_for(day.pk, place.pk, day.starts_at).digits
    wrong = "000000" if right != "000000" else "111111"
    for _n in range(8):
        client.post(reverse("reception:check-in"), {"code": wrong})
    said = client.post(reverse("reception:check-in"), {"code": right})
    assert "太频繁" in said.content.decode()
    assert turns.shift(0, turns.first).state == ShiftState.EXPECTED
    token = code_for(day.pk, place.pk, day.starts_at).token
    scanned = client.get(reverse("reception:check-in-code", args=[token]))
    assert scanned.status_code == 429


# --- the clerk --------------------------------------------------------------------------------


def test_the_clerk_confirms_where_the_venue_must(turns, clock):
    setting(turns, swap_needs_venue=True)
    swap = swaps.agree(swap_id=asked(turns).pk, by=turns.third, at=AT)
    clerk, listed = signed_in("clerk"), reverse("reception:swaps")
    assert "高建华" in page(clerk, listed)
    address = reverse("reception:swap-decide", args=[swap.pk])
    assert signed_in("other_clerk").get(address).status_code == 404
    assert clerk.post(address, {"act": "confirm"}).status_code == 302
    assert seated(turns.days[1]) == {"周明远", "罗兰"}
    again = signed_in("head").post(address, {"act": "refuse"})
    assert "已经换好" in again.content.decode()
    assert "没有等您确认" in page(clerk, listed)
    assert "高建华" in page(clerk, listed, where="settled")


def test_the_clerk_sets_or_asks_a_substitute(turns, clock):
    clerk, shift = signed_in("clerk"), turns.shift(0, turns.first)
    address = reverse("reception:substitute", args=[shift.pk])
    form = page(clerk, address)
    assert "罗兰" in form
    assert signed_in("other_clerk").get(address).status_code == 404
    fourth = str(turns.fourth.deputy_id)
    assert clerk.post(address, {"deputy": fourth, "how": "set"}).status_code == 200
    clerk.post(address, {"deputy": fourth, "how": "ask", "words": "请帮忙"})
    swap = Swap.objects.get()
    assert (swap.state, swap.asked_by_id) == (SwapState.ASKED, turns.world.clerk.person_id)
    third = str(turns.third.deputy_id)
    clerk.post(address, {"deputy": third, "how": "set", "words": "生病"})
    assert seated(turns.days[0]) == {"高建华", "杨文秀"}
    swap.refresh_from_db()
    assert swap.state == SwapState.LAPSED


def test_attendance_by_hand_keeps_what_was_typed(turns, clock):
    day = turns.days[0]
    clock.move_to(day.ends_at)
    clerk, seat = signed_in("clerk"), turns.shift(0, turns.first)
    address = reverse("reception:day-attendance", args=[day.pk])
    assert "周明远" in page(clerk, reverse("reception:attendance"))
    assert clerk.post(address, {"seat": seat.pk, "act": "miss", "reason": ""}).status_code == 200
    done = clerk.post(address, {"seat": seat.pk, "act": "excuse", "reason": "事先请假"})
    assert done.status_code == 302
    seat.refresh_from_db()
    assert (seat.state, seat.excuse) == (ShiftState.EXCUSED, "事先请假")
    late = clerk.post(address, {"seat": seat.pk, "act": "miss", "reason": "没有来"})
    assert late.status_code == 200
    assert "没有来" in late.content.decode()
    for foreign in ("nonsense", str(day.pk)):
        assert clerk.post(address, {"seat": foreign, "act": "miss"}).status_code == 404
    assert signed_in("other_clerk").get(address).status_code == 404


# --- as many queries for thirty as for one ----------------------------------------------------


def number(client, address) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as made:
        assert client.get(address).status_code == 200
    return len(made)


def test_pages_ask_as_often_for_one_as_for_thirty(turns, clock):
    deputy, clerk = signed_in("deputy"), signed_in("clerk")
    asked(turns)
    addresses = [
        (deputy, MINE),
        (deputy, swap_address(turns)),
        (deputy, reverse("reception:away")),
        (clerk, f"{reverse('reception:swaps')}?where=asked"),
        (clerk, reverse("reception:attendance")),
        (clerk, reverse("reception:desk-away")),
        (clerk, reverse("reception:substitute", args=[turns.shift(2, turns.first).pk])),
    ]
    few = [number(client, address) for client, address in addresses]
    many_of_all(turns)
    clock.move_to(AT + timedelta(hours=1))
    assert [number(client, address) for client, address in addresses] == few


def many_of_all(turns: Turns) -> None:
    """Thirty more days, colleagues, requests and entries."""
    venue = turns.world.venue
    for n in range(28):
        who = f.deputy(f"代表{n}", venue=venue)
        past = date(2026, 9, 1) + timedelta(days=n)
        come = date(2026, 12, 5) + timedelta(days=n)
        old = r.day(venue, on=past, deputies=(turns.first, who), starts=time(14), ends=time(15))
        new = r.day(venue, on=come, deputies=(turns.first, who), starts=time(14), ends=time(15))
        Away.objects.create(
            deputy_id=who.deputy_id, kind="leave", from_date=come, until_date=come,
            division_code=venue.division_code,
        )  # fmt: skip
        if n < 14:
            Swap.objects.create(
                shift=Shift.objects.get(day=new, deputy=who.deputy_id),
                deputy_id=who.deputy_id, other_deputy_id=turns.first.deputy_id, asked_at=AT,
                division_code=venue.division_code,
            )  # fmt: skip
        else:
            attendance.mark(
                shift_id=Shift.objects.get(day=old, deputy=who.deputy_id).pk,
                act="miss", reason="x", by=None, at=AT,
            )  # fmt: skip
