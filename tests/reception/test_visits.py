"""Who was received: a case at once, once per key; on the deputy's list, in the ledger; signed."""

from __future__ import annotations

import io
from datetime import time, timedelta

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from lianxin.cases.enums import CaseState, Channel
from lianxin.cases.models import Case, Receiver, Voice
from lianxin.cases.queries.cases import voice_by_code
from lianxin.cases.queries.deputy import day_of
from lianxin.handling.enums import MatterState, ReplyChannel
from lianxin.handling.models import Verdict
from lianxin.handling.services.answers import TextMissing
from lianxin.kernel.clock import local_date, now
from lianxin.kernel.models import OutboxMessage
from lianxin.kernel.refused import Absent, IllegalMove, Refused
from lianxin.notices.models import Notice
from lianxin.reception.enums import BookingState, DayState, TicketState, VisitPath
from lianxin.reception.events import DayChanged
from lianxin.reception.models import Booking, ReceptionDay, SignOff, Ticket, Visit
from lianxin.reception.queries.record import days_held
from lianxin.reception.rules.permissions import NotADeputy, NotYourSeat
from lianxin.reception.rules.room import Seat, reminders_due, signing_of
from lianxin.reception.services import attendance, room, signing, visits
from lianxin.reception.services.visits import Agreed
from lianxin.reception.tasks import room as tasks
from lianxin.record.models import Entry
from lianxin.record.queries import attachments_of
from lianxin.venues.queries import timetable
from tests import factories as f
from tests.reception import factories as r
from tests.reception import room_world as w

pytestmark = pytest.mark.django_db

ANSWER = Agreed(VisitPath.ON_THE_SPOT, reply=w.REPLY)


@pytest.fixture
def world():
    return f.world()


@pytest.fixture
def day(world):
    return w.begun(world)


@pytest.fixture
def on_the_day(monkeypatch):
    for module in ("room", "record"):
        monkeypatch.setattr(f"lianxin.reception.views.{module}.now", lambda: w.TEN)


def pair(world):
    return (world.deputy.deputy_id, world.second_deputy.deputy_id)


# --- the record -----------------------------------------------------------------------------


def test_what_the_deputies_take_along_is_on_the_list_at_once(world, day):
    receipt = w.recorded(world, day, receiver_ids=pair(world))
    case = Case.objects.get(pk=receipt.case_id)
    assert (case.channel, case.venue_id) == (Channel.RECEPTION, world.venue.pk)
    assert (case.state, case.matter.state) == (CaseState.ACCEPTED, MatterState.OPEN)
    assert Receiver.objects.filter(case=case).count() == 2
    mine = day_of(world.deputy.deputy_id, on=day.date, at=w.TEN)
    assert [line.dispatch.matter_id for line in mine.answer] == [case.matter_id]
    assert not day_of(world.second_deputy.deputy_id, on=day.date, at=w.TEN).answer
    assert voice_by_code(receipt.code).case_id == case.pk


def test_answered_on_the_spot_is_answered_by_the_talk(world, day):
    receipt = w.recorded(world, day, agreed=ANSWER)
    matter = Case.objects.get(pk=receipt.case_id).matter
    assert matter.state == MatterState.ANSWERED
    assert matter.answers.get().channel == ReplyChannel.TALK


def test_the_venue_hands_it_on_from_its_own_list(world, day):
    receipt = w.recorded(world, day, agreed=Agreed(VisitPath.DESK))
    case = Case.objects.get(pk=receipt.case_id)
    assert case.state == CaseState.ACCEPTED
    assert not case.matter.dispatches.exists()


def test_the_number_and_the_booking_are_received_and_what_is_known_is_carried_over(world, day):
    ticket = room.arrive(booking_id=w.booking(day).pk, by=world.clerk, at=w.NINE)
    w.recorded(world, day, ticket=ticket, consents=True)
    ticket.refresh_from_db()
    assert ticket.state == TicketState.RECEIVED
    assert ticket.called_at == w.TEN  # nobody had called it
    assert Booking.objects.get().state == BookingState.RECEIVED
    voice = Voice.objects.get()
    assert (voice.name, voice.phone) == ("李大爷", "+8613987654321")
    assert Visit.objects.get().ticket == ticket
    with pytest.raises(IllegalMove):
        w.recorded(world, day, ticket=ticket)


def test_without_consent_nothing_is_carried_over(world, day):
    ticket = w.number(world, day, name="马秀英", phone="13800138000")
    w.recorded(world, day, ticket=ticket)
    assert (Voice.objects.get().name, Voice.objects.get().phone) == ("", "")


def test_once_per_key_even_after_the_end(world, day):
    ticket = w.number(world, day)
    first = w.recorded(world, day, ticket=ticket, key="k")
    room.end_day(day_id=day.pk, by=world.clerk, at=w.NOON)
    assert w.recorded(world, day, ticket=ticket, key="k") == first
    assert (Visit.objects.count(), Case.objects.count()) == (1, 1)
    with pytest.raises(Refused) as refused:
        w.recorded(world, day, ticket=ticket, key="k", words="别的事")
    assert refused.value.code == "idempotency_body"
    with pytest.raises(room.NotGoingOn):
        w.recorded(world, day, key="other")
    assert Case.objects.count() == 1


@pytest.mark.parametrize(
    ("agreed", "refusal"),
    [
        (Agreed(VisitPath.ON_THE_SPOT), TextMissing),
        (Agreed(VisitPath.DEPUTY), visits.NobodyTakesIt),
    ],
)
def test_a_way_without_its_half_is_refused_whole(world, day, agreed, refusal):
    with pytest.raises(refusal):
        w.recorded(world, day, agreed=agreed)
    assert not Case.objects.exists()


def test_only_who_sits_there_listens_and_takes_along(world, day):
    outsider = f.deputy("保国强", venue=world.venue).deputy_id
    for said in (
        {"receiver_ids": (outsider,)},
        {"agreed": Agreed(VisitPath.DEPUTY, taker_ids=(outsider,))},
    ):
        with pytest.raises(visits.NotOnTheSeats):
            w.recorded(world, day, **said)
    other = w.number(world, w.begun_again(world))
    with pytest.raises(visits.NotThisDay):
        w.recorded(world, day, ticket=other)
    assert not Case.objects.exists()


@pytest.mark.parametrize("who", ["other_clerk", "deputy", "handler", "supervisor", "auditor"])
def test_only_the_venue_records(world, day, who):
    with pytest.raises(Absent):
        visits.record_visit(
            day_id=day.pk,
            ticket_id=None,
            draft=f.draft(),
            agreed=Agreed(VisitPath.DESK),
            key="k",
            by=getattr(world, who),
            at=w.TEN,
        )


def test_nothing_personal_is_told(world, day):
    ticket = room.arrive(booking_id=w.booking(day).pk, by=world.clerk, at=w.NINE)
    w.recorded(world, day, ticket=ticket, consents=True)
    told = " ".join(str(one.data) for one in Entry.objects.all())
    told += " ".join(str(one.payload) for one in OutboxMessage.objects.all())
    for secret in ("李大爷", "13987654321", "三轮车", "马路中间"):
        assert secret not in told


# --- pages ----------------------------------------------------------------------------------


def photo(colour="red"):
    out = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(out, "JPEG")
    return SimpleUploadedFile("p.jpg", out.getvalue(), "image/jpeg")


def filled(world, **more):
    return {
        "words": w.WORDS,
        "path": "deputy",
        "receivers": [str(one) for one in pair(world)],
        "takers": [str(world.deputy.deputy_id)],
        "outcome": "solved",
        "place": "前卫街道",
        "place_code": "530112005",
        "key": "form",
        **more,
    }


def test_one_form_with_everything_known_and_the_slip_with_its_code(world, day, on_the_day):
    ticket = room.arrive(booking_id=w.booking(day).pk, by=world.clerk, at=w.NINE)
    clerk, address = w.client("clerk"), w.url("visit", day.pk)
    page = clerk.get(address, {"ticket": ticket.pk})
    html = page.content.decode()
    assert page.context["form"].initial["words"] == "三轮车被扣"
    assert page.context["form"].initial["consents"] is True
    assert "李**" in html
    assert "李大爷" not in html
    assert "13987654321" not in html
    there = f"{address}?ticket={ticket.pk}"
    slip = clerk.post(there, filled(world, consents="on", photos=photo()))
    code = slip.context["slip"].code
    assert code in slip.content.decode()
    assert "周明远、杨文秀" in slip.content.decode()
    again = clerk.post(there, filled(world, consents="on", photos=photo()))
    assert again.context["slip"].code == code
    case = Case.objects.get()
    assert len(attachments_of(case)) == 1
    assert Voice.objects.get().name == "李大爷"


def test_the_form_says_what_is_missing_and_keeps_what_was_typed(world, day, on_the_day):
    clerk, address = w.client("clerk"), w.url("visit", day.pk)
    page = clerk.post(address, filled(world, path="on_the_spot", name="周女士"))
    assert set(page.context["form"].errors) == {"answer", "consents"}
    assert "周女士" in page.content.decode()
    page = clerk.post(address, filled(world, takers=[]))
    assert set(page.context["form"].errors) == {"takers"}
    assert not Case.objects.exists()


def test_the_resident_judges_on_the_clerks_screen_once(world, day, on_the_day):
    receipt = w.recorded(world, day, agreed=ANSWER)
    visit, clerk = Visit.objects.get(), w.client("clerk")
    address = w.url("visit-verdict", visit.pk)
    assert address in clerk.get(w.url("room")).content.decode()
    assert clerk.post(address, {"result": "dissatisfied"}).context["form"].errors
    assert clerk.post(address, {"result": "satisfied"}).status_code == 302
    assert Verdict.objects.get().result == "satisfied"
    assert Case.objects.get(pk=receipt.case_id).matter.state == MatterState.CLOSED
    assert address not in clerk.get(w.url("room")).content.decode()
    assert clerk.post(address, {"result": "basically"}).context["form"].errors
    assert w.client("other_clerk").post(address, {"result": "satisfied"}).status_code == 404


def test_dissatisfied_opens_it_again(world, day):
    w.recorded(world, day, agreed=ANSWER)
    visits.judge_on_the_spot(
        visit_id=Visit.objects.get().pk,
        result="dissatisfied",
        reason="只是打了个电话。",
        by=world.clerk,
        at=w.TEN + timedelta(minutes=5),
    )
    assert Case.objects.get().matter.state == MatterState.OPEN


def test_the_ledger_names_both_deputies_and_the_reception_day(world, day):
    w.recorded(world, day, receiver_ids=pair(world), agreed=ANSWER)
    clerk, period = w.client("clerk"), {"since": "2026-11-01", "until": "2026-11-30"}
    page = clerk.get(reverse("cases:ledger", args=[world.venue.pk]), period).content.decode()
    book = clerk.get(reverse("cases:ledger-xlsx", args=[world.venue.pk]), period)
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(book.streaming_content))).active
    cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
    for words in ("周明远、杨文秀", "接待日", "当场打了电话，今晚来修。"):
        assert words in page
        assert words in cells


# --- signatures -----------------------------------------------------------------------------


def ended(world, *, here=True):
    day = w.begun(world)
    w.recorded(world, day)
    if here:
        w.present(world, day)
    return room.end_day(day_id=day.pk, by=world.clerk, at=w.NOON)


def seat(state, *, signed=False):
    return Seat(deputy_id=w.uuid7(), name="x", state=state, has_signed=signed)


@pytest.mark.parametrize(
    ("seats", "complete", "nobody"),
    [
        ([], False, True),
        ([seat("excused"), seat("absent")], False, True),
        ([seat("expected"), seat("present", signed=True)], False, False),
        ([seat("present"), seat("present", signed=True)], False, False),
        ([seat("present", signed=True), seat("absent")], True, False),
        ([seat("present", signed=True), seat("present", signed=True)], True, False),
    ],
)
def test_when_a_record_is_complete(seats, complete, nobody):
    found = signing_of(seats)
    assert (found.is_complete, found.nobody_came) == (complete, nobody)


def test_the_pair_signs_and_the_day_counts(world):
    day = ended(world)
    signing.sign_day(day_id=day.pk, remark="三号来访要回访", by=world.deputy, at=w.NOON)
    day.refresh_from_db()
    assert day.state == DayState.ENDED
    assert days_held(world.deputy.deputy_id, 2026).answer() == 0
    again = signing.sign_day(day_id=day.pk, remark="", by=world.deputy, at=w.NOON)
    assert again.remark == "三号来访要回访"
    signing.sign_day(day_id=day.pk, remark="", by=world.second_deputy, at=w.NOON)
    day.refresh_from_db()
    assert day.state == DayState.SIGNED
    assert [days_held(one, 2026).answer() for one in pair(world)] == [1, 1]
    assert timetable.days_held(world.deputy.deputy_id, 2026) == 1
    page = Client().get(reverse("venues:deputy", args=[world.deputy_row().code]))
    assert page.context["days_held"] == timetable.days_held(
        world.deputy.deputy_id, local_date(now()).year
    )
    acts = list(
        Entry.objects.filter(action__startswith="reception").values_list("action", flat=True)
    )
    assert acts.count("reception.signoff.given") == 2
    assert acts.count("reception.day.sign") == 1
    with pytest.raises(IllegalMove):
        room.reopen_day(day_id=day.pk, by=world.clerk, at=w.NOON)


def test_every_seat_is_settled_before_anybody_signs(world):
    day = ended(world, here=False)
    with pytest.raises(signing.SeatsUndecided):
        signing.sign_day(day_id=day.pk, remark="", by=world.deputy, at=w.NOON)
    first, second = day.shifts.order_by("seat")
    mark = {"reason": "现场", "by": world.clerk, "at": w.NOON}
    attendance.mark(shift_id=first.pk, act="check_in", **mark)
    with pytest.raises(signing.SeatsUndecided):
        signing.sign_day(day_id=day.pk, remark="", by=world.deputy, at=w.NOON)
    attendance.mark(shift_id=second.pk, act="miss", **mark)
    with pytest.raises(NotYourSeat):
        signing.sign_day(day_id=day.pk, remark="", by=world.second_deputy, at=w.NOON)
    signing.sign_day(day_id=day.pk, remark="", by=world.deputy, at=w.NOON)
    day.refresh_from_db()
    assert day.state == DayState.SIGNED


@pytest.mark.parametrize("who", ["clerk", "other_clerk", "handler", "supervisor", "auditor"])
def test_nobody_signs_for_a_deputy(world, who):
    day = ended(world)
    with pytest.raises(NotADeputy):
        signing.sign_day(day_id=day.pk, remark="", by=getattr(world, who), at=w.NOON)
    stranger = f.deputy("保国强", venue=world.venue)
    with pytest.raises(Absent):
        signing.sign_day(day_id=day.pk, remark="", by=stranger, at=w.NOON)


def test_a_day_going_on_is_not_signed(world, day):
    w.present(world, day)
    with pytest.raises(IllegalMove):
        signing.sign_day(day_id=day.pk, remark="", by=world.deputy, at=w.NOON)


def test_opened_again_the_signatures_are_taken_back(world):
    day = ended(world)
    signing.sign_day(day_id=day.pk, remark="", by=world.deputy, at=w.NOON)
    room.reopen_day(day_id=day.pk, by=world.clerk, at=w.NOON)
    assert not SignOff.objects.exists()
    w.recorded(world, day, at=w.NOON)
    assert Visit.objects.count() == 2


def test_without_any_deputy_the_venue_closes_the_record(world):
    empty = r.day(world.venue, starts=time(14), ends=time(16))
    day = room.nobody_came(day_id=empty.pk, by=world.clerk, at=w.NOON)
    assert signing.close_unattended(day_id=day.pk, by=world.clerk, at=w.NOON).state == "signed"
    other = ended(world)
    with pytest.raises(signing.SomebodyWasThere):
        signing.close_unattended(day_id=other.pk, by=world.clerk, at=w.NOON)


def test_a_deputy_reads_masked_words_and_signs_on_the_phone(world, on_the_day):
    day = w.begun(world)
    ticket = room.arrive(booking_id=w.booking(day).pk, by=world.clerk, at=w.NINE)
    words = "电话13987654321，三轮车被扣。"
    w.recorded(world, day, ticket=ticket, consents=True, words=words)
    w.present(world, day)
    room.end_day(day_id=day.pk, by=world.clerk, at=w.NOON)
    address, deputy = w.url("record", day.pk), w.client("deputy")
    page = deputy.get(address).content.decode()
    assert "三轮车被扣" in page
    assert "李**" in page
    assert "李大爷" not in page
    assert "13987654321" not in page
    assert deputy.post(address, {"remark": "属实"}, follow=True).status_code == 200
    assert SignOff.objects.get().remark == "属实"
    room_page = w.client("clerk").get(w.url("room"), {"day": day.pk}).content.decode()
    assert "杨文秀" in room_page
    assert w.client("clerk").get(w.url("room-paper", day.pk)).status_code == 200
    assert w.client("clerk").get(address).status_code == 403
    f.deputy("保国强", venue=world.venue, username="third")
    assert w.client("third").get(address).status_code == 404


def test_the_record_takes_the_same_queries_at_one_and_thirty(world, day, on_the_day):
    def queries():
        with CaptureQueriesContext(connection) as found:
            assert deputy.get(w.url("record", day.pk)).status_code == 200
        return len(found)

    deputy = w.client("deputy")
    w.recorded(world, day)
    queries()  # what is remembered is read the first time
    few = queries()
    for _ in range(29):
        w.recorded(world, day, agreed=ANSWER)
    assert queries() == few


# --- told and reminded ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("days", "number"), [(0, 0), (2.9, 0), (3, 1), (5.9, 1), (6, 2), (15, 5), (90, 5)]
)
def test_reminders_by_days(days, number):
    assert reminders_due(w.NOON, w.NOON + timedelta(days=days)) == number


def test_who_has_not_signed_is_told_and_after_three_days_reminded_once(world):
    day = ended(world)
    event = DayChanged(day_id=day.pk, venue_id=day.venue_id, act="end", at=w.NOON)
    for _ in range(2):
        tasks.ask_to_sign(event)
    assert Notice.objects.filter(kind=tasks.KIND).count() == 2
    signing.sign_day(day_id=day.pk, remark="", by=world.deputy, at=w.NOON)
    assert tasks.remind_to_sign(w.NOON + timedelta(days=2)) == 0
    later = w.NOON + timedelta(days=4)
    assert [tasks.remind_to_sign(later), tasks.remind_to_sign(later)] == [1, 0]
    notice = Notice.objects.order_by("-told_at").first()
    assert notice.person_id == world.second_deputy.person_id
    assert notice.url == w.url("record", day.pk)
    signing.sign_day(day_id=day.pk, remark="", by=world.second_deputy, at=later)
    assert tasks.remind_to_sign(w.NOON + timedelta(days=8)) == 0
    assert ReceptionDay.objects.get().state == DayState.SIGNED
    assert Ticket.objects.count() == 0
