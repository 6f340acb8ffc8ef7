"""What a venue tells of itself: organisation, rules, equipment, the checklist, partners, news."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.models import Entity, Scoped
from lianxin.people.models import Person
from lianxin.venues.enums import ActivityState, PartnerKind, TextKind
from lianxin.venues.models.venues import Venue


class VenueText(Scoped):
    """A text on the wall: what the venue is, how it is organised, a rule of work (工作制度)."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="texts")
    kind = models.CharField(_("kind"), max_length=12, choices=TextKind.choices)
    title = models.CharField(_("title"), max_length=60)
    text = models.TextField(_("text"))
    sort = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ("venue", "kind", "sort", "id")

    def __str__(self) -> str:
        return self.title


class StaffLine(Scoped):
    """Somebody who works at the venue, as the wall shows it. The phone is an office's."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="staff_lines")
    name = models.CharField(_("name"), max_length=40)
    title = models.CharField(_("duty"), max_length=60)
    phone = models.CharField(_("office phone"), max_length=30, blank=True, default="")
    sort = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ("venue", "sort", "id")

    def __str__(self) -> str:
        return self.name


class Equipment(Scoped):
    """What the venue has: rooms, computers, a printer, a ramp."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="equipment")
    name = models.CharField(_("thing"), max_length=60)
    number = models.PositiveSmallIntegerField(_("how many"), default=1)
    note = models.CharField(_("note"), max_length=120, blank=True, default="")
    sort = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ("venue", "sort", "id")

    def __str__(self) -> str:
        return self.name


class CheckPoint(Entity):
    """A point of the installation's checklist (七有). `source` says whose rule it is."""

    code = models.SlugField(max_length=20, unique=True)
    name = models.CharField(_("point"), max_length=60)
    source = models.CharField(_("source"), max_length=120, blank=True, default="")
    sort = models.PositiveSmallIntegerField(_("order"), default=0)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("sort", "code")

    def __str__(self) -> str:
        return self.name


class CheckItem(Scoped):
    """Whether a venue meets a point, since which day. Photos are attachments of the row."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="check_items")
    point = models.ForeignKey(CheckPoint, on_delete=models.PROTECT, related_name="items")
    is_met = models.BooleanField(_("there"))
    note = models.CharField(_("note"), max_length=200, blank=True, default="")
    checked_on = models.DateField(_("checked on"))
    checked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("venue", "point"), name="venues_check_once"),
        )

    def __str__(self) -> str:
        return f"{self.point_id} {self.is_met}"


class ClosedDay(Scoped):
    """Days on which the venue is closed (both inclusive), and why."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="closed_days")
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"))
    reason = models.CharField(_("reason"), max_length=120)

    class Meta:
        ordering = ("venue", "from_date")
        constraints = (
            models.CheckConstraint(
                condition=Q(until_date__gte=F("from_date")), name="venues_closed_dates"
            ),
        )

    def __str__(self) -> str:
        return self.reason


class Partner(Scoped):
    """A specialist, an institute or an organ that works with a specialised station."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="partners")
    kind = models.CharField(_("kind"), max_length=12, choices=PartnerKind.choices)
    name = models.CharField(_("name"), max_length=80)
    title = models.CharField(
        _("unit and position, or field"), max_length=120, blank=True, default=""
    )
    sort = models.PositiveSmallIntegerField(_("order"), default=0)

    class Meta:
        ordering = ("venue", "kind", "sort", "id")

    def __str__(self) -> str:
        return self.name


class ThemedActivity(Scoped):
    """An activity of a venue on its theme: announced, then held with its outcome."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="activities")
    title = models.CharField(_("title"), max_length=80)
    starts_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"), null=True, blank=True)
    place = models.CharField(_("place"), max_length=120, blank=True, default="")
    text = models.TextField(_("what it is about"), blank=True, default="")
    outcome = models.TextField(_("outcome"), blank=True, default="")
    state = models.CharField(
        max_length=10, choices=ActivityState.choices, default=ActivityState.PLANNED
    )

    class Meta:
        ordering = ("-starts_at", "-id")
        indexes = (
            models.Index(fields=("venue", "-starts_at", "-id"), name="venues_activity_venue"),
        )

    def __str__(self) -> str:
        return self.title


class NewsItem(Scoped):
    """Public news of a venue. Photos are attachments of the row."""

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="news")
    title = models.CharField(_("title"), max_length=80)
    text = models.TextField(_("text"))
    published_at = models.DateTimeField(_("published"))
    published_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-published_at", "-id")
        indexes = (
            models.Index(fields=("venue", "-published_at", "-id"), name="venues_news_venue"),
        )

    def __str__(self) -> str:
        return self.title
