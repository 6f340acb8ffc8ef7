"""What a resident says from the tracking page: words and photos, a verdict, a code."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import MessageKind
from lianxin.cases.forms.resident_filing import MOST_PHOTOS, ContactForm, TokensField
from lianxin.handling.enums import Outcome, Satisfaction
from lianxin.kernel.ids import uuid7
from lianxin.places.forms import DivisionField
from lianxin.web.forms import ChipSelect, LxForm

_WORDS = {
    MessageKind.REPLY: _("Your reply"),
    MessageKind.SUPPLEMENT: _("What would you like to add?"),
    MessageKind.URGE: _("Anything to say with it?"),
    MessageKind.OBJECTION: _("Why do you object? New facts help."),
}


def fresh_key() -> str:
    return str(uuid7())


class SayForm(LxForm, forms.Form):
    """One message; the hidden key makes one of two sends."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=fresh_key)
    text = forms.CharField(max_length=3000, widget=forms.Textarea(attrs={"rows": 5}))
    photo = TokensField(required=False)

    def __init__(self, *args: Any, kind: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        text = self.fields["text"]
        text.label = _WORDS[MessageKind(kind)]
        text.required = kind != MessageKind.URGE
        text.error_messages["required"] = _("Please write something.")

    def clean_photo(self) -> list[str]:
        tokens: list[str] = self.cleaned_data["photo"]
        if len(tokens) > MOST_PHOTOS:
            raise ValidationError(
                _("At most %(n)s photos, please."), code="many", params={"n": MOST_PHOTOS}
            )
        return tokens


class VerdictForm(LxForm, forms.Form):
    """On result and attitude apart; a reason where something is wrong."""

    result = forms.ChoiceField(
        label=_("Are you satisfied with the result?"),
        choices=Satisfaction.choices,
        widget=ChipSelect,
        error_messages={"required": _("Please choose one of the three.")},
    )
    attitude = forms.ChoiceField(
        label=_("And with the way you were treated?"),
        choices=Satisfaction.choices,
        widget=ChipSelect,
        required=False,
    )
    is_done = forms.ChoiceField(
        label=_("Was it really done?"),
        choices=[("yes", _("Yes, it is done")), ("no", _("No, not really done"))],
        widget=ChipSelect,
        required=False,
    )
    reason = forms.CharField(
        label=_("What is wrong, or what would you like to say?"),
        help_text=_("Needed where you are dissatisfied or it was not done."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    second_look = forms.BooleanField(
        label=_("Somebody else should look at it, not the one who handled it."), required=False
    )

    @property
    def done(self) -> bool | None:
        return {"yes": True, "no": False}.get(self.cleaned_data.get("is_done", ""))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        bad = data.get("result") == Satisfaction.DISSATISFIED or data.get("is_done") == "no"
        if bad and not (data.get("reason") or "").strip():
            self.add_error(
                "reason",
                ValidationError(
                    _("Please say what is wrong, so that it can be put right."), code="reason"
                ),
            )
        return data


class WithdrawForm(LxForm, forms.Form):
    reason = forms.CharField(
        label=_("Why do you withdraw it?"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class CodeForm(LxForm, forms.Form):
    """A receipt code as somebody types it or says it over the telephone."""

    code = forms.CharField(
        label=_("Receipt code"),
        max_length=200,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "off",
                "autocapitalize": "characters",
                "spellcheck": "false",
                "placeholder": "7K3F-92QX-…",
            }
        ),
        error_messages={"required": _("Please type the code on your receipt.")},
    )


class ResultsForm(LxForm, forms.Form):
    """What the list of published results is narrowed by; nothing wrong is ever said about it."""

    q = forms.CharField(
        label=_("Search"),
        max_length=100,
        required=False,
        widget=forms.TextInput(attrs={"type": "search", "placeholder": _("Words, like parking")}),
    )
    category = forms.SlugField(required=False, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        choices=[("", ""), *Outcome.choices], required=False, widget=forms.HiddenInput
    )
    place = DivisionField(label=_("Place"), required=False, help_text="")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["place"].widget.attrs["placeholder"] = _("Place, like 西山区 前卫街道")


class JoinForm(LxForm, forms.Form):
    """“Me too”: an own voice; name and phone of free will."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=fresh_key)
    name = ContactForm.base_fields["name"]
    phone = ContactForm.base_fields["phone"]
    consents = ContactForm.base_fields["consents"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if (data.get("name") or data.get("phone")) and not data.get("consents"):
            words = _("Please agree here, or leave name and phone empty.")
            self.add_error("consents", ValidationError(words, code="consent"))
        return data
