"""Deputies and their mandates: one person may hold several, at several levels."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.congress.enums import EndReason, Level, MandateState
from lianxin.congress.models.congresses import Delegation, Term
from lianxin.kernel.models import Scoped
from lianxin.kernel.rowsecurity import AnyScope, ReadByAll
from lianxin.people.models import Person


class Deputy(Scoped):
    """A person as deputy: what the board shows. The phone shown is an office's or a relay's."""

    row_rule = AnyScope("kept by venues below the division, and locked by whoever plans with it")

    person = models.OneToOneField(Person, on_delete=models.PROTECT, related_name="deputy")
    profession = models.CharField(_("profession"), max_length=60, blank=True, default="")
    workplace = models.CharField(_("unit and position"), max_length=120, blank=True, default="")
    field = models.CharField(_("field of expertise"), max_length=60, blank=True, default="")
    relay_phone = models.CharField(_("public phone"), max_length=30, blank=True, default="")
    languages: models.JSONField[Any] = models.JSONField(default=list, blank=True)
    code = models.CharField(_("deputy code"), max_length=16, unique=True)

    class Meta:
        verbose_name = _("deputy")

    def __str__(self) -> str:
        return str(self.person)

    @property
    def name(self) -> str:
        return self.person.name


class Mandate(Scoped):
    """A seat in one congress for one term."""

    row_rule = ReadByAll("public by law")

    deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, related_name="mandates")
    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="mandates")
    level = models.CharField(max_length=12, choices=Level.choices)
    delegation = models.ForeignKey(
        Delegation, null=True, blank=True, on_delete=models.PROTECT, related_name="mandates"
    )
    constituency = models.CharField(
        _("constituency or electing unit"), max_length=120, blank=True, default=""
    )
    card_no = models.CharField(_("deputy card"), max_length=40, blank=True, default="")
    state = models.CharField(
        max_length=12, choices=MandateState.choices, default=MandateState.ACTIVE
    )
    end_reason = models.CharField(max_length=16, choices=EndReason.choices, blank=True, default="")
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("deputy", "term"),
                condition=~models.Q(state=MandateState.ENDED),
                name="congress_mandate_once_per_term",
            ),
            models.CheckConstraint(
                condition=models.Q(state=MandateState.ENDED, until_date__isnull=False)
                | (~models.Q(state=MandateState.ENDED) & models.Q(end_reason="")),
                name="congress_mandate_end_is_dated",
            ),
        )

    def __str__(self) -> str:
        return f"{self.deputy_id} {self.level}"
