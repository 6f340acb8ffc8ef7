"""Forms of grid duty and of calls."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.ids import uuid7
from lianxin.reception.enums import DutyTurn
from lianxin.web.forms import ChipSelect, DateInput, LxForm, PhoneInput


class TableForm(LxForm, forms.Form):
    """For which days a table of duty is made."""

    since = forms.DateField(label=_("First day"), widget=DateInput())
    until = forms.DateField(label=_("Last day"), widget=DateInput())
    turn = forms.ChoiceField(
        label=_("One deputy is on duty for"), choices=DutyTurn.choices, widget=ChipSelect
    )

    def __init__(self, *args: Any, today: date, turn: str, **kwargs: Any) -> None:
        kwargs["initial"] = {
            "since": today,
            "until": _end_of_plan(today),
            "turn": turn,
            **(kwargs.get("initial") or {}),
        }
        super().__init__(*args, **kwargs)
        self.today = today

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and since < self.today:
            self.add_error(
                "since", _("Days that are over stay as they were: today at the earliest.")
            )
        elif since and until and until < since:
            self.add_error("until", _("The last day is before the first."))
        return data


def _end_of_plan(today: date) -> date:
    """The end of the year; from November on that of the next."""
    return date(today.year + (today.month >= 11), 12, 31)


class TurnForm(LxForm, forms.Form):
    """Who has one turn of duty."""

    deputy = forms.ChoiceField(label=_("Who is on duty"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, deputies: Iterable[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["deputy"]
        field.choices = list(deputies)


class WishesForm(LxForm, forms.Form):
    """How a venue wants its calls to go."""

    answer_minutes = forms.IntegerField(
        label=_("Minutes to answer a call"),
        help_text=_("Counted between 8:00 and 20:00. 30 minutes is this platform's default."),
        min_value=10,
        max_value=720,
    )
    asks_stationed = forms.BooleanField(
        label=_("When no bound deputy can come, ask the deputies stationed in the venue too"),
        required=False,
    )


class CallForm(LxForm, forms.Form):
    """A call to a deputy: which grid, what about, where, and who calls."""

    grid = forms.ChoiceField(label=_("For which grid"))
    words = forms.CharField(
        label=_("What is it about"),
        help_text=_("In a few sentences. No names or phone numbers of residents."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
    )
    where = forms.CharField(label=_("Where to come"), max_length=200, required=False)
    caller = forms.CharField(label=_("Your name"), max_length=60)
    phone = forms.CharField(
        label=_("Office phone to call back"),
        help_text=_("The deputy sees it and can call you."),
        widget=PhoneInput(),
        max_length=30,
        required=False,
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, grids: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        kwargs["initial"] = {"key": str(uuid7()), **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        field: Any = self.fields["grid"]
        field.choices = list(grids)


class WhyForm(LxForm, forms.Form):
    """Why a deputy cannot go."""

    words = forms.CharField(
        label=_("Why can you not go"),
        help_text=_("A word is enough. The caller and the venue read it."),
        max_length=200,
    )


class DeedForm(LxForm, forms.Form):
    """What was done on the spot."""

    outcome = forms.CharField(
        label=_("What was done"),
        help_text=_("The caller and the venue read it. No names or phone numbers of residents."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
        required=False,
    )
