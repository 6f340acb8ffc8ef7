"""Forms of people."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from lianxin.people.enums import AccessScope
from lianxin.people.models import Account
from lianxin.web.forms import ChipSelect, LxForm, PhoneInput


class SignInForm(LxForm, AuthenticationForm):
    error_messages = {
        "invalid_login": _("User name and password do not fit together."),
        "inactive": _("User name and password do not fit together."),
    }


class FirstPasswordForm(LxForm, forms.Form):
    """A new password, typed twice."""

    new = forms.CharField(
        label=_("New password"),
        help_text=_("At least twelve characters; a sentence that only you know is best."),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("New password once more"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        again: str = self.cleaned_data["again"]
        if again != self.cleaned_data.get("new", again):
            raise forms.ValidationError(_("The two new passwords are not the same."))
        return again


class PasswordForm(FirstPasswordForm):
    field_order = ("old", "new", "again")
    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class CodeForm(LxForm, forms.Form):
    """Six digits of an app, or a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput(
            attrs={"autocomplete": "one-time-code", "autocapitalize": "characters", "autofocus": ""}
        ),
    )


class PasskeyForm(LxForm, forms.Form):
    """What the browser answered for a passkey, as JSON."""

    answer = forms.CharField(max_length=20_000, widget=forms.HiddenInput)


class NewPasskeyForm(PasskeyForm):
    field_order = ("name", "answer")
    name = forms.CharField(
        label=_("Name of the passkey"),
        help_text=_("So that you know it again: “office computer”, “my phone”."),
        max_length=40,
    )


class ProofForm(LxForm, forms.Form):
    """Password and code; only what the account has."""

    password = forms.CharField(
        label=_("Password"),
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    code = forms.CharField(
        label=_("Code of the app, or a recovery code"),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code"}),
    )

    def __init__(self, *args: Any, account: Account, with_code: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not account.has_usable_password() and with_code:
            del self.fields["password"]
        if not with_code:
            del self.fields["code"]


class PhoneCodeForm(LxForm, forms.Form):
    """A phone, and in the second step the six digits that came to it."""

    phone = forms.CharField(
        label=_("Mobile phone"),
        help_text=_("The one you gave when you reported or booked."),
        max_length=40,
        widget=PhoneInput,
    )
    code = forms.CharField(
        label=_("The six digits"),
        max_length=12,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"}),
    )

    def clean_code(self) -> str:
        return "".join(sign for sign in self.cleaned_data["code"] if sign.isdecimal())


class ViewForm(LxForm, forms.Form):
    list_name = forms.SlugField(max_length=40, widget=forms.HiddenInput)
    name = forms.CharField(label=_("Name of the view"), max_length=40)
    query = forms.CharField(max_length=2000, required=False, widget=forms.HiddenInput)


class ViewNameForm(LxForm, forms.Form):
    name = forms.CharField(label=_("Name of the view"), max_length=40)


class AccessKeyForm(LxForm, forms.Form):
    """A key for a program."""

    name = forms.CharField(
        label=_("What is the key for?"),
        help_text=_("For example: the street's own hotline software."),
        max_length=60,
    )
    scope = forms.ChoiceField(
        label=_("What may the program do?"),
        choices=AccessScope.choices,
        widget=ChipSelect,
        initial=AccessScope.READ,
    )
    days = forms.TypedChoiceField(
        label=_("For how long?"),
        choices=((30, _("30 days")), (90, _("90 days")), (365, _("a year"))),
        coerce=int,
        widget=ChipSelect,
        initial=90,
    )
    networks = forms.CharField(
        label=_("From which addresses only"),
        help_text=_("Networks or addresses, separated by commas. Left empty, from everywhere."),
        max_length=400,
        required=False,
    )

    def clean_networks(self) -> list[str]:
        words: str = self.cleaned_data["networks"]
        return words.replace("，", ",").replace(",", " ").split()
