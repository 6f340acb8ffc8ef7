"""Who listens to whom: the one place where a lower app's event meets an upper app's handler.

Also what is registered once per process: recurring jobs, imports; menus stand in config/menus.py.
"""

from datetime import timedelta

from lianxin.config.menus import offer_menus
from lianxin.config.retaining import offer_rules
from lianxin.kernel.bus import subscribe
from lianxin.kernel.scheduler import job


def join() -> None:
    """Subscribes every handler. Called once, when all apps are loaded."""
    _handlers()
    _jobs()
    _jobs_of_reception()
    _residents()
    _housekeeping()
    _imports()
    offer_menus()
    _pages()


def _handlers() -> None:
    from lianxin.notices import tasks as notices
    from lianxin.notices.events import DeliveryQueued
    from lianxin.people.events import DoorChanged

    subscribe(DeliveryQueued, notices.deliver, atomic=False)
    subscribe(DoorChanged, notices.tell_door)
    _handlers_of_handling()
    _handlers_of_cases()
    _handlers_of_boards()
    _handlers_of_reception()


def _handlers_of_boards() -> None:
    """What is printed on boards hears of whatever changes what they say."""
    from lianxin.congress.events import MandateEnded, MandateRestored, MandateSuspended
    from lianxin.reception.events import DayChanged, RotaChanged
    from lianxin.venues import tasks as venues
    from lianxin.venues.events import ImportAsked, VenueChanged

    subscribe(VenueChanged, venues.refresh_board)
    subscribe(ImportAsked, venues.take_over_import, atomic=False)
    subscribe(DayChanged, venues.refresh_board)
    subscribe(RotaChanged, venues.refresh_board)
    subscribe(MandateEnded, venues.refresh_boards_of_deputy)
    subscribe(MandateSuspended, venues.refresh_boards_of_deputy)
    subscribe(MandateRestored, venues.refresh_boards_of_deputy)
    job(
        "venues.recheck_boards",
        timedelta(days=1),
        run=venues.recheck_boards,
        after=timedelta(hours=1),
        lease=timedelta(hours=1),
    )


def _handlers_of_handling() -> None:
    from lianxin.congress.events import MandateEnded, MandateSuspended
    from lianxin.handling import tasks as handling
    from lianxin.handling.events import (
        AnswerDelivered,
        ClockRulesChanged,
        DispatchMoved,
        MatterMoved,
    )
    from lianxin.places.events import CalendarChanged

    subscribe(DispatchMoved, handling.tell_dispatch, when=handling.dispatch_is_told)
    subscribe(MatterMoved, handling.tell_matter, when=handling.matter_is_told)
    subscribe(AnswerDelivered, handling.tell_delivered)
    subscribe(ClockRulesChanged, handling.settle_after_rules)
    subscribe(CalendarChanged, handling.settle_after_calendar)
    subscribe(MandateEnded, handling.release_after_end)
    subscribe(MandateSuspended, handling.release_after_suspension)


def _handlers_of_cases() -> None:
    from lianxin.cases import tasks as cases
    from lianxin.cases.events import CaseFiled, CaseScreened, CaseSpoken
    from lianxin.handling.events import AnswerDelivered, DispatchMoved, MatterMoved

    subscribe(MatterMoved, cases.follow_matter)
    subscribe(DispatchMoved, cases.follow_dispatch)
    subscribe(CaseFiled, cases.tell_filed)
    subscribe(CaseSpoken, cases.tell_spoken)
    subscribe(CaseScreened, cases.tell_screened)
    subscribe(AnswerDelivered, cases.tell_answered)
    subscribe(MatterMoved, cases.tell_closed, when=cases.is_closed)


def _handlers_of_reception() -> None:
    """Boards, notices, waiting lists: who hears what happens at reception."""
    from lianxin.reception.events import CallMoved, DutyChanged
    from lianxin.reception.tasks import calls

    subscribe(CallMoved, calls.tell_call, when=calls.is_told)
    subscribe(DutyChanged, calls.tell_duty)
    _handlers_of_turns()
    _handlers_of_days()
    _handlers_of_room()
    _handlers_of_bookings()


def _handlers_of_bookings() -> None:
    """Bookings tell the phone they were made with, and follow their day."""
    from lianxin.reception.events import BookingMoved, DayChanged
    from lianxin.reception.tasks import bookings

    subscribe(BookingMoved, bookings.tell_booking, when=bookings.is_told)
    subscribe(DayChanged, bookings.follow_day, when=bookings.is_felt)


def _handlers_of_room() -> None:
    """The record of a day that has ended waits for its deputies."""
    from lianxin.reception.events import DayChanged
    from lianxin.reception.tasks import room

    subscribe(DayChanged, room.ask_to_sign, when=room.is_ended)


def _handlers_of_days() -> None:
    """Deputies hear of their days; days off and closed days move what nobody touched."""
    from lianxin.places.events import CalendarChanged
    from lianxin.reception.events import DayChanged, PlanStale, RotaChanged
    from lianxin.reception.tasks import days
    from lianxin.venues.events import VenueChanged

    subscribe(DayChanged, days.tell_deputies, when=days.is_told)
    subscribe(RotaChanged, days.count_rota_change)
    subscribe(CalendarChanged, days.replan_after_calendar)
    subscribe(VenueChanged, days.replan_after_venue)
    subscribe(PlanStale, days.replan_stale)


def _handlers_of_turns() -> None:
    """Swaps, substitutes and days away: who is told, and which requests end."""
    from lianxin.reception.events import AwayChanged, DayChanged, RotaChanged, SwapMoved
    from lianxin.reception.tasks import turns

    subscribe(SwapMoved, turns.tell_swap)
    subscribe(AwayChanged, turns.tell_away)
    subscribe(RotaChanged, turns.tell_rota, when=turns.rota_is_told)
    subscribe(RotaChanged, turns.drop_after_rota)
    subscribe(DayChanged, turns.drop_after_day, when=turns.day_ends_swaps)


def _jobs_of_reception() -> None:
    """What time alone brings about at reception: announcing, reminding, passing on."""
    from lianxin.reception.tasks import bookings, calls, days, room, turns

    job("reception.sign", timedelta(days=1), run=room.remind_to_sign, after=timedelta(hours=8))
    job("reception.announce", timedelta(minutes=5), run=days.announce_due)
    job("reception.unseated", timedelta(days=1), run=days.warn_unseated, after=timedelta(hours=8))
    night = timedelta(hours=4)
    job("reception.plan", timedelta(days=1), run=days.plan_ahead, after=night, lease=night)
    job("reception.calls", timedelta(minutes=1), run=calls.pass_on_late)
    job("reception.swaps", timedelta(minutes=5), run=turns.lapse_swaps)
    job("reception.bookings", timedelta(minutes=1), run=bookings.watch_bookings)


def _pages() -> None:
    """Where the engine's notices lead, and who may see files of cases, answers and visits."""
    from lianxin.cases.queries import pages as cases
    from lianxin.handling.queries import pages
    from lianxin.reception.queries.record import days_held
    from lianxin.reception.queries.timetable import on_duty, upcoming
    from lianxin.record.rules import register_viewer
    from lianxin.venues.queries import portraits, timetable

    pages.offer("case", pages.Pages(cases.path_of_matter, cases.path_of_dispatch))
    timetable.offer(upcoming, on_duty)
    timetable.offer_days_held(days_held)
    register_viewer("cases.case", cases.may_view_case_file)
    register_viewer("cases.message", cases.may_view_message_file)
    register_viewer("handling.answer", cases.may_view_answer_file)
    register_viewer("handling.event", cases.may_view_event_file)
    register_viewer(portraits.PORTRAIT, portraits.may_view_portrait)
    for subject in portraits.PUBLIC_ROWS:
        register_viewer(subject, portraits.may_view_venue_photo)


def _jobs() -> None:
    from lianxin.handling import tasks as handling
    from lianxin.notices import tasks as notices

    job("handling.sweep_clocks", timedelta(minutes=1), run=handling.sweep_clocks)
    job(
        "handling.check_derivation",
        timedelta(days=1),
        run=handling.check_derivation,
        after=timedelta(hours=2),
        lease=timedelta(hours=2),
    )
    job("notices.deliver_due", timedelta(minutes=1), run=notices.deliver_due)
    job("notices.warn_undelivered", timedelta(hours=1), run=notices.warn_undelivered)


def _residents() -> None:
    """Text messages to residents, what belongs to a phone, and what is forgotten of both."""
    from lianxin.cases.queries.own import cases_of_phone
    from lianxin.notices.services import text_message
    from lianxin.people.queries import residents as queries
    from lianxin.people.services import phone_proofs, residents
    from lianxin.reception.queries.own_bookings import bookings_of_phone

    phone_proofs.offer_courier(text_message)
    queries.offer(cases_of_phone, bookings_of_phone)
    night = timedelta(hours=3)
    job("people.proofs", timedelta(days=1), run=phone_proofs.purge, after=night)
    job("people.residents", timedelta(days=1), run=residents.purge, after=night)


def _housekeeping() -> None:
    """What is swept out at night: what was delivered, expired, never sent or left behind."""
    from lianxin.cases.queries import my_data
    from lianxin.cases.services import erasing
    from lianxin.kernel import db, retention
    from lianxin.people.services import forget_sessions
    from lianxin.reception.queries.own_bookings import kept_of_visitor
    from lianxin.reception.services.forgetting import forget_visitor
    from lianxin.record import services as record

    night = timedelta(hours=3)
    offer_rules()
    erasing.offer(forget_visitor)
    my_data.offer(kept_of_visitor)
    job("retention", timedelta(days=1), run=retention.apply, after=night, lease=timedelta(hours=2))
    job("cases.erase_waiting", timedelta(hours=1), run=erasing.erase_waiting)
    job("record.ledger", timedelta(seconds=20), run=record.ledger.sequence_all)
    job("record.witnesses", timedelta(minutes=1), run=record.witnesses.ask_all)
    job("people.sessions", timedelta(hours=1), run=forget_sessions)
    job("kernel.statistics", timedelta(hours=1), run=db.refresh_statistics)
    job("record.scan", timedelta(minutes=1), run=record.scan_waiting)
    job("record.staged", timedelta(hours=1), run=record.purge_staged)
    job("record.seal", timedelta(days=1), run=record.seal_old, after=night)
    job(
        "record.files",
        timedelta(days=1),
        run=record.reconcile_files,
        after=night,
        lease=timedelta(hours=2),
    )


def _imports() -> None:
    from lianxin.congress.services import PeopleImporter, UnitImporter
    from lianxin.places.services import GridImporter
    from lianxin.record.services import imports
    from lianxin.venues.services import DeputyImporter, VenueImporter

    imports.register("units", UnitImporter())
    imports.register("venues", VenueImporter())
    imports.register("grids", GridImporter())
    imports.register("people", PeopleImporter())
    imports.register("deputies", DeputyImporter())
