"""Forms of a deputy: pass on, press, on the spot."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Organ
from lianxin.kernel.ids import uuid7
from lianxin.web.forms import LxForm, PhotosField


class PassOnForm(LxForm, forms.Form):
    organ = forms.ChoiceField(label=_("To which unit"), widget=forms.RadioSelect)
    instruction = forms.CharField(
        label=_("What do you ask of the unit"),
        help_text=_("The unit and the resident read this."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=1000,
    )

    def __init__(self, *args: Any, units: list[Organ], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        organ: Any = self.fields["organ"]
        organ.choices = [(str(unit.pk), unit.name) for unit in units]


class RemindForm(LxForm, forms.Form):
    note = forms.CharField(
        label=_("A word to the unit"),
        help_text=_(
            "The unit is told at once, in its notices. The resident sees that you pressed."
        ),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        required=False,
    )


class VisitForm(LxForm, forms.Form):
    text = forms.CharField(
        label=_("What did you see on the spot"),
        help_text=_("No names or phone numbers of private persons."),
        widget=forms.Textarea(attrs={"rows": 5}),
        max_length=2000,
    )
    photos = PhotosField(label=_("Photos"), max_files=6, required=False)
    public = forms.BooleanField(
        label=_("The resident may read it and see the photos"), required=False, initial=True
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": str(uuid7()), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
