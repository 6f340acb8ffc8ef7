"""Forms of people."""

from __future__ import annotations

from django import forms
from django.contrib.auth.forms import AuthenticationForm
from django.utils.translation import gettext_lazy as _

from lianxin.web.forms import LxForm, PhoneInput


class SignInForm(LxForm, AuthenticationForm):
    error_messages = {
        "invalid_login": _("User name and password do not fit together."),
        "inactive": _("User name and password do not fit together."),
    }


class PasswordForm(LxForm, forms.Form):
    old = forms.CharField(
        label=_("Present password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("New password"),
        help_text=_("At least ten characters; a sentence that only you know is best."),
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
