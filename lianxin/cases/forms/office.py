"""Forms of the office: a step of supervision, its conclusion."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.cases.models import Case
from lianxin.handling.enums import Cause, Part, Step
from lianxin.kernel.clock import local_date
from lianxin.web.forms import ChipSelect, DateInput, LxForm

#: The value of the choice that presses the owner itself.
OWNER = "owner"


class SuperviseForm(LxForm, forms.Form):
    """`case` comes with the dispatches that can be pressed; the owner can always be pressed."""

    step = forms.ChoiceField(label=_("Which step"), widget=ChipSelect)
    cause = forms.ChoiceField(label=_("Why"), choices=Cause.choices, widget=ChipSelect)
    presses = forms.ChoiceField(label=_("Who is pressed"), widget=forms.RadioSelect)
    text = forms.CharField(
        label=_("What is asked"),
        help_text=_("The pressed unit and the resident read this."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
    )
    due = forms.DateField(label=_("Answer until"), widget=DateInput)

    def __init__(self, *args: Any, case: Case, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        assert case.matter is not None, "held by cases_accepted_has_matter"
        reached = case.matter.step
        self.today = today
        step: Any = self.fields["step"]
        step.choices = [(s.value, s.label) for s in Step if not reached or s >= Step(reached)]
        presses: Any = self.fields["presses"]
        presses.choices = [
            *((str(d.pk), self._who(d)) for d in getattr(case.matter, "owed", ())),
            (
                OWNER,
                _("%(desk)s, which owes the resident the answer") % {"desk": case.matter.owner},
            ),
        ]

    @staticmethod
    def _who(dispatch: Any) -> str:
        if dispatch.to_deputy:
            return str(
                _("Deputy %(name)s (the desk is pressed, it asks the deputy)")
                % {"name": dispatch.to_deputy.name}
            )
        name = dispatch.to_organ.name
        part = Part(dispatch.part)
        return name if part == Part.LEAD else f"{name}（{part.label}）"

    def clean_due(self) -> date:
        day: date = self.cleaned_data["due"]
        if day < self.today:
            raise forms.ValidationError(_("Please choose a day that is still to come."))
        return day


class ConcludeForm(LxForm, forms.Form):
    outcome = forms.CharField(
        label=_("Outcome"),
        help_text=_("What came of it. It is kept with the step, and the resident reads it."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
    )


def day_of(moment: Any) -> date | None:
    """The day of a due moment, as a form's initial value."""
    return local_date(moment) if moment else None
