"""A filing between its steps: forms made from the draft, and the case that comes of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from django import forms

from lianxin.cases.enums import Channel
from lianxin.cases.forms.resident_draft import FilingDraft
from lianxin.cases.forms.resident_filing import (
    MOST_GRIDS,
    ContactForm,
    WhatForm,
    WhereForm,
    grid_field,
)
from lianxin.cases.models import Category
from lianxin.cases.queries.catalogue import questions_of
from lianxin.cases.rules.sensitive import looks_sensitive
from lianxin.cases.services.filing import CONSENT_VERSION, Draft
from lianxin.congress.queries import DeputyCard, deputy_by_code
from lianxin.places.models import Grid
from lianxin.places.queries import grid_for_address, grids_of
from lianxin.venues.models import Venue
from lianxin.venues.queries import venue_by_code

STEPS = ("what", "where", "contact")


@dataclass(frozen=True, slots=True)
class Addressed:
    """To whom a filing goes point to point."""

    venue: Venue | None = None
    deputy: DeputyCard | None = None

    @property
    def name(self) -> str:
        return self.deputy.name if self.deputy else self.venue.name if self.venue else ""

    @property
    def division_code(self) -> str:
        if self.venue:
            return self.venue.division_code
        return self.deputy.division_code if self.deputy else ""


class Filing:
    """Reads the draft only; what is typed is kept there as it was typed."""

    def __init__(self, draft: FilingDraft) -> None:
        self.draft = draft

    @cached_property
    def addressed(self) -> Addressed:
        venue = venue_by_code(self.draft.venue) if self.draft.venue else None
        deputy = deputy_by_code(self.draft.deputy) if self.draft.deputy else None
        return Addressed(venue, deputy)

    @property
    def words(self) -> str:
        return self.draft.first("what", "words")

    @cached_property
    def category(self) -> Category | None:
        code = self.draft.first("what", "category")
        return Category.objects.filter(code=code, is_active=True).first() if code else None

    def form(self, step: str, *, bound: bool) -> forms.Form:
        """The form of a step with what was typed; `bound` checks it, else it is only filled in."""
        data = self.draft.of(step)
        given = {"data": data if data is not None else {}} if bound else {"initial": _flat(data)}
        if step == "what":
            return WhatForm(**given)
        if step == "where":
            if not bound and data is None:
                given = {"initial": {"division": self.addressed.division_code}}
            category = self.category
            return WhereForm(
                **given,
                questions=questions_of(category.pk if category else None),
                grid=grid_field(self.village) if self.village else None,
            )
        return ContactForm(**given, is_sensitive=looks_sensitive(self.words))

    @property
    def village(self) -> str:
        """The code of the village or community that was picked; empty where it was none."""
        code = self.draft.first("where", "division_code") or self.addressed.division_code
        return code if len(code) >= 12 else ""

    @property
    def grids(self) -> tuple[Grid, ...] | None:
        """The grids of the village that was picked; None where they are too many to choose from."""
        if not self.village:
            return None
        found = grids_of(self.village, MOST_GRIDS + 1)
        return found if len(found) <= MOST_GRIDS else None

    @cached_property
    def checked(self) -> dict[str, forms.Form]:
        return {step: self.form(step, bound=True) for step in STEPS}

    @property
    def faulty(self) -> str:
        """The first step with something wrong in it, checked anew; empty where all is well."""
        return next((step for step in STEPS if not self.checked[step].is_valid()), "")

    def as_case(self, at: datetime) -> Draft:
        """The case that comes of it; every step was found valid before."""
        what, contact = self.checked["what"].cleaned_data, self.checked["contact"].cleaned_data
        where = self.checked["where"]
        assert isinstance(where, WhereForm)
        place = where.cleaned_data
        read = (
            self.grids if place["division"] == self.draft.first("where", "division_code") else None
        )
        grid = place.get("grid") or grid_for_address(
            place["division"], place["address"], grids=read
        )
        sensitive = {"_sensitive_consent": CONSENT_VERSION} if contact.get("sensitive") else {}
        addressed = self.addressed
        return Draft(
            words=what["words"],
            division_code=place["division"],
            channel=Channel.WEB,
            category_id=what["category"].pk if what["category"] else None,
            venue_id=addressed.venue.pk if addressed.venue else None,
            deputy_id=addressed.deputy.id if addressed.deputy else None,
            grid_id=grid.pk if grid else None,
            address=place["address"],
            position=where.position,
            details={**where.details, **sensitive},
            name=contact["name"],
            phone=contact["phone"],
            consents=contact["consents"],
            may_publish=contact["may_publish"],
            uploads=tuple(what["photo"]),
        )


def _flat(data: object) -> dict[str, object]:
    """What was typed as initial values of a form that is not checked yet."""
    if data is None:
        return {}
    values = dict(data.lists())  # type: ignore[attr-defined]
    flat: dict[str, object] = {name: many[-1] for name, many in values.items() if many}
    flat["photo"] = values.get("photo", [])
    if "division_code" in flat or "division" in flat:
        flat["division"] = (flat.get("division", ""), flat.get("division_code", ""))
    return flat
