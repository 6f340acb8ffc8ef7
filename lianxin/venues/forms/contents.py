"""Forms of what a venue's page tells; a form a kind of row."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.venues.models import (
    CheckItem,
    ClosedDay,
    Equipment,
    NewsItem,
    Partner,
    StaffLine,
    ThemedActivity,
    Venue,
    VenueText,
)
from lianxin.web.forms import ChipSelect, DateInput, DateTimeInput, LxForm, PhotosField

LONG = forms.Textarea(attrs={"rows": 6})


class VenueForm(LxForm, forms.ModelForm):
    """What stands at the top of the page and of the board."""

    class Meta:
        model = Venue
        fields = ("name", "topic", "address", "phone", "hours")
        help_texts = {
            "topic": _("Of a specialised station, for example river chiefs."),
            "phone": _("The phone of the venue, never a private one."),
        }


class TextForm(LxForm, forms.ModelForm):
    class Meta:
        model = VenueText
        fields = ("kind", "title", "text")
        widgets = {"kind": ChipSelect, "text": LONG}


class StaffForm(LxForm, forms.ModelForm):
    class Meta:
        model = StaffLine
        fields = ("name", "title", "phone")
        help_texts = {"phone": _("An office's number, never a private one.")}


class EquipmentForm(LxForm, forms.ModelForm):
    class Meta:
        model = Equipment
        fields = ("name", "number", "note")


class ClosedForm(LxForm, forms.ModelForm):
    class Meta:
        model = ClosedDay
        fields = ("from_date", "until_date", "reason")
        widgets = {"from_date": DateInput, "until_date": DateInput}

    def clean(self) -> dict[str, Any]:
        words = super().clean() or {}
        first, last = words.get("from_date"), words.get("until_date")
        if first and last and last < first:
            self.add_error("until_date", _("The last day lies before the first."))
        return words


class PartnerForm(LxForm, forms.ModelForm):
    class Meta:
        model = Partner
        fields = ("kind", "name", "title")
        widgets = {"kind": ChipSelect}


class ActivityForm(LxForm, forms.ModelForm):
    class Meta:
        model = ThemedActivity
        fields = ("title", "starts_at", "ends_at", "place", "text")
        widgets = {
            "starts_at": DateTimeInput,
            "ends_at": DateTimeInput,
            "text": forms.Textarea(attrs={"rows": 4}),
        }

    photos = PhotosField(label=_("Photos"), max_files=6, required=False)

    def clean(self) -> dict[str, Any]:
        words = super().clean() or {}
        first, last = words.get("starts_at"), words.get("ends_at")
        if first and last and last <= first:
            self.add_error("ends_at", _("It ends before it begins."))
        return words


class NewsForm(LxForm, forms.ModelForm):
    class Meta:
        model = NewsItem
        fields = ("title", "text")
        widgets = {"text": LONG}
        help_texts = {"text": _("Anybody reads it: no names or phones of residents.")}

    photos = PhotosField(label=_("Photos"), max_files=6, required=False)


class HeldForm(LxForm, forms.Form):
    outcome = forms.CharField(
        label=_("Outcome of the activity"),
        help_text=_("Who took part, what was agreed, what follows. No names of residents."),
        widget=LONG,
        max_length=3000,
    )
    photos = PhotosField(label=_("Photos"), max_files=6, required=False)


class CheckForm(LxForm, forms.ModelForm):
    is_met = forms.TypedChoiceField(
        label=_("Is it there"),
        choices=(("yes", _("It is there")), ("no", _("Not yet"))),
        coerce=lambda word: word == "yes",
        widget=ChipSelect,
    )

    class Meta:
        model = CheckItem
        fields = ("is_met", "checked_on", "note")
        widgets = {"checked_on": DateInput}

    photos = PhotosField(label=_("Photos"), max_files=6, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["is_met"] = "yes" if self.initial.get("is_met", True) else "no"


ROW_FORMS: dict[str, type[forms.ModelForm]] = {
    "texts": TextForm,
    "staff": StaffForm,
    "equipment": EquipmentForm,
    "closed": ClosedForm,
    "partners": PartnerForm,
    "activities": ActivityForm,
    "news": NewsForm,
}
