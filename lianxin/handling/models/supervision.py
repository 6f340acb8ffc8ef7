"""Supervision (督办): the steps of the ladder opened on a matter, each dated, its outcome kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Organ
from lianxin.handling.enums import Cause, Step, SupervisionState
from lianxin.handling.models.dispatches import Dispatch
from lianxin.handling.models.matters import Matter
from lianxin.kernel.models import Scoped
from lianxin.people.models import Person


class Supervision(Scoped):
    """One step. `dispatch` is the owed answer of whoever is pressed."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="supervisions")
    dispatch = models.OneToOneField(Dispatch, on_delete=models.PROTECT, related_name="supervision")
    step = models.CharField(_("step"), max_length=20, choices=Step.choices)
    cause = models.CharField(_("cause"), max_length=14, choices=Cause.choices)
    organ = models.ForeignKey(Organ, on_delete=models.PROTECT, related_name="supervisions")
    state = models.CharField(
        max_length=10, choices=SupervisionState.choices, default=SupervisionState.OPEN
    )
    text = models.TextField(_("what is asked"))
    opened_at = models.DateTimeField()
    opened_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    concluded_at = models.DateTimeField(null=True)
    concluded_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    outcome = models.TextField(_("outcome"), blank=True, default="")

    class Meta:
        constraints = (
            models.CheckConstraint(
                condition=Q(state=SupervisionState.OPEN) | ~Q(outcome=""),
                name="handling_supervision_outcome_kept",
            ),
        )
        indexes = (
            models.Index(fields=("organ", "state", "opened_at"), name="handling_supervisions"),
            models.Index(fields=("state", "-opened_at", "-id"), name="handling_pressed"),
        )

    def __str__(self) -> str:
        return f"{self.step} {self.state}"
