"""A resident's case: what was said, where, through which channel, and how intake went."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import CaseState, Channel, LinkKind
from lianxin.cases.models.categories import Category, RefusalReason
from lianxin.congress.models import Deputy, Organ
from lianxin.handling.enums import Urgency
from lianxin.handling.models import Matter
from lianxin.kernel.fields import SealedTextField
from lianxin.kernel.models import Entity, Keyed, Scoped
from lianxin.kernel.private_numbers import covered, uncovered
from lianxin.kernel.rowsecurity import Through
from lianxin.people.models import Person
from lianxin.places.models import Grid
from lianxin.venues.models import Venue


class Case(Keyed, Scoped):
    """`words` are the resident's own (原话) and never change. `number` is for talking about it.

    Phone, identity and card numbers in `words` and `details` are covered; `hidden` keeps them, sealed
    (`kernel.private_numbers`), and `said` is what was written.

    `foreign_id` names the matter at whoever sent it ("replay:2549"): it comes in once only.

    Once accepted it holds one Matter, which carries states, holders and clocks from then on.
    `due_at` and `is_open` are projections for the lists: the screening clock, then the matter's.
    """

    number = models.CharField(_("number"), max_length=24, unique=True)
    foreign_id = models.CharField(max_length=80, blank=True, default="", editable=False)
    title = models.CharField(_("title"), max_length=120)
    words = models.TextField(_("in the resident's own words"))
    hidden = SealedTextField(blank=True, default="", editable=False)
    channel = models.CharField(max_length=12, choices=Channel.choices)
    category = models.ForeignKey(
        Category, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    details: models.JSONField[Any] = models.JSONField(default=dict, blank=True)
    desk = models.ForeignKey(Organ, on_delete=models.PROTECT, related_name="cases")
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="cases")
    deputy = models.ForeignKey(
        Deputy, null=True, blank=True, on_delete=models.PROTECT, related_name="cases"
    )
    grid = models.ForeignKey(
        Grid, null=True, blank=True, on_delete=models.SET_NULL, related_name="cases"
    )
    address = SealedTextField(_("where"), blank=True, default="")
    position = SealedTextField(_("position"), blank=True, default="")
    urgency = models.CharField(max_length=10, choices=Urgency.choices, default=Urgency.ORDINARY)
    is_sensitive = models.BooleanField(_("sensitive"), default=False)
    may_publish = models.BooleanField(_("the result may be published"), default=False)

    state = models.CharField(max_length=12, choices=CaseState.choices, default=CaseState.FILED)
    filed_at = models.DateTimeField(_("filed at"))
    filed_by = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    screened_at = models.DateTimeField(null=True)
    screened_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    refusal = models.ForeignKey(
        RefusalReason, null=True, on_delete=models.PROTECT, related_name="cases"
    )
    refusal_note = models.TextField(blank=True, default="")
    matter = models.OneToOneField(Matter, null=True, on_delete=models.PROTECT, related_name="case")
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged"
    )
    voices_count = models.PositiveIntegerField(default=1)

    screen_due_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    is_open = models.BooleanField(default=True)
    search_text = models.TextField(editable=False, default="")
    erased_at = models.DateTimeField(null=True)

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("foreign_id",), condition=~Q(foreign_id=""), name="cases_foreign_once"
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.ACCEPTED) | Q(matter__isnull=False),
                name="cases_accepted_has_matter",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.REFUSED) | Q(refusal__isnull=False),
                name="cases_refused_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(state=CaseState.MERGED) | Q(merged_into__isnull=False),
                name="cases_merged_has_target",
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=F("id")), name="cases_not_merged_into_itself"
            ),
        )
        indexes = (
            models.Index(
                fields=("desk", "due_at", "id"), condition=Q(is_open=True), name="cases_desk_open"
            ),
            models.Index(
                fields=("state", "division_code", "due_at"),
                condition=Q(is_open=True),
                name="cases_open_places",
            ),
            models.Index(fields=("desk", "-filed_at", "-id"), name="cases_desk_filed"),
            models.Index(fields=("venue", "filed_at", "id"), name="cases_venue_filed"),
            models.Index(fields=("division_code", "-filed_at", "-id"), name="cases_division_filed"),
            models.Index(fields=("desk", "state", "due_at", "id"), name="cases_desk_state"),
        )

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    @property
    def is_held(self) -> bool:
        """Whether nothing may be erased of it for now. A query where holds are not prefetched."""
        return any(hold.lifted_at is None for hold in self.holds.all())

    @property
    def place_shown(self) -> str:
        """The address for those at work: a number that somebody wrote there is covered."""
        return covered(self.address)

    @property
    def said(self) -> str:
        """The words as they were written, private numbers and all: for the resident, or after a reveal."""
        return uncovered(self.words, "words", self.hidden)


class FarPlace(Scoped):
    """A place outside its own division in which a desk has matters: told here, lying there.

    What the desk may reach on PostgreSQL is bounded by divisions; these rows widen it.
    """

    desk = models.ForeignKey(Organ, on_delete=models.PROTECT, related_name="far_places")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("desk", "division_code"), name="cases_far_place_once"),
        )

    def __str__(self) -> str:
        return self.division_code


class Receiver(Entity):
    """A deputy who received the resident in person, at a reception day or at a grid."""

    row_rule = Through("case")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="receivers")
    deputy = models.ForeignKey(Deputy, on_delete=models.PROTECT, related_name="received_cases")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "deputy"), name="cases_receiver_once"),
        )

    def __str__(self) -> str:
        return f"{self.deputy_id} {self.case_id}"


class CaseCounter(Entity):
    """The last public number given in a county and year. Numbers are for talking, not for URLs."""

    county_code = models.CharField(max_length=6)
    year = models.PositiveSmallIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("county_code", "year"), name="cases_counter_once"),
        )

    def __str__(self) -> str:
        return f"{self.county_code}-{self.year}-{self.last:04d}"


class CaseLink(Entity):
    """Two cases that belong together, or one split off from the other."""

    row_rule = Through("case")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="links")
    other = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="linked_from")
    kind = models.CharField(max_length=8, choices=LinkKind.choices)
    linked_at = models.DateTimeField()
    linked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("case", "other"), name="cases_link_once"),
            models.CheckConstraint(condition=~Q(case=F("other")), name="cases_link_two_cases"),
        )

    def __str__(self) -> str:
        return f"{self.case_id} {self.kind} {self.other_id}"
