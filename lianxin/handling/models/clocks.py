"""The rules of the clocks: rows with a version, a scope and a source."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.handling.enums import ClockPurpose, ClockUnit, Urgency
from lianxin.kernel.models import Scoped
from lianxin.kernel.rowsecurity import ReadByAll
from lianxin.people.models import Person


class ClockRule(Scoped):
    """How long something may take. The most special division wins, then kind, then urgency, then
    the latest date of effect not after the start of the clock. Rules are never changed: a new row
    takes over from its date.

    `amount` is in `unit`; `warn_percent` is the share of the time after which a reminder goes out.
    `source` names the article, or says that it is the project's own default.
    """

    row_rule = ReadByAll("holds for all below its division")

    matter_kind = models.SlugField(max_length=20, blank=True, default="")
    urgency = models.CharField(max_length=10, choices=Urgency.choices, blank=True, default="")
    purpose = models.CharField(_("time for"), max_length=12, choices=ClockPurpose.choices)
    amount = models.PositiveSmallIntegerField(_("amount"))
    unit = models.CharField(_("unit"), max_length=14, choices=ClockUnit.choices)
    warn_percent = models.PositiveSmallIntegerField(_("reminder at %"), default=80)
    effective_from = models.DateField(_("in force from"))
    source = models.CharField(_("source"), max_length=200)
    set_at = models.DateTimeField(null=True)
    set_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("purpose", "division_code", "matter_kind", "urgency", "-effective_from")
        constraints = (
            models.UniqueConstraint(
                fields=("division_code", "matter_kind", "urgency", "purpose", "effective_from"),
                name="handling_clock_rule_once",
            ),
            models.CheckConstraint(
                condition=models.Q(warn_percent__gte=1, warn_percent__lte=100),
                name="handling_warn_percent",
            ),
        )

    def __str__(self) -> str:
        return f"{self.purpose} {self.amount} {self.unit}"
