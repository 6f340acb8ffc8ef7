"""Bookings without an account: a phone proven by a code, a seat held, a link to change it."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Organ
from lianxin.kernel.fields import SealedTextField
from lianxin.kernel.models import Keyed, Scoped
from lianxin.people.models import Person
from lianxin.reception.enums import HOLDING, BookingChannel, BookingState
from lianxin.reception.models.days import ReceptionDay, Slot


class Booking(Keyed, Scoped):
    """A place booked, or a place on the waiting list of a slot.

    `seat` numbers the seats of a slot from 1: the database lets no seat go twice. It is empty on
    the waiting list and after the seat was given back. A booking is found by `code_digest`; the
    code itself (`kernel.codes`) is sealed, for it stands in the links of reminders. `confirm_by` is
    until when a seat must be confirmed, or it goes to the next on the list; `remind_at` is when
    the resident is written to next. `reason` says why it was cancelled, for the resident to read.
    """

    day = models.ForeignKey(ReceptionDay, on_delete=models.PROTECT, related_name="bookings")
    slot = models.ForeignKey(Slot, on_delete=models.PROTECT, related_name="bookings")
    seat = models.PositiveSmallIntegerField(_("seat"), null=True, blank=True)
    state = models.CharField(max_length=10, choices=BookingState.choices)
    channel = models.CharField(max_length=8, choices=BookingChannel.choices)
    topic = SealedTextField(_("what it is about"), blank=True, default="")
    name = SealedTextField(_("name"), blank=True, default="")
    phone = SealedTextField(_("phone"), blank=True, default="")
    phone_index = models.BinaryField(null=True, editable=False)
    persons = models.PositiveSmallIntegerField(_("persons"), default=1)
    needs = models.CharField(_("help needed"), max_length=60, blank=True, default="")
    code = SealedTextField(default="")
    code_digest = models.BinaryField(unique=True, editable=False)
    consented_at = models.DateTimeField()
    consent_version = models.CharField(max_length=16)
    booked_at = models.DateTimeField()
    booked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    confirm_by = models.DateTimeField(null=True)
    remind_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)
    reason = models.CharField(_("reason"), max_length=200, blank=True, default="")
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    moved_to = models.OneToOneField(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="moved_from"
    )

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("slot", "seat"),
                condition=Q(seat__isnull=False),
                name="reception_booking_one_a_seat",
            ),
            models.CheckConstraint(
                condition=Q(state__in=HOLDING, seat__isnull=False)
                | (~Q(state__in=HOLDING) & Q(seat__isnull=True)),
                name="reception_booking_seat_while_held",
            ),
            models.UniqueConstraint(
                fields=("day", "phone_index"),
                condition=Q(state__in=("waiting", "booked", "confirmed"))
                & Q(phone_index__isnull=False),
                name="reception_booking_one_a_phone",
            ),
        )
        indexes = (
            models.Index(
                fields=("slot", "booked_at", "id"),
                condition=Q(state="waiting"),
                name="reception_booking_waiting",
            ),
            models.Index(
                fields=("confirm_by",),
                condition=Q(state="booked", confirm_by__isnull=False),
                name="reception_booking_confirm",
            ),
            models.Index(
                fields=("remind_at",),
                condition=Q(remind_at__isnull=False),
                name="reception_booking_remind",
            ),
            models.Index(fields=("phone_index",), name="reception_booking_phone"),
        )

    def __str__(self) -> str:
        return f"{self.slot_id} {self.state}"


class BookingReveal(Scoped):
    """Somebody looked at the name and phone of a booking: who, why, when. The resident sees it."""

    booking = models.ForeignKey(Booking, on_delete=models.CASCADE, related_name="reveals")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    organ = models.ForeignKey(Organ, null=True, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(_("reason"), max_length=200)
    revealed_at = models.DateTimeField()

    class Meta:
        ordering = ("-revealed_at", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(reason=""), name="reception_reveal_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.booking_id}"
