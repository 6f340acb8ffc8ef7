"""Forms of the people who keep the working days and hours."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.refused import Refused
from lianxin.places import rules
from lianxin.places.forms.division_field import DivisionField
from lianxin.places.models import CalendarDay, ServiceHours
from lianxin.web.forms import ChipSelect, DateInput, LxForm


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class _RowForm(LxForm, forms.Form):
    """A row of a place and a day; the two are the row's name, so they stay once it is there."""

    place = DivisionField(
        label=_("Where"),
        required=False,
        help_text=_(
            "Everywhere if left empty; otherwise a place, for example a prefecture with its own holiday."
        ),
    )
    fixed: tuple[str, ...] = ()

    def __init__(self, *args: Any, existing: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.fixed if existing else ():
            del self.fields[name]


class DayForm(_RowForm):
    fixed = ("place", "date")
    date = forms.DateField(label=_("Day"), widget=DateInput)
    is_working = forms.TypedChoiceField(
        label=_("Worked or off"),
        choices=(("off", _("Day off")), ("work", _("Working day"))),
        coerce=lambda said: said == "work",
        widget=ChipSelect,
    )
    name = forms.CharField(
        label=_("Reason"),
        max_length=60,
        help_text=_("For example a local festival, or a storm that stops all service."),
    )
    field_order = ("place", "date", "is_working", "name")

    @staticmethod
    def initial_of(row: CalendarDay) -> dict[str, Any]:
        return {"is_working": "work" if row.is_working else "off", "name": row.name}


class HoursForm(_RowForm):
    fixed = ("place", "from_date")
    from_date = forms.DateField(
        label=_("From"),
        widget=DateInput,
        help_text=_("The first day with these hours; they hold until the next row of the place."),
    )
    morning_open = forms.TimeField(label=_("Morning, opens"), widget=TimeInput)
    morning_close = forms.TimeField(label=_("Morning, closes"), widget=TimeInput)
    afternoon_open = forms.TimeField(label=_("Afternoon, opens"), widget=TimeInput)
    afternoon_close = forms.TimeField(label=_("Afternoon, closes"), widget=TimeInput)
    field_order = ("place", "from_date")

    @staticmethod
    def initial_of(row: ServiceHours) -> dict[str, Any]:
        names = ("morning_open", "morning_close", "afternoon_open", "afternoon_close")
        return {name: getattr(row, name) for name in names}


class NoticeForm(LxForm, forms.Form):
    """The national notice of one year as lines of text; cleans to `days`."""

    days = forms.CharField(
        label=_("Days off and make-up days"),
        max_length=10_000,
        widget=forms.Textarea(attrs={"rows": 14}),
        help_text=_(
            "One line each: day or first day~last day, off or work, name. "
            "For example: 2027-10-01~2027-10-07 off National Day"
        ),
    )

    def __init__(self, *args: Any, year: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.year = year

    def clean_days(self) -> dict[date, tuple[bool, str]]:
        try:
            days = rules.parse_notice(self.cleaned_data["days"])
            rules.check_year(year=self.year, days=days)
        except Refused as refused:
            raise ValidationError(str(refused), code=refused.code) from refused
        return days
