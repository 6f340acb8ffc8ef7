"""The matter and its events. State columns are caches written by `services.settle` alone."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Deputy, Organ
from lianxin.handling.enums import LIVE, Act, MatterState, RoundKind, Step, Urgency
from lianxin.kernel.models import Entity, Scoped
from lianxin.kernel.rowsecurity import Through
from lianxin.people.models import Person


class Matter(Scoped):
    """What is being handled. `kind` is registered by the app above, which keeps the subject.

    Everything below `title` follows from the events; `services.settle` writes it and nothing else.
    `owing` counts dispatches of the current round that owe an answer.
    """

    # Nearly all matters are of one kind: an index of kinds would only lead SQLite astray.
    kind = models.SlugField(max_length=20, db_index=False)
    title = models.CharField(_("title"), max_length=120)
    owner = models.ForeignKey(Organ, on_delete=models.PROTECT, related_name="owned_matters")
    is_sensitive = models.BooleanField(default=False)
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="merged"
    )

    state = models.CharField(max_length=10, choices=MatterState.choices, default=MatterState.OPEN)
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ORDINARY)
    round = models.PositiveSmallIntegerField(default=1)
    round_kind = models.CharField(max_length=12, choices=RoundKind.choices, default=RoundKind.FIRST)
    last_number = models.PositiveIntegerField(default=0)
    last_event_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    round_began_at = models.DateTimeField(null=True)
    answered_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    paused_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    next_due_at = models.DateTimeField(null=True)
    next_warn_at = models.DateTimeField(null=True)
    owing = models.PositiveSmallIntegerField(default=0)
    step = models.CharField(max_length=20, choices=Step.choices, blank=True, default="")
    holder_organ = models.ForeignKey(
        Organ, null=True, on_delete=models.PROTECT, related_name="held_matters"
    )
    holder_deputy = models.ForeignKey(
        Deputy, null=True, on_delete=models.PROTECT, related_name="held_matters"
    )
    held_since_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=~Q(state=MatterState.CLOSED) | Q(owing=0, answered_at__isnull=False),
                name="handling_closed_owes_nothing",
            ),
            models.CheckConstraint(
                condition=Q(state=MatterState.MERGED, merged_into__isnull=False)
                | (~Q(state=MatterState.MERGED) & Q(merged_into__isnull=True)),
                name="handling_merged_has_target",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="handling_not_merged_into_itself"
            ),
        )
        indexes = (
            models.Index(fields=("owner", "state", "next_due_at", "id"), name="handling_owner"),
            models.Index(
                fields=("division_code", "state", "next_due_at", "id"), name="handling_division"
            ),
            models.Index(
                fields=("next_due_at",), condition=Q(state=MatterState.OPEN), name="handling_due"
            ),
            # What offices look at is alive: a few of a hundred matters, wherever they lie.
            models.Index(
                fields=(
                    *("division_code", "next_due_at", "id", "state", "step", "round", "kind"),
                    *("holder_organ", "holder_deputy"),
                ),
                condition=Q(state__in=LIVE),
                name="handling_live_of",
            ),
            models.Index(
                fields=("next_due_at", "id"),
                condition=Q(state__in=LIVE, round_kind=RoundKind.SECOND_LOOK),
                name="handling_second_look",
            ),
            # What is owed first in a whole province: its matters in that order, wherever they lie.
            models.Index(
                fields=("next_due_at", "id"), condition=Q(state__in=LIVE), name="handling_live_due"
            ),
        )

    def __str__(self) -> str:
        return self.title


class Event(Entity):
    """One act, append-only, numbered per matter without gaps. `data` is all a derivation needs."""

    row_rule = Through("matter")

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="events")
    number = models.PositiveIntegerField()
    dispatch = models.ForeignKey(
        "handling.Dispatch", null=True, on_delete=models.PROTECT, related_name="events"
    )
    act = models.CharField(max_length=20, choices=Act.choices)
    at = models.DateTimeField()
    person = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    organ = models.ForeignKey(Organ, null=True, on_delete=models.PROTECT, related_name="+")
    note = models.TextField(blank=True, default="")
    is_public = models.BooleanField(default=False)
    data: models.JSONField[Any] = models.JSONField(default=dict)

    class Meta:
        ordering = ("matter", "number")
        constraints = (
            models.UniqueConstraint(fields=("matter", "number"), name="handling_event_number"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.act}"
