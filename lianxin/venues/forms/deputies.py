"""Forms of the deputies of a venue: stationed, left, photographed, bound to grids."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.web.forms import DateInput, LxForm


class StationForm(LxForm, forms.Form):
    deputy = forms.ChoiceField(label=_("Which deputy"), widget=forms.RadioSelect)
    from_date = forms.DateField(label=_("First day here"), widget=DateInput)
    until_date = forms.DateField(
        label=_("Last day here"),
        help_text=_("Leave it empty when no end is known."),
        widget=DateInput,
        required=False,
    )

    def __init__(self, *args: Any, deputies: Sequence[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["deputy"]
        field.choices = deputies


class LeaveForm(LxForm, forms.Form):
    until_date = forms.DateField(
        label=_("Last day here"),
        help_text=_("The bound grids of the deputy end with it. The board is out of date then."),
        widget=DateInput,
    )


class BindForm(LxForm, forms.Form):
    grid = forms.ChoiceField(label=_("Which grid"))
    deputy = forms.ChoiceField(label=_("Which deputy"), widget=forms.RadioSelect)
    from_date = forms.DateField(label=_("From which day"), widget=DateInput)

    def __init__(
        self,
        *args: Any,
        grids: Sequence[tuple[str, str]],
        deputies: Sequence[tuple[str, str]],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        for name, choices in (("grid", grids), ("deputy", deputies)):
            field: Any = self.fields[name]
            field.choices = choices


class PortraitForm(LxForm, forms.Form):
    photo = forms.ImageField(
        label=_("Photo"),
        help_text=_("Head and shoulders, upright. It is shown on the page and on the board."),
        widget=forms.FileInput(attrs={"accept": "image/*"}),
    )
    consents = forms.BooleanField(
        label=_("The deputy has agreed that this photo is shown to everybody")
    )
