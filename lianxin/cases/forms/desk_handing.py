"""Forms of handing on: 分办, 交办, 转办, and the picker of organs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lianxin.cases.forms.desk_parts import CaseForm, words_field
from lianxin.cases.queries.desk_units import (
    deputies_at,
    lead_of,
    organs_elsewhere,
    units_near,
)
from lianxin.congress.models import Organ
from lianxin.handling.enums import Part
from lianxin.handling.services.dispatches import Target
from lianxin.kernel.clock import local_date, now
from lianxin.places.queries import work_calendar
from lianxin.web.forms import ChipSelect, ChipSelectMultiple, DateInput

INSTRUCTION = _("What should be done, and by when it should be answered; they read the words, too.")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row of the picker."""

    id: str
    name: str
    note: str
    is_usual: bool


def _candidates(rows: Iterable[Organ], usual: Iterable[UUID] = ()) -> list[Candidate]:
    often = set(usual)
    return [
        Candidate(
            str(o.pk), o.name, o.get_kind_display() if o.kind != "unit" else "", o.pk in often
        )
        for o in rows
    ]


def _ids(data: Any, *names: str) -> list[str]:
    """The organs chosen so far: they stay in the picker whatever is searched."""
    found: list[str] = []
    for name in names:
        found += [v for v in (data.getlist(name) if data else []) if v]
    return found


class HandForm(CaseForm):
    """`candidates` are drawn by the template; fields only check what came back."""

    candidates: Sequence[Candidate] = ()

    due_on = forms.DateField(
        label=_("Another date than the rule's"),
        required=False,
        widget=DateInput,
        help_text=_("Left empty, the time limit of the rule holds."),
    )

    def clean_due_on(self) -> date | None:
        day: date | None = self.cleaned_data["due_on"]
        if day and day < local_date(now()):
            raise ValidationError(_("Please choose a day that is still to come."))
        return day

    @property
    def due_at(self) -> datetime | None:
        """The close of that day."""
        day = self.cleaned_data.get("due_on")
        return work_calendar(self.case.division_code).closing(day) if day else None

    def allow(self, *names: str) -> None:
        choices = [(c.id, c.name) for c in self.candidates]
        for name in names:
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [("", "")] * isinstance(field, _One) + choices


class _One(forms.ChoiceField):
    """One of the picker."""


class AssignForm(HandForm):
    """交办: a lead unit and its assistants, of the same jurisdiction."""

    lead = _One(label=_("Lead unit"), required=False)
    assist = forms.MultipleChoiceField(label=_("Assisting units"), required=False)
    instruction = words_field(_("What is asked"), help_text=INSTRUCTION)
    field_order = ("lead", "assist", "instruction", "due_on")

    def prepare(self, data: Any) -> None:
        chosen = _ids(data, "lead", "assist")
        rows, usual = units_near(self.case, self.find, chosen)
        self.candidates = _candidates(rows, usual)
        self.has_lead = lead_of(self.case) is not None
        self.allow("lead", "assist")

    def clean(self) -> dict[str, Any]:
        words: dict[str, Any] = super().clean() or self.cleaned_data
        lead, assist = words.get("lead"), words.get("assist") or []
        if not lead and not (assist and self.has_lead):
            self.add_error("lead", _("Please choose the lead unit."))
        if lead in assist:
            self.add_error("assist", _("The lead unit cannot assist itself."))
        return words

    @property
    def targets(self) -> list[Target]:
        lead = self.cleaned_data["lead"]
        found = [Target(organ_id=UUID(lead), part=Part.LEAD)] if lead else []
        return found + [
            Target(organ_id=UUID(one), part=Part.ASSIST) for one in self.cleaned_data["assist"]
        ]


class ShareForm(HandForm):
    """分办: to deputies of the venue, or to several units that each answer."""

    deputies = forms.MultipleChoiceField(
        label=_("Deputies of this venue"), required=False, widget=ChipSelectMultiple
    )
    units = forms.MultipleChoiceField(label=_("Units that each answer"), required=False)
    instruction = words_field(_("What is asked"), help_text=INSTRUCTION)
    field_order = ("deputies", "units", "instruction", "due_on")

    def prepare(self, data: Any) -> None:
        rows, usual = units_near(self.case, self.find, _ids(data, "units"))
        self.candidates = _candidates(rows, usual)
        self.allow("units")
        field = self.fields["deputies"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [(str(card.id), card.name) for card in deputies_at(self.case)]

    def first(self) -> dict[str, Any]:
        return {"deputies": [str(self.case.deputy_id)] if self.case.deputy_id else []}

    def clean(self) -> dict[str, Any]:
        words: dict[str, Any] = super().clean() or self.cleaned_data
        if not (words.get("deputies") or words.get("units")):
            self.add_error("deputies", _("Please choose at least one deputy or unit."))
        return words

    @property
    def targets(self) -> list[Target]:
        words = self.cleaned_data
        deputies = [Target(deputy_id=UUID(d), part=Part.EACH) for d in words["deputies"]]
        return deputies + [Target(organ_id=UUID(u), part=Part.EACH) for u in words["units"]]


class TransferForm(HandForm):
    """转办: to an organ elsewhere or an outside platform."""

    organ = _One(label=_("To whom"))
    owes = forms.ChoiceField(
        label=_("Does it answer back to us?"),
        choices=(
            ("yes", _("Yes, within the time limit")),
            ("no", _("No, we look after it ourselves")),
        ),
        widget=ChipSelect,
        initial="yes",
    )
    instruction = words_field(_("Why it goes there, and what is asked"))
    field_order = ("organ", "owes", "instruction", "due_on")

    def prepare(self, data: Any) -> None:
        chosen = _ids(data, "organ")
        self.candidates = _candidates(organs_elsewhere(self.case, self.find, chosen))
        self.allow("organ")

    @property
    def targets(self) -> list[Target]:
        """As lead where there is none: one matter has one lead in a round."""
        part = Part.EACH if lead_of(self.case) else Part.LEAD
        return [Target(organ_id=UUID(self.cleaned_data["organ"]), part=part)]
