"""Printed boards: what stood on them when they were printed."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.models import Scoped
from lianxin.people.models import Person
from lianxin.venues.enums import BoardForm
from lianxin.venues.models.venues import Venue


class BoardIssue(Scoped):
    """A printed version of a venue's board (公示栏), known by the number in its QR code.

    `facts` is what it said, so that a passer-by reads what has changed since; `digest` is compared
    with the venue's `board_digest` to see at once which boards are out of date.
    """

    venue = models.ForeignKey(Venue, on_delete=models.CASCADE, related_name="board_issues")
    version = models.PositiveIntegerField(_("version"))
    form = models.CharField(_("form"), max_length=12, choices=BoardForm.choices)
    facts: models.JSONField[Any] = models.JSONField(default=dict)
    digest = models.CharField(max_length=64)
    printed_at = models.DateTimeField(_("printed"))
    printed_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("venue", "-version")
        constraints = (
            models.UniqueConstraint(fields=("venue", "version"), name="venues_issue_version"),
        )

    def __str__(self) -> str:
        return f"{self.venue_id} v{self.version}"
