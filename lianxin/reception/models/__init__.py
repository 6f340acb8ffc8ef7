"""Nouns of reception: days and slots, rotas, swaps, bookings, the queue, records, calls to grids."""

from lianxin.reception.models.bookings import Booking, BookingReveal
from lianxin.reception.models.days import Pattern, ReceptionDay, Slot
from lianxin.reception.models.duty import Ask, CallOut, DutySetting, GridDuty
from lianxin.reception.models.feeds import CalendarKey
from lianxin.reception.models.room import Screen, SignOff, Ticket, Visit
from lianxin.reception.models.rota import Away, RotaMember, RotaPlan, RotaSetting, Shift, Swap

__all__ = [
    "Ask",
    "Away",
    "Booking",
    "BookingReveal",
    "CalendarKey",
    "CallOut",
    "DutySetting",
    "GridDuty",
    "Pattern",
    "ReceptionDay",
    "RotaMember",
    "RotaPlan",
    "RotaSetting",
    "Screen",
    "Shift",
    "SignOff",
    "Slot",
    "Swap",
    "Ticket",
    "Visit",
]
