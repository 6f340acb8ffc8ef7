"""Grids on demand and by rota (按需+轮值): who is on duty for a grid, and calls to come."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianxin.cases.models import Case
from lianxin.congress.models import Deputy
from lianxin.kernel.fields import SealedTextField
from lianxin.kernel.models import Scoped
from lianxin.people.models import Person
from lianxin.places.models import Grid
from lianxin.reception.enums import AskState, CallState
from lianxin.venues.models import Venue


class GridDuty(Scoped):
    """The bound deputy on duty for a grid, from one day to another (both inclusive)."""

    grid = models.ForeignKey(Grid, on_delete=models.CASCADE, related_name="duties")
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="grid_duties")
    deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, related_name="grid_duties")
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"))

    class Meta:
        ordering = ("grid", "from_date")
        constraints = (
            models.UniqueConstraint(fields=("grid", "from_date"), name="reception_duty_once"),
            models.CheckConstraint(
                condition=Q(until_date__gte=F("from_date")), name="reception_duty_dates"
            ),
        )
        indexes = (
            models.Index(fields=("venue", "from_date"), name="reception_duty_venue"),
            models.Index(fields=("deputy", "from_date"), name="reception_duty_deputy"),
        )

    def __str__(self) -> str:
        return f"{self.grid_id} {self.from_date}"


class CallOut(Scoped):
    """Somebody at the grid needs a deputy: the one on duty is asked, then the next bound one."""

    grid = models.ForeignKey(Grid, on_delete=models.PROTECT, related_name="calls")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="calls")
    words = SealedTextField(_("what is it about"), default="")
    where = SealedTextField(_("where to come"), blank=True, default="")
    caller = models.CharField(_("who calls"), max_length=60)
    phone = models.CharField(_("office phone to call back"), max_length=30, blank=True, default="")
    state = models.CharField(max_length=12, choices=CallState.choices, default=CallState.CALLING)
    deputy = models.ForeignKey(
        Deputy, null=True, on_delete=models.PROTECT, related_name="calls_accepted"
    )
    outcome = SealedTextField(_("what was done"), blank=True, default="")
    case = models.ForeignKey(
        Case, null=True, blank=True, on_delete=models.PROTECT, related_name="calls"
    )
    called_at = models.DateTimeField()
    called_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    ended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-called_at", "-id")
        indexes = (
            models.Index(fields=("venue", "-called_at", "-id"), name="reception_call_venue"),
        )

    def __str__(self) -> str:
        return f"{self.grid_id} {self.state}"


class Ask(Scoped):
    """One deputy asked in a call, in turn, with a time by which to answer."""

    call = models.ForeignKey(CallOut, on_delete=models.CASCADE, related_name="asks")
    deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, related_name="asks")
    order = models.PositiveSmallIntegerField()
    state = models.CharField(max_length=8, choices=AskState.choices, default=AskState.WAITING)
    words = models.CharField(_("why not"), max_length=200, blank=True, default="")
    asked_at = models.DateTimeField()
    answer_by = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("call", "order")
        constraints = (
            models.UniqueConstraint(fields=("call", "order"), name="reception_ask_order"),
            models.UniqueConstraint(
                fields=("call",),
                condition=Q(state="waiting"),
                name="reception_ask_one_at_a_time",
            ),
        )
        indexes = (
            models.Index(
                fields=("answer_by",), condition=Q(state="waiting"), name="reception_ask_due"
            ),
        )

    def __str__(self) -> str:
        return f"{self.call_id} {self.deputy_id}"
