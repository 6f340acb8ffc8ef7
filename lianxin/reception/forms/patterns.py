"""The form of a pattern: a repetition as one says it, cleaned to an RRULE."""

from __future__ import annotations

import re
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from lianxin.reception.enums import HolidayRule
from lianxin.reception.forms.days import HoursPart, PlacePart, TimesPart
from lianxin.reception.models import Pattern
from lianxin.reception.rules.recurrence import LAST, SAFE_DAY, Repetition, understood
from lianxin.reception.rules.rule_words import EVEN, ODD, weekday_word
from lianxin.reception.services.patterns import Terms
from lianxin.web.forms import ChipSelect, ChipSelectMultiple, DateInput, LxForm

MONTHS: dict[str, tuple[int, ...]] = {"every": (), "odd": ODD, "even": EVEN}
#: What a pattern says besides its rule, by the names of its fields.
PLAIN = (
    "starts", "ends", "from_date", "until_date", "place", "topic", "language",
    "holiday_rule", "slot_minutes", "slot_capacity",
)  # fmt: skip


class PatternForm(PlacePart, TimesPart, HoursPart):
    kind = forms.ChoiceField(
        label=_("How does it repeat"),
        choices=(
            ("weekly", _("On weekdays")),
            ("by_date", _("On dates of the month")),
            ("by_weekday", _("On a weekday of the month")),
        ),
        initial="weekly",
        widget=ChipSelect,
    )
    nth = forms.TypedChoiceField(
        label=_("Which one of the month"),
        choices=(
            (1, _("The first")),
            (2, _("The second")),
            (3, _("The third")),
            (4, _("The fourth")),
            (LAST, _("The last")),
        ),
        coerce=int,
        widget=ChipSelect,
    )
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"), coerce=int, widget=ChipSelectMultiple
    )
    interval = forms.TypedChoiceField(
        label=_("How often"),
        choices=(
            (1, _("Every week")),
            (2, _("Every second week")),
            (3, _("Every third week")),
            (4, _("Every fourth week")),
        ),
        coerce=int,
        initial=1,
        widget=ChipSelect,
    )
    month_days = forms.CharField(
        label=_("Dates"),
        max_length=40,
        help_text=_("One or several, for example 15, or 9 19. For the last day of the month: 31."),
    )
    in_months = forms.ChoiceField(
        label=_("In which months"),
        choices=(
            ("every", _("Every month")),
            ("odd", _("Odd months")),
            ("even", _("Even months")),
            ("these", _("Chosen months")),
        ),
        initial="every",
        widget=ChipSelect,
    )
    months = forms.TypedMultipleChoiceField(
        label=_("Chosen months"),
        choices=[(n, str(n)) for n in range(1, 13)],
        coerce=int,
        widget=ChipSelectMultiple,
    )
    holiday_rule = forms.ChoiceField(
        label=_("When it falls on a day off"),
        choices=HolidayRule.choices,
        initial=HolidayRule.LATER,
        help_text=_("Public holidays, weekends and days on which the venue is closed."),
        widget=ChipSelect,
    )
    from_date = forms.DateField(label=_("Valid from"), widget=DateInput)
    until_date = forms.DateField(label=_("Valid until"), required=False, widget=DateInput)
    field_order = (
        "kind", "nth", "weekdays", "interval", "month_days", "in_months", "months",
        "starts", "ends", "holiday_rule", "place", "topic", "language",
        "slot_minutes", "slot_capacity", "from_date", "until_date",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        weekdays: Any = self.fields["weekdays"]
        weekdays.choices = [(n, weekday_word(n)) for n in range(7)]

    def clean_month_days(self) -> tuple[int, ...]:
        text = self.cleaned_data["month_days"]
        days = tuple(dict.fromkeys(int(number) for number in re.findall(r"\d+", text)))
        if not days:
            raise ValidationError(_("Please enter at least one date."), code="none")
        if any(not 1 <= day <= 31 for day in days):
            raise ValidationError(_("A month has the dates 1 to 31."), code="date")
        if len(days) > 1 and any(day > SAFE_DAY for day in days):
            raise ValidationError(
                _("The 29th, 30th and 31st are missing in some months: enter them alone."),
                code="long",
            )
        return days

    def clean(self) -> dict[str, Any]:
        said = super().clean()
        for name in self._beside_the_point():
            self.errors.pop(name, None)
        first, last = said.get("from_date"), said.get("until_date")
        if first and last and last < first:
            self.add_error("until_date", _("The last day comes before the first one."))
        return said

    def _beside_the_point(self) -> set[str]:
        """Fields that the chosen repetition does not ask for: whatever they hold is no mistake."""
        asks = {
            "weekly": {"weekdays", "interval"},
            "by_date": {"month_days"},
            "by_weekday": {"weekdays", "nth"},
        }
        needed = asks.get(self.cleaned_data.get("kind", ""), set())
        if self.cleaned_data.get("in_months") == "these":
            needed = needed | {"months"}
        return {"weekdays", "interval", "month_days", "nth", "months"} - needed

    def repetition(self) -> Repetition:
        said, without = self.cleaned_data, self._beside_the_point()

        def wanted(name: str, otherwise: Any) -> Any:
            return otherwise if name in without else said[name]

        chosen = MONTHS.get(said["in_months"], ())
        return Repetition(
            said["kind"],
            weekdays=tuple(sorted(wanted("weekdays", ()))),
            interval=wanted("interval", 1),
            month_days=wanted("month_days", ()),
            nth=wanted("nth", 0),
            months=tuple(sorted(wanted("months", chosen))),
        )

    def terms(self) -> Terms:
        return Terms(
            rule=self.repetition().rule, **{name: self.cleaned_data[name] for name in PLAIN}
        )

    @staticmethod
    def initial_of(pattern: Pattern) -> dict[str, Any]:
        initial = {name: getattr(pattern, name) for name in PLAIN}
        one = understood(pattern.rule)
        if one is None:
            return initial
        chosen = next((name for name, months in MONTHS.items() if months == one.months), "these")
        return initial | {
            "kind": one.kind,
            "weekdays": list(one.weekdays),
            "interval": one.interval,
            "nth": one.nth or 1,
            "month_days": " ".join("31" if day == LAST else str(day) for day in one.month_days),
            "in_months": chosen,
            "months": list(one.months) if chosen == "these" else [],
        }


class EndForm(LxForm, forms.Form):
    until = forms.DateField(
        label=_("Last day"),
        widget=DateInput,
        help_text=_("Days after it go, unless they are announced or booked already."),
    )
