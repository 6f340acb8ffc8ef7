"""What a resident asks of their own data: to have it erased, now or once the matter is over."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import DataWish
from lianxin.web.forms import LxForm

NOW, WITHDRAW, WAIT = "now", "withdraw", "wait"


class EraseForm(LxForm, forms.Form):
    """`ways` are those that the matter's state allows; a single one is not asked for."""

    way = forms.ChoiceField(
        label=_("The matter is still being handled. What shall happen?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of the two.")},
    )
    sure = forms.BooleanField(
        label=_("I have read it. It cannot be taken back."),
        error_messages={"required": _("Please confirm that you want it.")},
    )

    def __init__(self, *args: Any, ways: tuple[str, ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {
            WITHDRAW: _("Withdraw the matter and erase at once"),
            WAIT: _("Go on handling it, and erase as soon as it is over"),
        }
        if ways == (NOW,):
            del self.fields["way"]
        else:
            self.fields["way"].choices = [(way, words[way]) for way in ways]  # type: ignore[attr-defined]
            self.fields["way"].initial = ways[0] if len(ways) == 1 else None

    @property
    def chosen(self) -> str:
        return str(self.cleaned_data.get("way", NOW))


class PhoneCodeForm(LxForm, forms.Form):
    """The code that came to the phone which was left with the matter."""

    code = forms.CharField(
        label=_("Code from the text message"),
        max_length=12,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
        error_messages={"required": _("Please type the six digits of the message.")},
    )


class DataRequestForm(LxForm, forms.Form):
    """Staff passes on what a resident asked for at the desk."""

    kind = forms.ChoiceField(
        label=_("What does the resident ask for?"),
        choices=DataWish.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose one of the two.")},
    )
    reason = forms.CharField(
        label=_("How did the resident ask, and how do you know who it is?"),
        max_length=200,
        widget=forms.TextInput,
    )

    def clean_reason(self) -> str:
        reason: str = self.cleaned_data["reason"].strip()
        if len(reason) < 2:
            raise ValidationError(_("Please write it down in a few words."), code="required")
        return reason
