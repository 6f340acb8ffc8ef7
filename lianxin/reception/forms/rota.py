"""Forms of a rota: how the venue wants it, what holds for one deputy, seats by hand."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.reception.enums import PairMode
from lianxin.reception.models import RotaMember, RotaSetting
from lianxin.reception.queries.rota_people import Person
from lianxin.reception.rules.rule_words import weekday_word
from lianxin.reception.services.rota_settings import Setting, Wishes
from lianxin.web.forms import ChipSelect, ChipSelectMultiple, LxForm

MOST = 200


class SettingForm(LxForm, forms.Form):
    pair_mode = forms.ChoiceField(
        label=_("How pairs are made"),
        help_text=_("Everybody with everybody in turn, or the same two the whole year."),
        choices=PairMode.choices,
        widget=ChipSelect,
    )
    seats = forms.TypedChoiceField(
        label=_("Deputies on each day"),
        choices=[(n, str(n)) for n in (1, 2, 3, 4)],
        coerce=int,
        widget=ChipSelect,
    )
    gap = forms.IntegerField(
        label=_("Reception days between two turns of a deputy"),
        help_text=_("0: two days running are fine. 1: never two days running."),
        min_value=0,
        max_value=20,
    )
    least_per_year = forms.IntegerField(
        label=_("Turns of each deputy in a year, at least"),
        help_text=_("Local rules differ; 0 where yours says nothing."),
        min_value=0,
        max_value=MOST,
    )
    mixes_levels = forms.BooleanField(
        label=_("Deputies of different levels together"), required=False
    )
    mixes_professions = forms.BooleanField(
        label=_("Deputies of different professions together"), required=False
    )
    swap_needs_venue = forms.BooleanField(
        label=_("The venue confirms a swap that two deputies agreed on"), required=False
    )
    notice_days = forms.IntegerField(
        label=_("Announced so many days ahead"), min_value=3, max_value=30
    )

    @staticmethod
    def initial_of(row: RotaSetting) -> dict[str, Any]:
        return {name: getattr(row, name) for name in SettingForm.base_fields}

    def setting(self) -> Setting:
        """From a valid form."""
        return Setting(**self.cleaned_data)


class MemberForm(LxForm, forms.Form):
    takes_part = forms.BooleanField(label=_("Takes part in the rota"), required=False)
    least = forms.IntegerField(
        label=_("Turns in a year, at least"), min_value=0, max_value=MOST, required=False
    )
    most = forms.IntegerField(
        label=_("Turns in a year, at most"), min_value=0, max_value=MOST, required=False
    )
    weekdays_off = forms.TypedMultipleChoiceField(
        label=_("Weekdays on which never"),
        coerce=int,
        required=False,
        widget=ChipSelectMultiple,
    )
    distance_km = forms.IntegerField(
        label=_("Kilometres to the venue"),
        help_text=_("From home or work. Among equals, who lives near comes a little more often."),
        min_value=0,
        max_value=999,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        weekdays: Any = self.fields["weekdays_off"]
        weekdays.choices = [(number, weekday_word(number - 1)) for number in range(1, 8)]

    @staticmethod
    def initial_of(row: RotaMember) -> dict[str, Any]:
        return {name: getattr(row, name) for name in MemberForm.base_fields}

    def wishes(self) -> Wishes:
        """From a valid form."""
        said = self.cleaned_data
        return Wishes(**{**said, "weekdays_off": tuple(said["weekdays_off"])})


class SeatsForm(LxForm, forms.Form):
    """A choice for each seat; an empty one leaves the seat empty."""

    def __init__(
        self,
        *args: Any,
        seats: int,
        people: list[Person],
        held: list[UUID],
        away: set[UUID],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        choices: list[tuple[str, Any]] = [("", _("nobody"))]
        choices += [(str(one.deputy_id), _label(one, one.deputy_id in away)) for one in people]
        for number in range(1, max(seats, len(held)) + 1):
            self.fields[f"seat_{number}"] = forms.ChoiceField(
                label=_("Seat %(n)s") % {"n": number},
                choices=choices,
                required=False,
                initial=str(held[number - 1]) if number <= len(held) else "",
            )

    def deputies(self) -> list[UUID]:
        """From a valid form, in the order of the seats."""
        return [UUID(said) for said in self.cleaned_data.values() if said]


def _label(person: Person, is_away: bool) -> str:
    words = (_("cannot come on this day") if is_away else "", person.levels, person.profession)
    about = "，".join(str(word) for word in words if word)
    return f"{person.name}（{about}）" if about else person.name
