"""Grids on demand and by rota (按需+轮值): who is on duty for a grid, and calls to come."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianxin.cases.models import Case
from lianxin.congress.models import Deputy
from lianxin.kernel.fields import SealedTextField
from lianxin.kernel.models import Keyed, Scoped
from lianxin.people.models import Person
from lianxin.places.models import Grid
from lianxin.reception.enums import ANSWER_MINUTES, AskState, CallState, DutyTurn
from lianxin.venues.models import Venue


class DutySetting(Scoped):
    """How a venue wants its grid duty. A venue without a row has these defaults.

    `answer_minutes` is how long a deputy called out has to answer before the next one is asked.
    `asks_stationed`: when no bound deputy can come, those stationed in the venue are asked too.
    """

    venue = models.OneToOneField(Venue, on_delete=models.CASCADE, related_name="duty_setting")
    turn = models.CharField(
        _("a turn of duty lasts"), max_length=5, choices=DutyTurn.choices, default=DutyTurn.WEEK
    )
    answer_minutes = models.PositiveSmallIntegerField(
        _("minutes to answer a call"), default=ANSWER_MINUTES
    )
    asks_stationed = models.BooleanField(_("ask stationed deputies too"), default=False)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(answer_minutes__gte=10, answer_minutes__lte=720),
                name="reception_duty_setting_sound",
            ),
        )

    def __str__(self) -> str:
        return f"{self.venue_id} {self.turn}"


class GridDuty(Scoped):
    """The bound deputy on duty for a grid, from one day to another (both inclusive).

    A turn set by hand stays when the table is made anew.
    """

    grid = models.ForeignKey(Grid, on_delete=models.CASCADE, related_name="duties")
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="grid_duties")
    deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, related_name="grid_duties")
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"))
    is_by_hand = models.BooleanField(_("set by hand"), default=False)

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


class CallOut(Keyed, Scoped):
    """Somebody at the grid needs a deputy: the one on duty is asked, then the next bound one.

    `round_from` is the order of the first deputy asked in this round: who was asked before it, in a
    round that found nobody, can be asked again.
    """

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
    round_from = models.PositiveSmallIntegerField(default=1)
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
            models.Index(
                fields=("venue", "state"),
                condition=Q(state__in=("calling", "accepted", "unanswered")),
                name="reception_call_open",
            ),
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
            models.Index(fields=("deputy", "asked_at"), name="reception_ask_deputy"),
        )

    def __str__(self) -> str:
        return f"{self.call_id} {self.deputy_id}"
