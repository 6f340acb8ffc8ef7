"""What a resident asks of their own data, and what holds data back from being erased."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import DataWish, WishState
from lianxin.cases.models.cases import Case
from lianxin.cases.models.voices import Voice
from lianxin.kernel.models import Scoped
from lianxin.people.models import Person


class DataRequest(Scoped):
    """A wish to have data erased or handed out. `asked_by` is empty where the resident asked.

    What staff asks for a resident at the desk is decided by another person (ASVS 2.3.5): the
    database knows no request that one person asked and decided.
    """

    voice = models.ForeignKey(Voice, on_delete=models.PROTECT, related_name="requests")
    kind = models.CharField(max_length=8, choices=DataWish.choices)
    state = models.CharField(max_length=8, choices=WishState.choices)
    reason = models.CharField(_("how the resident asked"), max_length=200, blank=True, default="")
    asked_at = models.DateTimeField()
    asked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-asked_at", "-id")
        constraints = (
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("asked_by")),
                name="cases_request_two_persons",
            ),
            models.UniqueConstraint(
                fields=("voice", "kind"),
                condition=Q(state__in=(WishState.ASKED, WishState.WAITING)),
                name="cases_request_one_open",
            ),
        )
        indexes = (
            models.Index(
                fields=("asked_at",),
                condition=Q(state=WishState.WAITING),
                name="cases_request_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class LegalHold(Scoped):
    """A case that nothing may be erased of for now: a court, an inspection or a review needs it."""

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(_("reason"), max_length=200)
    set_at = models.DateTimeField()
    set_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("case",), condition=Q(lifted_at__isnull=True), name="cases_hold_one"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="cases_hold_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.set_at:%F}"
