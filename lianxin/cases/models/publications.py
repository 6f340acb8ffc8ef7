"""What the public reads of a case: masked by a person's hand, with consent."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import PublicationState
from lianxin.cases.models.cases import Case
from lianxin.cases.models.categories import Category
from lianxin.handling.enums import Outcome
from lianxin.kernel.models import Scoped
from lianxin.people.models import Person
from lianxin.venues.models import Venue


class Publication(Scoped):
    """Title, matter and answer as published. Nothing of it is taken from the case unread."""

    case = models.OneToOneField(Case, on_delete=models.PROTECT, related_name="publication")
    title = models.CharField(_("title"), max_length=120)
    words = models.TextField(_("what it was about"))
    answer = models.TextField(_("what was answered and done"))
    outcome = models.CharField(max_length=10, choices=Outcome.choices)
    category = models.ForeignKey(
        Category, null=True, on_delete=models.PROTECT, related_name="publications"
    )
    venue = models.ForeignKey(Venue, on_delete=models.PROTECT, related_name="publications")
    state = models.CharField(
        max_length=10, choices=PublicationState.choices, default=PublicationState.PUBLISHED
    )
    published_at = models.DateTimeField()
    published_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    days_taken = models.PositiveSmallIntegerField(null=True)
    search_text = models.TextField(editable=False, default="")

    class Meta:
        indexes = (
            models.Index(
                fields=("-published_at", "-id"),
                condition=Q(state=PublicationState.PUBLISHED),
                name="cases_published",
            ),
            models.Index(
                fields=("division_code", "-published_at", "-id"),
                condition=Q(state=PublicationState.PUBLISHED),
                name="cases_published_place",
            ),
        )

    def __str__(self) -> str:
        return self.title
