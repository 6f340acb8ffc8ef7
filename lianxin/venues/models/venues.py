"""Venues, the areas they serve, the deputies stationed in them and bound to grids."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Deputy, Organ
from lianxin.kernel.models import Scoped
from lianxin.kernel.rowsecurity import ReadByAll
from lianxin.places.models import Grid
from lianxin.venues.enums import VenueKind


class Venue(Scoped):
    """A home, station or room. Its tree is not the tree of divisions.

    `desk` is the venue as an organ: its clerks hold posts there and it owns the matters accepted
    here. `code` is the public code printed on the board (站码). `latitude` and `longitude` are
    WGS-84 degrees. `search_text` holds the tokens of name, topic, address and place; `board_digest`
    is the digest of what its board says now, kept by the outbox.
    """

    row_rule = ReadByAll("shown to everybody on boards and pages")

    name = models.CharField(_("name"), max_length=120)
    kind = models.CharField(_("kind"), max_length=16, choices=VenueKind.choices)
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    desk = models.OneToOneField(Organ, on_delete=models.PROTECT, related_name="venue")
    topic = models.CharField(_("topic"), max_length=60, blank=True, default="")
    address = models.CharField(_("address"), max_length=200, blank=True, default="")
    phone = models.CharField(_("phone"), max_length=30, blank=True, default="")
    hours = models.CharField(_("opening hours"), max_length=120, blank=True, default="")
    code = models.CharField(_("venue code"), max_length=16, unique=True)
    latitude = models.FloatField(_("latitude"), null=True, blank=True)
    longitude = models.FloatField(_("longitude"), null=True, blank=True)
    is_active = models.BooleanField(default=True)
    board_digest = models.CharField(max_length=64, blank=True, default="", editable=False)
    search_text = models.TextField(blank=True, default="", editable=False)

    class Meta:
        ordering = ("division_code", "name")
        constraints = (
            models.UniqueConstraint(fields=("division_code", "name"), name="venues_venue_one_name"),
        )
        indexes = (models.Index(fields=("division_code", "name", "id"), name="venues_in_order"),)

    def __str__(self) -> str:
        return self.name


class VenueArea(Scoped):
    """A division served by a venue: with all below it."""

    row_rule = ReadByAll("shown to everybody on boards and pages")

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="areas")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("venue", "division_code"), name="venues_area_once"),
        )
        indexes = (models.Index(fields=("division_code",), name="venues_area_division"),)

    def __str__(self) -> str:
        return f"{self.venue_id} {self.division_code}"


class Stationing(Scoped):
    """A deputy stationed in a venue, from one day to another (both inclusive)."""

    row_rule = ReadByAll("shown to everybody on boards and pages")

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="stationings")
    deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, related_name="stationings")
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("venue", "deputy", "from_date"), name="venues_stationing_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.deputy_id} @ {self.venue_id}"


class GridBinding(Scoped):
    """A deputy bound to a grid (网格) of a venue."""

    row_rule = ReadByAll("shown to everybody on boards and pages")

    grid = models.ForeignKey(Grid, on_delete=models.CASCADE, related_name="bindings")
    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="grid_bindings")
    deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, related_name="grid_bindings")
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("grid", "deputy", "from_date"), name="venues_binding_once"
            ),
        )

    def __str__(self) -> str:
        return f"{self.deputy_id} # {self.grid_id}"
