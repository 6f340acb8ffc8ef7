"""A dispatch: one act of handing on, a node in the tree of a matter."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Deputy, Organ
from lianxin.handling.enums import (
    RUNNING,
    DispatchKind,
    DispatchState,
    ExtensionState,
    Part,
)
from lianxin.handling.models.matters import Matter
from lianxin.kernel.models import Entity, Scoped
from lianxin.kernel.rowsecurity import Through
from lianxin.people.models import Person


class Dispatch(Scoped):
    """From an office or a deputy, to an organ (or, sharing out, to a deputy).

    `presses` names the dispatch that a supervision presses. `due_at`, `state` and the other dates
    are caches of the events, written by `services.settle` alone.
    """

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="dispatches")
    round = models.PositiveSmallIntegerField()
    parent = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )
    presses = models.ForeignKey(
        "self", null=True, blank=True, on_delete=models.PROTECT, related_name="pressed_by"
    )
    kind = models.CharField(max_length=10, choices=DispatchKind.choices)
    part = models.CharField(max_length=8, choices=Part.choices)
    from_organ = models.ForeignKey(
        Organ, null=True, on_delete=models.PROTECT, related_name="dispatches_out"
    )
    from_deputy = models.ForeignKey(
        Deputy, null=True, on_delete=models.PROTECT, related_name="dispatches_out"
    )
    to_organ = models.ForeignKey(
        Organ, null=True, on_delete=models.PROTECT, related_name="dispatches_in"
    )
    to_deputy = models.ForeignKey(
        Deputy, null=True, on_delete=models.PROTECT, related_name="dispatches_in"
    )
    owes_answer = models.BooleanField(_("owes an answer"), default=True)
    instruction = models.TextField(_("what is asked"), blank=True, default="")

    state = models.CharField(
        max_length=12, choices=DispatchState.choices, default=DispatchState.SENT
    )
    sent_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True)
    handler = models.ForeignKey(
        Person, null=True, on_delete=models.PROTECT, related_name="handled_dispatches"
    )
    answered_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    sign_due_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    warn_at = models.DateTimeField(null=True)
    is_extended = models.BooleanField(default=False)
    reminded = models.PositiveSmallIntegerField(default=0)
    overdue_at = models.DateTimeField(null=True)
    escalated_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(to_organ__isnull=False, to_deputy__isnull=True)
                | Q(to_organ__isnull=True, to_deputy__isnull=False, kind=DispatchKind.TRIAGE),
                name="handling_deputy_never_handling_unit",
            ),
            models.CheckConstraint(
                condition=Q(from_organ__isnull=False) | Q(from_deputy__isnull=False),
                name="handling_dispatch_has_sender",
            ),
            models.UniqueConstraint(
                fields=("matter", "round"),
                condition=Q(part=Part.LEAD, state__in=[*RUNNING, DispatchState.ANSWERED])
                & ~Q(kind=DispatchKind.SUPERVISE),
                name="handling_one_lead",
            ),
        )
        indexes = (
            models.Index(fields=("to_organ", "state", "due_at", "id"), name="handling_to_organ"),
            models.Index(fields=("to_deputy", "state", "due_at", "id"), name="handling_to_deputy"),
            models.Index(fields=("to_organ", "division_code"), name="handling_organ_places"),
            models.Index(
                fields=("due_at",), condition=Q(state__in=RUNNING), name="handling_dispatch_due"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"

    @property
    def target(self) -> Organ | Deputy:
        found = self.to_organ or self.to_deputy
        assert found is not None, "held by handling_deputy_never_handling_unit"
        return found

    @property
    def is_running(self) -> bool:
        return self.state in RUNNING


class Extension(Entity):
    """More time, asked for once per dispatch, with its reason; granted or refused by the sender."""

    row_rule = Through("dispatch")

    dispatch = models.OneToOneField(Dispatch, on_delete=models.PROTECT, related_name="extension")
    state = models.CharField(
        max_length=8, choices=ExtensionState.choices, default=ExtensionState.ASKED
    )
    reason = models.TextField(_("reason"))
    until_date = models.DateField(_("until"))
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decision_note = models.TextField(blank=True, default="")

    class Meta:
        indexes = (
            models.Index(
                fields=("dispatch",),
                condition=Q(state=ExtensionState.ASKED),
                name="handling_asked_time",
            ),
        )

    def __str__(self) -> str:
        return f"{self.dispatch_id} {self.state}"
