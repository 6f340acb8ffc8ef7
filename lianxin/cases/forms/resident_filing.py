"""The three steps of filing: what, where, how to reach you."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import QuestionKind
from lianxin.cases.models import Category, Question
from lianxin.cases.models.categories import in_language
from lianxin.kernel import phones
from lianxin.kernel.reference import remembered
from lianxin.places.enums import Level
from lianxin.places.forms import DivisionField
from lianxin.places.models import Grid
from lianxin.places.queries import grids_of
from lianxin.web.forms import ChipSelect, DateInput, LxForm, PhoneInput, shares_fields

MOST_PHOTOS = 6
#: More grids than this are no choice for a thumb.
MOST_GRIDS = 24
MOST_WORDS = 5000


class TokensField(forms.Field):
    """Tokens of photos that are staged already: hidden inputs of one name."""

    widget = forms.MultipleHiddenInput

    def clean(self, value: Any) -> list[str]:
        return list(dict.fromkeys(one for one in value or () if one and len(one) <= 64))


@shares_fields
class WhatForm(LxForm, forms.Form):
    """Own words, photos, category. `website` is for machines: people never see it."""

    words = forms.CharField(
        label=_("Say it as you would say it to a neighbour"),
        help_text=_("Where, when, for how long. The deputy reads your own words."),
        max_length=MOST_WORDS,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 6, "autocomplete": "off"}),
        error_messages={"required": _("Please say what it is about.")},
    )
    photo = TokensField(required=False)
    category = forms.ModelChoiceField(
        label=_("What kind of matter is it?"),
        queryset=Category.objects.filter(is_active=True, parent__isnull=False),
        to_field_name="code",
        required=False,
        widget=forms.HiddenInput,
        error_messages={"invalid_choice": _("Please choose the kind again.")},
    )
    website = forms.CharField(required=False, max_length=200)

    def clean_photo(self) -> list[str]:
        tokens: list[str] = self.cleaned_data["photo"]
        if len(tokens) > MOST_PHOTOS:
            raise ValidationError(
                _("At most %(n)s photos, please."), code="many", params={"n": MOST_PHOTOS}
            )
        return tokens

    def clean_website(self) -> str:
        if self.cleaned_data["website"]:
            raise ValidationError(_("Please leave the field “website” empty."), code="honeypot")
        return ""


@shares_fields
class WhereForm(LxForm, forms.Form):
    """The place, and the category's own questions."""

    division = DivisionField(
        label=_("In which township, street or village?"),
        levels=(Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE),
        error_messages={"required": _("Please say in which place it is.")},
    )
    address = forms.CharField(
        label=_("Where exactly?"),
        help_text=_("Street, building, a shop nearby. Only those who handle it see this."),
        max_length=200,
        required=False,
    )
    lat = forms.FloatField(required=False, widget=forms.HiddenInput, min_value=-90, max_value=90)
    lng = forms.FloatField(required=False, widget=forms.HiddenInput, min_value=-180, max_value=180)

    def __init__(
        self,
        *args: Any,
        questions: Sequence[Question] = (),
        grid: forms.Field | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.questions = questions
        if grid is not None:
            self.fields["grid"] = grid
        for question in questions:
            self.fields[f"q_{question.code}"] = _field_of(question)

    @property
    def asked(self) -> list[forms.BoundField]:
        return [self[f"q_{question.code}"] for question in self.questions]

    @property
    def details(self) -> dict[str, str]:
        """Answers by the question's code, as text."""
        given = {q.code: self.cleaned_data.get(f"q_{q.code}") for q in self.questions}
        return {code: str(value) for code, value in given.items() if value not in (None, "")}

    @property
    def position(self) -> tuple[float, float] | None:
        lat, lng = self.cleaned_data.get("lat"), self.cleaned_data.get("lng")
        return (lat, lng) if lat is not None and lng is not None else None


@remembered(Grid)
def grid_field(village: str) -> forms.Field | None:
    """A choice among the grids of a village or community; None where there are none, or too many."""
    by_key = {str(grid.pk): grid for grid in grids_of(village, MOST_GRIDS + 1)}
    if not 0 < len(by_key) <= MOST_GRIDS:
        return None
    return forms.TypedChoiceField(
        label=_("Grid"),
        help_text=_("If you know it; otherwise leave it out."),
        choices=[("", _("I don't know")), *((key, str(grid)) for key, grid in by_key.items())],
        coerce=by_key.__getitem__,
        empty_value=None,
        required=False,
        widget=ChipSelect,
    )


def _field_of(question: Question) -> forms.Field:
    common: dict[str, Any] = {"label": str(question), "required": question.is_required}
    match question.kind:
        case QuestionKind.NUMBER:
            return forms.IntegerField(min_value=0, max_value=1_000_000, **common)
        case QuestionKind.DATE:
            return forms.DateField(widget=DateInput, **common)
        case QuestionKind.YES_NO:
            choices = [("yes", _("Yes")), ("no", _("No"))]
            return forms.ChoiceField(choices=choices, widget=ChipSelect, **common)
        case QuestionKind.CHOICE:
            pairs = [(one[0], in_language(one[0], one[1])) for one in question.choices]
            return forms.ChoiceField(choices=pairs, widget=ChipSelect, **common)
    return forms.CharField(max_length=200, **common)


@shares_fields
class ContactForm(LxForm, forms.Form):
    """Name and phone, both of free will; consents apart from each other (个人信息保护法 14, 25, 29)."""

    name = forms.CharField(
        label=_("What may we call you?"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(label=_("Phone"), max_length=40, required=False, widget=PhoneInput)
    consents = forms.BooleanField(
        label=_("I agree that my name and phone are kept and used for this matter only."),
        required=False,
    )
    sensitive = forms.BooleanField(
        label=_("I agree that what I said about health and other sensitive things is used for it."),
        required=False,
    )
    may_publish = forms.BooleanField(
        label=_("The result may be published, with everything personal taken out."),
        help_text=_("A person checks the text before. Others then see that it can be done."),
        required=False,
    )

    def __init__(self, *args: Any, is_sensitive: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.is_sensitive = is_sensitive
        if not is_sensitive:
            del self.fields["sensitive"]

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        if phone and phones.to_e164(phone) is None:
            raise ValidationError(
                _("This is no phone number we can call. Please check it, or leave it empty."),
                code="phone",
            )
        return phone

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (data.get("name") or data.get("phone")) and not data.get("consents"):
            self.add_error(
                "consents",
                ValidationError(
                    _("Please agree here, or leave name and phone empty."), code="consent"
                ),
            )
        if self.is_sensitive and not data.get("sensitive"):
            self.add_error(
                "sensitive",
                ValidationError(
                    _("Please agree, or go back and leave the sensitive part out."),
                    code="sensitive",
                ),
            )
        return data
