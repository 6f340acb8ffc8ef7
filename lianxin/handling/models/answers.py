"""Answers, the promises in them, and what the asker thinks of them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Organ
from lianxin.handling.enums import (
    AnswerState,
    CommitmentState,
    Outcome,
    ReplyChannel,
    Satisfaction,
)
from lianxin.handling.models.dispatches import Dispatch
from lianxin.handling.models.matters import Matter
from lianxin.kernel.models import Entity, Scoped
from lianxin.kernel.rowsecurity import ReadByAll, Through
from lianxin.people.models import Person


class AnswerClass(Scoped):
    """A place's own label for a class of answer, mapped to one outcome. Division "" is everywhere."""

    row_rule = ReadByAll("holds for all below its division")

    code = models.CharField(max_length=8)
    label = models.CharField(_("class of answer"), max_length=60, blank=True, default="")
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    sort = models.PositiveSmallIntegerField(default=0)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ("sort", "code")
        constraints = (
            models.UniqueConstraint(
                fields=("division_code", "code"), name="handling_answer_class_once"
            ),
        )

    def __str__(self) -> str:
        """The place's own label; without one, the outcome in the reader's language."""
        return self.label or str(Outcome(self.outcome).label)


class Answer(Scoped):
    """What a unit, a deputy or the office itself answers. Delivered: the asker has it."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="answers")
    dispatch = models.ForeignKey(
        Dispatch, null=True, on_delete=models.PROTECT, related_name="answers"
    )
    round = models.PositiveSmallIntegerField()
    text = models.TextField(_("answer"))
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    class_label = models.CharField(max_length=60, blank=True, default="")
    channel = models.CharField(
        max_length=10, choices=ReplyChannel.choices, default=ReplyChannel.PLATFORM
    )
    state = models.CharField(max_length=10, choices=AnswerState.choices)
    organ = models.ForeignKey(Organ, null=True, on_delete=models.PROTECT, related_name="+")
    author_name = models.CharField(max_length=60, blank=True, default="")
    given_at = models.DateTimeField()
    given_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(null=True)
    approved_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    delivered_at = models.DateTimeField(null=True)
    delivered_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    promised_until = models.DateField(_("promised until"), null=True, blank=True)
    promise = models.CharField(_("what is promised"), max_length=200, blank=True, default="")

    class Meta:
        ordering = ("given_at", "id")
        constraints = (
            models.CheckConstraint(
                condition=~Q(outcome=Outcome.PLANNED) | Q(promised_until__isnull=False),
                name="handling_planned_has_date",
            ),
        )

    def __str__(self) -> str:
        return self.text[:40]


class Commitment(Scoped):
    """A promise from a planned answer. It outlives the matter and is checked on its date."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="commitments")
    answer = models.ForeignKey(Answer, on_delete=models.PROTECT, related_name="commitments")
    what = models.CharField(_("what is promised"), max_length=200)
    organ = models.ForeignKey(Organ, on_delete=models.PROTECT, related_name="commitments")
    owner = models.ForeignKey(Organ, on_delete=models.PROTECT, related_name="+")
    until_date = models.DateField(_("until"))
    state = models.CharField(
        max_length=12, choices=CommitmentState.choices, default=CommitmentState.OPEN
    )
    made_at = models.DateTimeField()
    checked_at = models.DateTimeField(null=True)
    checked_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    evidence = models.TextField(_("evidence"), blank=True, default="")
    carried_to = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="carried_from"
    )

    class Meta:
        indexes = (
            models.Index(fields=("owner", "state", "until_date"), name="handling_commitments"),
            models.Index(fields=("state", "until_date", "id"), name="handling_promised"),
        )

    def __str__(self) -> str:
        return self.what


class Verdict(Entity):
    """One voice on one round, on attitude and on result. Silence leaves no row."""

    row_rule = Through("matter")

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="verdicts")
    round = models.PositiveSmallIntegerField()
    voice = models.UUIDField(help_text="Whose verdict: a key of the app above.")
    attitude = models.CharField(max_length=14, choices=Satisfaction.choices, blank=True)
    result = models.CharField(max_length=14, choices=Satisfaction.choices)
    is_done = models.BooleanField(_("it was really done"), null=True)
    reason = models.TextField(_("reason"), blank=True, default="")
    given_at = models.DateTimeField()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("matter", "round", "voice"), name="handling_verdict_once"
            ),
            models.CheckConstraint(
                condition=~Q(result=Satisfaction.DISSATISFIED) | ~Q(reason=""),
                name="handling_dissatisfied_has_reason",
            ),
        )

    def __str__(self) -> str:
        return self.result


class FollowUp(Scoped):
    """A look back some weeks after closing (回访): is it really done?"""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="follow_ups")
    owner = models.ForeignKey(Organ, on_delete=models.PROTECT, related_name="+")
    round = models.PositiveSmallIntegerField()
    due_on = models.DateField(_("due"))
    done_at = models.DateTimeField(null=True)
    done_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    is_done = models.BooleanField(_("it was really done"), null=True)
    note = models.TextField(blank=True, default="")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("matter", "round"), name="handling_follow_up_once"),
        )
        indexes = (
            models.Index(
                fields=("owner", "due_on"),
                condition=Q(done_at__isnull=True),
                name="handling_follow_ups_due",
            ),
        )

    def __str__(self) -> str:
        return f"{self.matter_id} {self.due_on}"
