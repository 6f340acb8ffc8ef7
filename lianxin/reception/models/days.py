"""Reception days: the pattern they come from, the days themselves, the times one can book."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.models import Scoped
from lianxin.people.models import Person
from lianxin.reception.enums import DayState, HolidayRule
from lianxin.venues.models import Venue


class Pattern(Scoped):
    """How reception days of a venue repeat. `rule` is an RRULE (RFC 5545), without DTSTART.

    `FREQ=WEEKLY;BYDAY=WE` is every Wednesday, `FREQ=YEARLY;BYMONTH=1,3,5,7,9,11;BYMONTHDAY=15`
    the 15th of odd months. `slot_minutes` and `slot_capacity` say how bookings are cut;
    `language` asks for one deputy on each day who speaks it.
    """

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="patterns")
    rule = models.CharField(_("repetition"), max_length=200)
    starts = models.TimeField(_("begins"))
    ends = models.TimeField(_("ends"))
    place = models.CharField(_("room"), max_length=120, blank=True, default="")
    topic = models.CharField(_("topic"), max_length=60, blank=True, default="")
    language = models.CharField(_("language spoken"), max_length=20, blank=True, default="")
    holiday_rule = models.CharField(
        _("on a day off"), max_length=8, choices=HolidayRule.choices, default=HolidayRule.LATER
    )
    slot_minutes = models.PositiveSmallIntegerField(_("minutes for each visitor"), default=20)
    slot_capacity = models.PositiveSmallIntegerField(_("visitors at a time"), default=1)
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ("venue", "from_date", "id")
        constraints = (
            models.CheckConstraint(
                condition=Q(starts__lt=F("ends")), name="reception_pattern_hours"
            ),
            models.CheckConstraint(
                condition=Q(slot_minutes__gte=5, slot_capacity__gte=1),
                name="reception_pattern_slots",
            ),
        )

    def __str__(self) -> str:
        return f"{self.venue_id} {self.rule}"


class ReceptionDay(Scoped):
    """One day on which deputies receive residents at a venue.

    `origin_date` is the day the pattern gave, before a holiday or a person moved it: the pair
    (pattern, origin_date) is what makes planning twice the same as planning once, so an exception
    is the row itself. `note` tells people why it was moved or cancelled. `is_fixed`: a person
    moved or changed it, so planning leaves it alone.
    """

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="reception_days")
    pattern = models.ForeignKey(
        Pattern, null=True, blank=True, on_delete=models.SET_NULL, related_name="days"
    )
    origin_date = models.DateField()
    date = models.DateField(_("day"))
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    place = models.CharField(_("room"), max_length=120, blank=True, default="")
    topic = models.CharField(_("topic"), max_length=60, blank=True, default="")
    language = models.CharField(_("language spoken"), max_length=20, blank=True, default="")
    note = models.CharField(_("note for residents"), max_length=200, blank=True, default="")
    state = models.CharField(max_length=10, choices=DayState.choices, default=DayState.PLANNED)
    is_fixed = models.BooleanField(default=False)
    # Counts every change that calendars must hear of (RFC 5545, SEQUENCE).
    sequence = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField()
    changed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    announced_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("starts_at", "id")
        constraints = (
            models.UniqueConstraint(
                fields=("pattern", "origin_date"),
                condition=Q(pattern__isnull=False),
                name="reception_day_once_per_pattern",
            ),
            models.UniqueConstraint(
                fields=("venue", "starts_at"),
                condition=~Q(state=DayState.CANCELLED),
                name="reception_day_one_at_a_time",
            ),
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="reception_day_hours"
            ),
            models.CheckConstraint(
                condition=~Q(state=DayState.ANNOUNCED) | Q(announced_at__isnull=False),
                name="reception_day_announced_is_dated",
            ),
        )
        indexes = (
            models.Index(fields=("venue", "date", "id"), name="reception_day_venue"),
            models.Index(fields=("state", "date"), name="reception_day_state"),
        )

    def __str__(self) -> str:
        return f"{self.venue_id} {self.date}"


class Slot(Scoped):
    """A time that can be booked. `taken` counts its seats in use, and can never exceed `capacity`."""

    day = models.ForeignKey(ReceptionDay, on_delete=models.CASCADE, related_name="slots")
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    capacity = models.PositiveSmallIntegerField(_("visitors at a time"))
    taken = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ("starts_at", "id")
        constraints = (
            models.UniqueConstraint(fields=("day", "starts_at"), name="reception_slot_once"),
            models.CheckConstraint(
                condition=Q(taken__lte=F("capacity")), name="reception_slot_not_over"
            ),
        )

    def __str__(self) -> str:
        return f"{self.day_id} {self.starts_at:%H:%M}"

    @property
    def free(self) -> int:
        return self.capacity - self.taken
