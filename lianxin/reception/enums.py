"""The words of reception: days, shifts, swaps, bookings, the queue in the room, calls to a grid."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class HolidayRule(TextChoices):
    """What becomes of a reception day that falls on a day off."""

    LATER = "later", _("Moved to the next working day")
    EARLIER = "earlier", _("Moved to the working day before")
    SKIP = "skip", _("Left out")
    KEEP = "keep", _("Held all the same")


class DayState(TextChoices):
    PLANNED = "planned", _("Planned")
    ANNOUNCED = "announced", _("Announced to residents")
    OPEN = "open", _("Going on")
    ENDED = "ended", _("Waiting for the deputies to sign")
    SIGNED = "signed", _("Signed off")
    CANCELLED = "cancelled", _("Cancelled")


DAY_MOVES: dict[str, dict[str, str]] = {
    DayState.PLANNED: {
        "announce": DayState.ANNOUNCED,
        "begin": DayState.OPEN,
        "cancel": DayState.CANCELLED,
    },
    DayState.ANNOUNCED: {"begin": DayState.OPEN, "cancel": DayState.CANCELLED},
    DayState.OPEN: {"end": DayState.ENDED},
    DayState.ENDED: {"sign": DayState.SIGNED, "reopen": DayState.OPEN},
    DayState.SIGNED: {},
    DayState.CANCELLED: {},
}

#: Days that are still to come or going on.
COMING = frozenset({DayState.PLANNED, DayState.ANNOUNCED, DayState.OPEN})


class PairMode(TextChoices):
    """Whether two deputies stay together or everybody meets everybody."""

    VARY = "vary", _("Pairs vary")
    LAST = "last", _("Pairs last")


class AwayKind(TextChoices):
    LEAVE = "leave", _("Leave")
    MEETING = "meeting", _("Another meeting")


class PlanState(TextChoices):
    DRAFT = "draft", _("Draft of a rota")
    PUBLISHED = "published", _("The rota in force")
    SUPERSEDED = "superseded", _("Replaced by a later plan")
    DISCARDED = "discarded", _("Discarded")


PLAN_MOVES: dict[str, dict[str, str]] = {
    PlanState.DRAFT: {"publish": PlanState.PUBLISHED, "discard": PlanState.DISCARDED},
    PlanState.PUBLISHED: {"supersede": PlanState.SUPERSEDED},
    PlanState.SUPERSEDED: {},
    PlanState.DISCARDED: {},
}


class ShiftState(TextChoices):
    """A deputy's seat on one day. Approved leave is no absence (代表法 13)."""

    EXPECTED = "expected", _("On the rota")
    PRESENT = "present", _("Present")
    EXCUSED = "excused", _("On approved leave")
    ABSENT = "absent", _("Absent without leave")
    REPLACED = "replaced", _("Somebody else took the seat")


SHIFT_MOVES: dict[str, dict[str, str]] = {
    ShiftState.EXPECTED: {
        "check_in": ShiftState.PRESENT,
        "excuse": ShiftState.EXCUSED,
        "miss": ShiftState.ABSENT,
        "replace": ShiftState.REPLACED,
    },
    ShiftState.EXCUSED: {
        "replace": ShiftState.REPLACED,
        "check_in": ShiftState.PRESENT,
        "take_back": ShiftState.EXPECTED,
    },
    ShiftState.ABSENT: {
        "excuse": ShiftState.EXCUSED,
        "check_in": ShiftState.PRESENT,
        "take_back": ShiftState.EXPECTED,
    },
    ShiftState.PRESENT: {"take_back": ShiftState.EXPECTED},
    ShiftState.REPLACED: {},
}

#: Shifts that occupy their seat.
SEATED = (ShiftState.EXPECTED, ShiftState.PRESENT, ShiftState.EXCUSED, ShiftState.ABSENT)


class SwapState(TextChoices):
    ASKED = "asked", _("Waiting for the other deputy")
    AGREED = "agreed", _("Waiting for the venue")
    DONE = "done", _("Swapped")
    REFUSED = "refused", _("Declined")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    LAPSED = "lapsed", _("Not answered in time")


SWAP_MOVES: dict[str, dict[str, str]] = {
    SwapState.ASKED: {
        "agree": SwapState.AGREED,
        "refuse": SwapState.REFUSED,
        "withdraw": SwapState.WITHDRAWN,
        "lapse": SwapState.LAPSED,
    },
    SwapState.AGREED: {
        "confirm": SwapState.DONE,
        "refuse": SwapState.REFUSED,
        "withdraw": SwapState.WITHDRAWN,
        "lapse": SwapState.LAPSED,
    },
    SwapState.DONE: {},
    SwapState.REFUSED: {},
    SwapState.WITHDRAWN: {},
    SwapState.LAPSED: {},
}


class DutyTurn(TextChoices):
    """How long one deputy is on duty for a grid before the next one is."""

    WEEK = "week", _("A week")
    MONTH = "month", _("A month")


#: Minutes a deputy called out has to answer: the platform's default, no rule of law. They count
#: between DAY_BEGINS and DAY_ENDS (hours in Shanghai) only. A venue may set its own.
ANSWER_MINUTES = 30
DAY_BEGINS, DAY_ENDS = 8, 20


class CallState(TextChoices):
    """A deputy called out to a grid (按需)."""

    CALLING = "calling", _("Deputies are being asked")
    ACCEPTED = "accepted", _("A deputy is coming")
    DONE = "done", _("Dealt with")
    UNANSWERED = "unanswered", _("No deputy could come")
    WITHDRAWN = "withdrawn", _("No longer needed")


CALL_MOVES: dict[str, dict[str, str]] = {
    CallState.CALLING: {
        "accept": CallState.ACCEPTED,
        "exhaust": CallState.UNANSWERED,
        "withdraw": CallState.WITHDRAWN,
    },
    CallState.ACCEPTED: {
        "finish": CallState.DONE,
        "give_back": CallState.CALLING,
        "withdraw": CallState.WITHDRAWN,
    },
    CallState.UNANSWERED: {
        "accept": CallState.ACCEPTED,
        "call_again": CallState.CALLING,
        "withdraw": CallState.WITHDRAWN,
    },
    CallState.DONE: {},
    CallState.WITHDRAWN: {},
}

#: Calls that somebody still waits for.
CALLS_OPEN = (CallState.CALLING, CallState.ACCEPTED, CallState.UNANSWERED)


class AskState(TextChoices):
    """One deputy asked in one call."""

    WAITING = "waiting", _("Asked to come")
    ACCEPTED = "accepted", _("Comes")
    PASSED = "passed", _("Handed to the next")
    LAPSED = "lapsed", _("Did not answer in time")
    DROPPED = "dropped", _("No longer asked")


ASK_MOVES: dict[str, dict[str, str]] = {
    AskState.WAITING: {
        "accept": AskState.ACCEPTED,
        "pass": AskState.PASSED,
        "lapse": AskState.LAPSED,
        "drop": AskState.DROPPED,
    },
    AskState.ACCEPTED: {"pass": AskState.PASSED},
    AskState.PASSED: {},
    # Who answers late and can come is welcome, as long as nobody else comes.
    AskState.LAPSED: {"accept": AskState.ACCEPTED},
    AskState.DROPPED: {},
}


class BookingChannel(TextChoices):
    """How a place was booked. All count alike."""

    WEB = "web", _("Web page")
    PHONE = "phone", _("Phone call")
    DESK = "desk", _("At the desk")
    WECHAT = "wechat", _("WeChat")


class BookingState(TextChoices):
    WAITING = "waiting", _("On the waiting list")
    BOOKED = "booked", _("Booked")
    CONFIRMED = "confirmed", _("Confirmed")
    ARRIVED = "arrived", _("Has come")
    RECEIVED = "received", _("Was received")
    CANCELLED = "cancelled", _("Cancelled")
    MOVED = "moved", _("Moved to another time")
    LOST = "lost", _("Given to somebody else, because it was not confirmed")
    NO_SHOW = "no_show", _("Did not come")


BOOKING_MOVES: dict[str, dict[str, str]] = {
    BookingState.WAITING: {
        "seat": BookingState.BOOKED,
        "cancel": BookingState.CANCELLED,
        "move": BookingState.MOVED,
        "expire": BookingState.LOST,
    },
    BookingState.BOOKED: {
        "confirm": BookingState.CONFIRMED,
        "arrive": BookingState.ARRIVED,
        "cancel": BookingState.CANCELLED,
        "move": BookingState.MOVED,
        "lose": BookingState.LOST,
        "miss": BookingState.NO_SHOW,
        "ask_again": BookingState.BOOKED,
    },
    BookingState.CONFIRMED: {
        "ask_again": BookingState.BOOKED,
        "arrive": BookingState.ARRIVED,
        "cancel": BookingState.CANCELLED,
        "move": BookingState.MOVED,
        "miss": BookingState.NO_SHOW,
    },
    BookingState.ARRIVED: {"receive": BookingState.RECEIVED, "miss": BookingState.NO_SHOW},
    BookingState.NO_SHOW: {"arrive": BookingState.ARRIVED},
    BookingState.RECEIVED: {},
    BookingState.CANCELLED: {},
    BookingState.MOVED: {},
    BookingState.LOST: {},
}

#: Bookings that hold a seat of their slot.
HOLDING = (
    BookingState.BOOKED,
    BookingState.CONFIRMED,
    BookingState.ARRIVED,
    BookingState.RECEIVED,
    BookingState.NO_SHOW,
)
#: Bookings that are still to come.
PENDING = (BookingState.WAITING, BookingState.BOOKED, BookingState.CONFIRMED)


class TicketState(TextChoices):
    """A number in the queue of the room."""

    WAITING = "waiting", _("Waiting")
    CALLED = "called", _("Called")
    RECEIVED = "received", _("Received")
    MISSED = "missed", _("Called and not there")


TICKET_MOVES: dict[str, dict[str, str]] = {
    TicketState.WAITING: {"call": TicketState.CALLED, "miss": TicketState.MISSED},
    TicketState.CALLED: {
        "call": TicketState.CALLED,
        "receive": TicketState.RECEIVED,
        "miss": TicketState.MISSED,
    },
    TicketState.MISSED: {"call": TicketState.CALLED},
    TicketState.RECEIVED: {},
}


class VisitPath(TextChoices):
    """What becomes of what a resident said at reception (处理路径)."""

    ON_THE_SPOT = "on_the_spot", _("Answered on the spot")
    DEPUTY = "deputy", _("The deputies take it with them")
    DESK = "desk", _("The venue hands it on")
