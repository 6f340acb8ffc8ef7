"""Rotas: how a venue wants its pairs, who can when, the plan of a year, seats, swaps."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Deputy
from lianxin.kernel.models import Scoped
from lianxin.kernel.rowsecurity import AnyScope
from lianxin.people.models import Person
from lianxin.reception.enums import (
    SEATED,
    AwayKind,
    PairMode,
    PlanState,
    ShiftState,
    SwapState,
)
from lianxin.reception.models.days import ReceptionDay
from lianxin.venues.models import Venue


class RotaSetting(Scoped):
    """How a venue wants its rota. A venue without a row has these defaults.

    `gap` is how many reception days lie between two days of one deputy at least (0: back to back is
    fine). `least_per_year` is what each deputy sits at least; local rules differ (domain 2.7).
    """

    venue = models.OneToOneField(Venue, on_delete=models.CASCADE, related_name="rota_setting")
    pair_mode = models.CharField(
        _("pairs"), max_length=4, choices=PairMode.choices, default=PairMode.VARY
    )
    seats = models.PositiveSmallIntegerField(_("deputies a day"), default=2)
    gap = models.PositiveSmallIntegerField(_("days between two turns"), default=1)
    least_per_year = models.PositiveSmallIntegerField(_("at least a year"), default=0)
    mixes_levels = models.BooleanField(_("mix levels"), default=True)
    mixes_professions = models.BooleanField(_("mix professions"), default=True)
    swap_needs_venue = models.BooleanField(_("swaps are confirmed by the venue"), default=False)
    notice_days = models.PositiveSmallIntegerField(_("announced days ahead"), default=3)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(seats__gte=1, seats__lte=4, notice_days__gte=3),
                name="reception_setting_sound",
            ),
        )

    def __str__(self) -> str:
        return f"{self.venue_id} {self.pair_mode}"


class RotaMember(Scoped):
    """What holds for one deputy in one venue's rota. A stationed deputy without a row is in it.

    `weekdays_off` are ISO weekdays (1 Monday … 7 Sunday); `distance_km` from home or work.
    """

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="rota_members")
    deputy = models.ForeignKey(Deputy, on_delete=models.CASCADE, related_name="rota_members")
    takes_part = models.BooleanField(_("takes part"), default=True)
    least = models.PositiveSmallIntegerField(_("at least a year"), null=True, blank=True)
    most = models.PositiveSmallIntegerField(_("at most a year"), null=True, blank=True)
    weekdays_off: models.JSONField[Any] = models.JSONField(default=list, blank=True)
    distance_km = models.PositiveSmallIntegerField(_("kilometres away"), null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("venue", "deputy"), name="reception_member_once"),
        )

    def __str__(self) -> str:
        return f"{self.deputy_id} @ {self.venue_id}"


class Away(Scoped):
    """Days on which a deputy cannot receive: leave or another meeting (both inclusive)."""

    row_rule = AnyScope("a deputy is away for every venue that plans with them")

    deputy = models.ForeignKey(Deputy, on_delete=models.CASCADE, related_name="away")
    kind = models.CharField(_("why"), max_length=8, choices=AwayKind.choices)
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"))
    note = models.CharField(_("note"), max_length=120, blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(until_date__gte=F("from_date")), name="reception_away_dates"
            ),
        )
        indexes = (models.Index(fields=("deputy", "until_date"), name="reception_away_until"),)

    def __str__(self) -> str:
        return f"{self.deputy_id} {self.from_date}"


class RotaPlan(Scoped):
    """One computed rota of a venue and year. `figures` says how good it is, `collisions` what
    could not be had, `proposal` the seats of a draft: `[[day, deputy, seat, reason], …]`.
    """

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="rota_plans")
    year = models.PositiveSmallIntegerField(_("year"))
    version = models.PositiveSmallIntegerField(default=1)
    state = models.CharField(max_length=10, choices=PlanState.choices, default=PlanState.DRAFT)
    figures: models.JSONField[Any] = models.JSONField(default=dict)
    collisions: models.JSONField[Any] = models.JSONField(default=list)
    proposal: models.JSONField[Any] = models.JSONField(default=list)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField(null=True)
    published_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("venue", "-year", "-version")
        constraints = (
            models.UniqueConstraint(
                fields=("venue", "year", "version"), name="reception_plan_version"
            ),
            models.UniqueConstraint(
                fields=("venue", "year"),
                condition=Q(state=PlanState.PUBLISHED),
                name="reception_plan_one_in_force",
            ),
        )

    def __str__(self) -> str:
        return f"{self.venue_id} {self.year} v{self.version}"


class Shift(Scoped):
    """A deputy's seat on a reception day. `reason` says why, as codes that become sentences."""

    day = models.ForeignKey(ReceptionDay, on_delete=models.CASCADE, related_name="shifts")
    deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, related_name="shifts")
    seat = models.PositiveSmallIntegerField(_("seat"))
    plan = models.ForeignKey(RotaPlan, null=True, on_delete=models.SET_NULL, related_name="shifts")
    state = models.CharField(max_length=10, choices=ShiftState.choices, default=ShiftState.EXPECTED)
    reason: models.JSONField[Any] = models.JSONField(default=list, blank=True)
    replaces = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.SET_NULL, related_name="replaced_by"
    )
    attended_at = models.DateTimeField(null=True)
    attended_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    excuse = models.CharField(_("reason of the leave"), max_length=120, blank=True, default="")

    class Meta:
        ordering = ("day", "seat")
        constraints = (
            models.UniqueConstraint(
                fields=("day", "seat"),
                condition=Q(state__in=SEATED),
                name="reception_shift_one_a_seat",
            ),
            models.UniqueConstraint(
                fields=("day", "deputy"),
                condition=Q(state__in=SEATED),
                name="reception_shift_one_a_deputy",
            ),
        )
        indexes = (models.Index(fields=("deputy", "day"), name="reception_shift_deputy"),)

    def __str__(self) -> str:
        return f"{self.deputy_id} on {self.day_id}"


class Swap(Scoped):
    """One deputy asks another to take a seat: in exchange for a seat of theirs, or as substitute."""

    shift = models.ForeignKey(Shift, on_delete=models.CASCADE, related_name="swaps")
    other_shift = models.ForeignKey(
        Shift, null=True, blank=True, on_delete=models.CASCADE, related_name="swaps_offered"
    )
    deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, related_name="swaps_asked")
    other_deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, related_name="swaps_offered")
    words = models.CharField(_("why"), max_length=200, blank=True, default="")
    answer = models.CharField(_("answer"), max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, choices=SwapState.choices, default=SwapState.ASKED)
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(deputy=F("other_deputy")), name="reception_swap_two_deputies"
            ),
            models.UniqueConstraint(
                fields=("shift",),
                condition=Q(state__in=("asked", "agreed")),
                name="reception_swap_one_open",
            ),
        )

    def __str__(self) -> str:
        return f"{self.deputy_id} ↔ {self.other_deputy_id}"
