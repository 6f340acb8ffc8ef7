"""Forms of bookings: the visitor's own, the desk's, and short acts with a reason."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from lianxin.kernel import phones
from lianxin.kernel.ids import uuid7
from lianxin.reception.enums import BookingChannel
from lianxin.reception.rules.bookings import MOST_PERSONS
from lianxin.reception.services.bookings import Draft
from lianxin.web.forms import ChipSelect, LxForm, PhoneInput

CALLER_ORDER = ("slot", "name", "phone", "channel", "topic", "persons", "needs", "consents", "wait")


def _persons() -> list[tuple[int, str]]:
    return [
        (n, ngettext("%(n)s comes", "%(n)s come", n) % {"n": n}) for n in range(1, MOST_PERSONS + 1)
    ]


class VisitorForm(LxForm, forms.Form):
    """Who comes, and about what. Everything else is asked in the room."""

    topic = forms.CharField(
        label=_("What would you like to talk about?"),
        help_text=_("One sentence is enough: the deputies can prepare."),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Your name"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )
    phone = forms.CharField(
        label=_("Mobile phone"),
        help_text=_("We send a code to it, and a reminder before the day."),
        max_length=40,
        widget=PhoneInput,
    )
    persons = forms.TypedChoiceField(
        label=_("How many come?"), coerce=int, initial=1, choices=_persons, widget=ChipSelect
    )
    needs = forms.CharField(
        label=_("Do you need help there?"),
        help_text=_("For example: a wheelchair, a language, somebody who writes it down for you."),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    consents = forms.BooleanField(
        label=_("I agree that my name and phone are kept for this booking.")
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"key": str(uuid7()), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)

    def clean_phone(self) -> str:
        phone: str = self.cleaned_data["phone"].strip()
        if phone and phones.to_e164(phone) is None:
            raise ValidationError(
                _("This is no phone number we can write to. Please check it."), code="phone"
            )
        return phone

    @property
    def draft(self) -> Draft:
        said = self.cleaned_data
        return Draft(
            name=said["name"],
            phone=said["phone"],
            topic=said["topic"],
            persons=said["persons"],
            needs=said["needs"],
            consents=said["consents"],
        )


class BookForm(VisitorForm):
    """The public form. `token` is the proof of the phone once its code was right."""

    wait = forms.BooleanField(required=False, widget=forms.HiddenInput)
    token = forms.CharField(required=False, max_length=200, widget=forms.HiddenInput)
    code = forms.CharField(
        label=_("The six digits"),
        max_length=12,
        required=False,
        widget=forms.TextInput(
            attrs={
                "autocomplete": "one-time-code",
                "inputmode": "numeric",
                "data-no-draft": True,
            }
        ),
    )

    def keep_token(self, token: str) -> None:
        """The proof goes back into the page, so that nobody needs a second code."""
        sent: Any = self.data
        sent = sent.copy()
        sent["token"] = self.cleaned_data["token"] = token
        self.data = sent

    def clean_code(self) -> str:
        return "".join(sign for sign in self.cleaned_data["code"] if sign.isdecimal())


class CallerForm(VisitorForm):
    """A caller at the desk: few fields, all reached with the Tab key; the consent is read out."""

    slot = forms.ChoiceField(label=_("Time"))
    channel = forms.ChoiceField(
        label=_("How do they book?"),
        help_text=_("The link and the reminder go to the phone. Without one only at the desk."),
        choices=[(c.value, c.label) for c in (BookingChannel.PHONE, BookingChannel.DESK)],
        widget=ChipSelect,
        initial=BookingChannel.PHONE,
    )
    wait = forms.BooleanField(
        label=_("If it is full meanwhile, put them on the waiting list"), required=False
    )

    def __init__(self, *args: Any, times: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = self.fields
        slot = fields["slot"]
        assert isinstance(slot, forms.ChoiceField)
        slot.choices = times
        fields["name"].label = _("Name of the visitor")
        fields["name"].widget.attrs |= {"autocomplete": "off", "autofocus": True}
        fields["phone"].label = _("Phone of the visitor")
        fields["phone"].help_text = ""
        fields["phone"].required = False
        fields["phone"].widget.attrs["autocomplete"] = "off"
        fields["topic"].help_text = ""
        fields["topic"].widget.attrs["rows"] = 1
        fields["needs"].label = _("Help needed there")
        fields["needs"].help_text = ""
        fields["consents"].label = _(
            "Read out and agreed: name and phone are kept for this booking"
        )
        self.order_fields(CALLER_ORDER)


class CodeBoxForm(LxForm, forms.Form):
    code = forms.CharField(
        label=_("Booking code"),
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class MoveForm(LxForm, forms.Form):
    """One of the free times that are offered."""

    slot = forms.ChoiceField(
        label=_("Which time suits you better?"),
        widget=forms.RadioSelect,
        error_messages={
            "invalid_choice": _("This time was taken meanwhile. Please choose another one.")
        },
    )

    def __init__(self, *args: Any, choices: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["slot"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices


class CancelForm(LxForm, forms.Form):
    """The resident's own: no reason is owed."""


class ReasonForm(LxForm, forms.Form):
    reason = forms.CharField(
        label=_("Why is it cancelled?"),
        help_text=_("The resident gets a message and reads this there."),
        max_length=200,
    )


class RevealForm(LxForm, forms.Form):
    reason = forms.CharField(
        label=_("What do you need name and phone for?"),
        help_text=_("For example: to call back about the time. The resident can read this."),
        max_length=200,
    )


class FindForm(LxForm, forms.Form):
    q = forms.CharField(
        label=_("Phone number or booking code"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-key": "/"}),
    )
