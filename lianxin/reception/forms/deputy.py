"""Forms of turns: ask for a swap, answer, days away, check in, substitutes, attendance by hand."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lianxin.reception.enums import AwayKind
from lianxin.reception.queries.swaps import Offer, Return
from lianxin.web.dates import cn_day, local
from lianxin.web.forms import ChipSelect, DateInput, LxForm

#: The answer “without a turn in return” in the list of what to ask for.
ALONE = "alone"


class AskForm(LxForm, forms.Form):
    """What to ask a chosen colleague for: one of their turns in return, or none."""

    what = forms.ChoiceField(label=_("What do you ask for"), widget=forms.RadioSelect)
    words = forms.CharField(
        label=_("For what reason"),
        help_text=_("Your colleague and the venue read this."),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        what: Any = self.fields["what"]
        what.choices = [
            *((str(one.shift.pk), _in_return(one)) for one in offer.returns),
            (ALONE, _("Only stand in for me, I take no turn in return")),
        ]


def _in_return(one: Return) -> Any:
    day = one.shift.day
    said = format_lazy(
        _("I take the turn on {day}, {hours} instead"),
        day=cn_day(day.date),
        hours=f"{local(day.starts_at):%H:%M}–{local(day.ends_at):%H:%M}",
    )
    return format_lazy("{said}（{remark}）", said=said, remark=one.remark) if one.remark else said


class AnswerForm(LxForm, forms.Form):
    words = forms.CharField(
        label=_("A word with your answer"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class CheckInForm(LxForm, forms.Form):
    """The digits as the screen shows them; blanks and full-width digits are taken, too."""

    code = forms.CharField(
        label=_("The six digits on the screen"),
        max_length=20,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "one-time-code"}),
    )


class AwayForm(LxForm, forms.Form):
    kind = forms.ChoiceField(
        label=_("Why are you away"), choices=AwayKind.choices, widget=ChipSelect
    )
    from_date = forms.DateField(label=_("First day away"), widget=DateInput)
    until_date = forms.DateField(label=_("Last day away"), widget=DateInput)
    note = forms.CharField(
        label=_("A note for the venue"),
        help_text=_("The clerks of your venues read it. No private details, please."),
        max_length=120,
        required=False,
    )

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("from_date"), given.get("until_date")
        if first and last and last < first:
            self.add_error("until_date", _("The last day lies before the first."))
        return given


class DeskAwayForm(AwayForm):
    """The same, entered by a clerk. `deputies` are (key, name) of those of the venue."""

    deputy = forms.ChoiceField(label=_("Which deputy"))
    field_order = ("deputy", "kind", "from_date", "until_date", "note")

    def __init__(self, *args: Any, deputies: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        deputy: Any = self.fields["deputy"]
        deputy.choices = [("", _("Please choose")), *deputies]
        self.fields["kind"].label = _("Why is the deputy away")


class SubstituteForm(LxForm, forms.Form):
    """A substitute for a seat: set at once, or asked first."""

    deputy = forms.ChoiceField(label=_("Who takes the seat"), widget=forms.RadioSelect)
    how = forms.ChoiceField(
        label=_("Is it settled with them"),
        choices=(
            ("set", _("Yes, hand over the seat now")),
            ("ask", _("No, ask them on their phone first")),
        ),
        widget=ChipSelect,
        initial="set",
    )
    words = forms.CharField(
        label=_("Reason of the change"),
        help_text=_("All deputies of the day read this."),
        max_length=200,
    )

    def __init__(self, *args: Any, offers: Iterable[Offer], asks: bool, **kwargs: Any) -> None:
        """`asks`: whether there is still time to ask."""
        super().__init__(*args, **kwargs)
        deputy: Any = self.fields["deputy"]
        deputy.choices = [(str(one.card.id), _named(one)) for one in offers]
        if not asks:
            del self.fields["how"]


def _named(offer: Offer) -> str:
    levels = "、".join(str(level) for level in offer.card.levels)
    return f"{offer.card.name} · {levels}" + (f"（{offer.remark}）" if offer.remark else "")


class MarkForm(LxForm, forms.Form):
    """Attendance by hand. One per seat of a page, so that each has its own ids."""

    reason = forms.CharField(label=_("Reason for marking it by hand"), max_length=120)
