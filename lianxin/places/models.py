"""Divisions, grids, and the days and hours of work."""

from __future__ import annotations

from typing import Any

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.models import Entity, Scoped
from lianxin.kernel.rowsecurity import ReadByAll
from lianxin.places.enums import DaySource, Level

PATH_SIGN = " › "


class Division(Entity):
    """An administrative division of the National Bureau of Statistics' list.

    `short_name` is what people say (石林县, 润城社区), `stem` the same without its kind (石林, 润城).
    `path_names` caches the full names from the province down to the division itself.
    A division that the list no longer has stays as a row that is not active: old cases keep a name.
    """

    code = models.CharField(
        _("code"), max_length=12, unique=True, validators=[RegexValidator(r"^\d{2,12}$")]
    )
    name = models.CharField(_("name"), max_length=60)
    short_name = models.CharField(_("short name"), max_length=60)
    stem = models.CharField(max_length=60)
    level = models.CharField(_("level"), max_length=10, choices=Level.choices)
    parent_code = models.CharField(_("parent"), max_length=12, blank=True, default="")
    path_names: models.JSONField[Any] = models.JSONField(_("path"), default=list)
    is_street = models.BooleanField(_("street"), default=False)
    is_active = models.BooleanField(_("in the current list"), default=True)
    sort = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ("code",)
        verbose_name = _("division")
        indexes = (
            models.Index(fields=("parent_code", "sort"), name="places_division_parent"),
            models.Index(fields=("level", "code"), name="places_division_level"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def path(self) -> str:
        """云南省 › 昆明市 › 西山区 › 前卫街道."""
        return PATH_SIGN.join(self.path_names)

    @property
    def has_congress(self) -> bool:
        """Whether a people's congress exists at this level here.

        A street has none, only an office of the county's standing committee (地方组织法 59);
        nor do development zones and farms (codes 400 and above) or villages.
        """
        if self.level == Level.TOWNSHIP:
            return self.code[6] in "123"
        return self.level != Level.VILLAGE


class Grid(Scoped):
    """A grid (网格) of a village or community: some houses with workers who know them.

    `division_code` is the village's or community's. `office_phone` is the workers' office number,
    never a private one. `shape` is its outline as WKB of a polygon in WGS-84, (longitude, latitude);
    a grid without one is known by its addresses.
    """

    row_rule = ReadByAll("where one lives says who one's deputy is")

    number = models.CharField(_("grid number"), max_length=20)
    name = models.CharField(_("name"), max_length=60)
    addresses = models.TextField(_("houses and addresses in it"), blank=True, default="")
    office_phone = models.CharField(_("office phone"), max_length=30, blank=True, default="")
    shape = models.BinaryField(_("outline"), null=True, editable=False)
    is_active = models.BooleanField(_("in use"), default=True)

    class Meta:
        ordering = ("division_code", "number")
        verbose_name = _("grid")
        constraints = (
            models.UniqueConstraint(fields=("division_code", "number"), name="places_grid_number"),
        )

    def __str__(self) -> str:
        return self.name


class GridMap(Entity):
    """One row: a number that grows, by random steps, whenever outlines of grids change. An index
    built from them tells by it whether it is still good.
    """

    only = models.BooleanField(default=True, unique=True)
    version = models.PositiveBigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.version)


class CalendarDay(Scoped):
    """A day worked or off that differs from the calendar known otherwise.

    `division_code` is the place where it holds, with all below it; empty: everywhere. So a
    prefecture's own holiday (泼水节, 火把节) is a row of that prefecture.
    """

    row_rule = ReadByAll("holds for all below its division")

    date = models.DateField(_("day"))
    is_working = models.BooleanField(_("working day"))
    name = models.CharField(_("reason"), max_length=60)
    source = models.CharField(_("source"), max_length=10, choices=DaySource.choices)

    class Meta:
        ordering = ("date", "division_code")
        verbose_name = _("calendar day")
        constraints = (
            models.UniqueConstraint(fields=("date", "division_code"), name="places_day_once"),
        )

    def __str__(self) -> str:
        return f"{self.date} {self.name}"


class ServiceHours(Scoped):
    """Hours of service from a day on, until the next row of the same place: summer, winter.

    `division_code` is a prefix: the hours hold there and below; empty: everywhere.
    """

    row_rule = ReadByAll("holds for all below its division")

    from_date = models.DateField(_("from"))
    morning_open = models.TimeField(_("morning, opens"))
    morning_close = models.TimeField(_("morning, closes"))
    afternoon_open = models.TimeField(_("afternoon, opens"))
    afternoon_close = models.TimeField(_("afternoon, closes"))

    class Meta:
        ordering = ("division_code", "from_date")
        verbose_name = _("hours of service")
        verbose_name_plural = _("hours of service")
        constraints = (
            models.UniqueConstraint(
                fields=("division_code", "from_date"), name="places_hours_one_start"
            ),
            models.CheckConstraint(
                condition=Q(morning_open__lt=F("morning_close"))
                & Q(morning_close__lte=F("afternoon_open"))
                & Q(afternoon_open__lt=F("afternoon_close")),
                name="places_hours_in_order",
            ),
        )

    def __str__(self) -> str:
        return f"{self.division_code or '*'} {self.from_date}"
