"""The room on the day: its screen, the queue, who was received, who signed."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.cases.models import Case
from lianxin.congress.models import Deputy
from lianxin.kernel.fields import SealedTextField
from lianxin.kernel.models import Keyed, Scoped
from lianxin.people.models import Person
from lianxin.reception.enums import TicketState, VisitPath
from lianxin.reception.models.bookings import Booking
from lianxin.reception.models.days import ReceptionDay
from lianxin.venues.models import Venue


class Screen(Scoped):
    """A screen hung up in a venue. Its secret address shows the code with which deputies check in,
    so that who knows the code of this minute stands in front of it.
    """

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="screens")
    name = models.CharField(_("where it hangs"), max_length=60)
    token = SealedTextField(default="")
    token_digest = models.BinaryField(unique=True, editable=False)
    set_up_at = models.DateTimeField()
    set_up_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    seen_at = models.DateTimeField(null=True)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("venue", "name")

    def __str__(self) -> str:
        return self.name


class Ticket(Keyed, Scoped):
    """A number in the queue of a day: drawn by a walk-in, or by somebody booked who has come."""

    day = models.ForeignKey(ReceptionDay, on_delete=models.PROTECT, related_name="tickets")
    number = models.PositiveSmallIntegerField(_("number"))
    booking = models.OneToOneField(
        Booking, null=True, blank=True, on_delete=models.PROTECT, related_name="ticket"
    )
    name = SealedTextField(_("name"), blank=True, default="")
    phone = SealedTextField(_("phone"), blank=True, default="")
    topic = SealedTextField(_("what it is about"), blank=True, default="")
    state = models.CharField(
        max_length=10, choices=TicketState.choices, default=TicketState.WAITING
    )
    drawn_at = models.DateTimeField()
    drawn_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    called_at = models.DateTimeField(null=True)
    called_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("day", "number")
        constraints = (
            models.UniqueConstraint(fields=("day", "number"), name="reception_ticket_once"),
        )

    def __str__(self) -> str:
        return f"{self.day_id} {self.number}"


class Visit(Scoped):
    """A resident who was received. The words stand in the case: nothing is kept twice."""

    day = models.ForeignKey(ReceptionDay, on_delete=models.PROTECT, related_name="visits")
    ticket = models.OneToOneField(
        Ticket, null=True, blank=True, on_delete=models.PROTECT, related_name="visit"
    )
    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="visit")
    path = models.CharField(_("way of handling"), max_length=12, choices=VisitPath.choices)
    recorded_at = models.DateTimeField()
    recorded_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("recorded_at", "id")

    def __str__(self) -> str:
        return f"{self.day_id} {self.case_id}"


class SignOff(Scoped):
    """A deputy has read the record of the day and stands by it."""

    day = models.ForeignKey(ReceptionDay, on_delete=models.PROTECT, related_name="sign_offs")
    deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, related_name="sign_offs")
    remark = models.CharField(_("remark"), max_length=200, blank=True, default="")
    signed_at = models.DateTimeField()
    signed_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("day", "deputy"), name="reception_sign_once"),
        )

    def __str__(self) -> str:
        return f"{self.day_id} {self.deputy_id}"
