"""Forms of the rules: a new version of a time limit, and the rows a place keeps itself."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.cases.models import Category
from lianxin.handling.enums import ClockPurpose, ClockUnit, Outcome, Urgency
from lianxin.places.forms import DivisionField
from lianxin.web.forms import ChipSelect, DateInput, LxForm


class RuleForm(LxForm, forms.Form):
    """A rule is never changed: a new version takes over from its day."""

    purpose = forms.ChoiceField(label=_("Time for what"), choices=ClockPurpose.choices)
    place = DivisionField(label=_("Where it holds"))
    urgency = forms.ChoiceField(
        label=_("For which matters"),
        choices=[("", _("all")), *Urgency.choices],
        widget=ChipSelect,
        required=False,
    )
    amount = forms.IntegerField(label=_("How long"), min_value=1, max_value=999)
    unit = forms.ChoiceField(label=_("Counted in"), choices=ClockUnit.choices)
    warn_percent = forms.IntegerField(
        label=_("Reminder after so much of the time, in percent"),
        min_value=1,
        max_value=100,
        initial=80,
    )
    effective_from = forms.DateField(
        label=_("In force from"),
        help_text=_("Clocks that started before keep the rule they began with."),
        widget=DateInput,
    )
    source = forms.CharField(
        label=_("Source"),
        help_text=_("The article, or the paper of your place with its date."),
        max_length=200,
    )

    def __init__(self, *args: Any, within: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        place: Any = self.fields["place"]
        place.within = place.widget.within = within

    def clean_effective_from(self) -> date:
        day: date = self.cleaned_data["effective_from"]
        if day < self.today:
            raise forms.ValidationError(_("A rule cannot take effect in the past."))
        return day

    @property
    def said(self) -> dict[str, Any]:
        """What the service takes, from a valid form."""
        said = dict(self.cleaned_data)
        place = said.pop("place")
        return {**said, "division_code": place, "matter_kind": ""}


class ClassForm(LxForm, forms.Form):
    code = forms.CharField(label=_("Letter"), max_length=8)
    label = forms.CharField(
        label=_("What your place calls it"),
        help_text=_("Left empty, the product's own word is shown."),
        max_length=60,
        required=False,
    )
    outcome = forms.ChoiceField(
        label=_("What it amounts to"), choices=Outcome.choices, widget=ChipSelect
    )
    sort = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=99, initial=0)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not is_new:
            del self.fields["code"]


class ReasonForm(LxForm, forms.Form):
    label = forms.CharField(label=_("Reason"), max_length=80)
    label_en = forms.CharField(label=_("Reason in English"), max_length=120, required=False)
    door = forms.CharField(
        label=_("The right door"),
        help_text=_("Where the resident gets help with this, in one sentence."),
        max_length=200,
    )
    door_en = forms.CharField(label=_("The right door in English"), max_length=300, required=False)
    phone = forms.CharField(label=_("Phone there"), max_length=30, required=False)
    sort = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=99, initial=0)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)


class CategoryForm(LxForm, forms.Form):
    parent = forms.ChoiceField(label=_("Category above"), required=False)
    name = forms.CharField(label=_("Name"), max_length=40)
    name_en = forms.CharField(label=_("Name in English"), max_length=60, required=False)
    words = forms.CharField(
        label=_("Words that suggest it"),
        help_text=_("Separated by spaces: when a resident writes one of them, it is proposed."),
        max_length=500,
        required=False,
    )
    urgency = forms.ChoiceField(
        label=_("Usually"), choices=Urgency.choices, widget=ChipSelect, initial=Urgency.ORDINARY
    )
    sort = forms.IntegerField(label=_("Place in the list"), min_value=0, max_value=99, initial=0)
    is_active = forms.BooleanField(label=_("In use"), required=False, initial=True)

    def __init__(self, *args: Any, tops: list[Category], is_new: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parent: Any = self.fields["parent"]
        parent.choices = [("", _("nothing above it")), *((str(t.pk), str(t)) for t in tops)]
        if not is_new:
            del self.fields["parent"]

    def clean_words(self) -> list[str]:
        return list(dict.fromkeys(self.cleaned_data["words"].split()))
