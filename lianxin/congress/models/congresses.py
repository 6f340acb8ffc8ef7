"""Congresses, their terms (届), sessions (次会议) and delegations (代表团)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.congress.enums import Level
from lianxin.kernel.models import Scoped
from lianxin.kernel.rowsecurity import ReadByAll


class Congress(Scoped):
    """A people's congress. A street (街道) has none (地方组织法 59)."""

    row_rule = ReadByAll("public by law")

    name = models.CharField(_("name"), max_length=120)
    level = models.CharField(max_length=12, choices=Level.choices)

    class Meta:
        ordering = ("division_code",)
        constraints = (
            models.UniqueConstraint(
                fields=("division_code", "level"), name="congress_one_per_place"
            ),
        )

    def __str__(self) -> str:
        return self.name


class Term(Scoped):
    """A term of five years, from its first session to the next congress's first (代表法 2)."""

    row_rule = ReadByAll("public by law")

    congress = models.ForeignKey(Congress, on_delete=models.PROTECT, related_name="terms")
    number = models.PositiveSmallIntegerField(_("term number"))
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ("congress", "number")
        constraints = (
            models.UniqueConstraint(fields=("congress", "number"), name="congress_term_once"),
        )

    def __str__(self) -> str:
        return f"{self.congress_id} {self.number}"


class CongressSession(Scoped):
    """One session of a term."""

    row_rule = ReadByAll("public by law")

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="sessions")
    number = models.PositiveSmallIntegerField(_("session number"))
    from_date = models.DateField(_("from"))
    until_date = models.DateField(_("until"), null=True, blank=True)

    class Meta:
        ordering = ("term", "number")
        constraints = (
            models.UniqueConstraint(fields=("term", "number"), name="congress_session_once"),
        )

    def __str__(self) -> str:
        return f"{self.term_id} {self.number}"


class Delegation(Scoped):
    """The deputies of one electoral unit during the sessions of a term."""

    row_rule = ReadByAll("public by law")

    term = models.ForeignKey(Term, on_delete=models.PROTECT, related_name="delegations")
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        ordering = ("term", "name")
        constraints = (
            models.UniqueConstraint(fields=("term", "name"), name="congress_delegation_once"),
        )

    def __str__(self) -> str:
        return self.name
