"""Forms of reception days: an extra one, another time, another room, none."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.clock import local
from lianxin.reception.models import ReceptionDay
from lianxin.web.forms import ChipSelect, DateInput, LxForm

_MINUTES = (10, 15, 20, 30, 60)


class TimeInput(forms.TimeInput):
    input_type = "time"

    def __init__(self) -> None:
        super().__init__(format="%H:%M")


class HoursPart(LxForm, forms.Form):
    """Hours, room and words that patterns and single days have in common."""

    starts = forms.TimeField(label=_("Begins"), widget=TimeInput)
    ends = forms.TimeField(label=_("Ends"), widget=TimeInput)

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if said.get("starts") and said.get("ends") and said["starts"] >= said["ends"]:
            self.add_error("ends", _("The end must come after the beginning."))
        return said


class PlacePart(forms.Form):
    place = forms.CharField(
        label=_("Room"),
        max_length=120,
        required=False,
        help_text=_("Where in the venue, for example room 101. People read it on the board."),
    )
    topic = forms.CharField(
        label=_("Topic of the day"),
        max_length=60,
        required=False,
        help_text=_("Only if the day has one, for example care for the old."),
    )
    language = forms.CharField(
        label=_("Language wanted"),
        max_length=20,
        required=False,
        help_text=_("One deputy of each day should speak it, for example the language of the Yi."),
    )


class TimesPart(forms.Form):
    slot_minutes = forms.TypedChoiceField(
        label=_("Minutes for each visitor"),
        choices=[(n, str(n)) for n in _MINUTES],
        coerce=int,
        initial=20,
        widget=ChipSelect,
    )
    slot_capacity = forms.IntegerField(
        label=_("Visitors at a time"),
        min_value=1,
        max_value=20,
        initial=1,
        help_text=_("One, unless the pair receives in several rooms."),
    )


class ExtraDayForm(PlacePart, TimesPart, HoursPart):
    on = forms.DateField(label=_("Day"), widget=DateInput)
    field_order = (
        "on", "starts", "ends", "place", "topic", "language", "slot_minutes", "slot_capacity",
    )  # fmt: skip


class MoveForm(HoursPart):
    on = forms.DateField(label=_("New day"), widget=DateInput)
    reason = forms.CharField(
        label=_("Why it is moved"),
        max_length=200,
        help_text=_("Deputies, visitors and everybody on the public page read this."),
    )
    field_order = ("on", "starts", "ends", "reason")

    @staticmethod
    def initial_of(day: ReceptionDay) -> dict[str, Any]:
        return {
            "on": day.date,
            "starts": local(day.starts_at).time(),
            "ends": local(day.ends_at).time(),
        }


class CancelForm(LxForm, forms.Form):
    reason = forms.CharField(
        label=_("Why it is cancelled"),
        max_length=200,
        help_text=_("Deputies, visitors and everybody on the public page read this."),
    )


class ChangeForm(PlacePart, LxForm, forms.Form):
    words = forms.CharField(
        label=_("Note for residents"),
        max_length=200,
        required=False,
        help_text=_("Stands beside the day on the public page."),
    )

    @staticmethod
    def initial_of(day: ReceptionDay) -> dict[str, Any]:
        return {
            "place": day.place,
            "topic": day.topic,
            "language": day.language,
            "words": day.note,
        }
