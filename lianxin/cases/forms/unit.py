"""Forms of whoever was handed a matter: return, more time, answer, approval."""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.handling.enums import Outcome, ReplyChannel
from lianxin.handling.models import AnswerClass
from lianxin.handling.services.answers import Reply
from lianxin.web.dates import cn_date
from lianxin.web.forms import ChipSelect, DateInput, LxForm, PhotosField

PAPERS = "image/*,.pdf,.docx,.xlsx"


class ReturnForm(LxForm, forms.Form):
    reason = forms.CharField(
        label=_("Why is this not yours"),
        help_text=_("Name the unit that should have it, if you know. The sender reads this."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
    )


class ExtendForm(LxForm, forms.Form):
    until = forms.DateField(label=_("Until which day"), widget=DateInput)
    reason = forms.CharField(
        label=_("Why more time is needed"),
        help_text=_("What is done so far, and what still has to happen."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=1000,
    )

    def __init__(self, *args: Any, latest: date | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if latest:
            self.fields["until"].help_text = _("%(day)s at the latest.") % {"day": cn_date(latest)}
            self.fields["until"].widget.attrs["max"] = latest.isoformat()


class AnswerForm(LxForm, forms.Form):
    """`channels`: only where a desk writes down what a unit answered by another way."""

    text = forms.CharField(
        label=_("Answer"),
        help_text=_(
            "For the resident: what was found, what was done, whom to ask. No names or phone "
            "numbers of private persons."
        ),
        widget=forms.Textarea(attrs={"rows": 7}),
        max_length=5000,
    )
    kind = forms.ChoiceField(label=_("What does it amount to"), widget=ChipSelect)
    promised_until = forms.DateField(
        label=_("Promised until"),
        help_text=_("Only for what is planned: the day is kept on a list until it was checked."),
        widget=DateInput,
        required=False,
    )
    promise = forms.CharField(
        label=_("What is promised"),
        help_text=_("One sentence that can be checked on that day."),
        max_length=200,
        required=False,
    )
    channel = forms.ChoiceField(
        label=_("How the answer came"), choices=ReplyChannel.choices, widget=ChipSelect
    )
    papers = PhotosField(
        label=_("Photos and papers"),
        help_text=_("Pictures, PDF, Word or Excel; six at most."),
        max_files=6,
        accept=PAPERS,
        required=False,
    )

    def __init__(
        self, *args: Any, classes: list[AnswerClass], channels: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.classes = {row.code: row for row in classes}
        kind: Any = self.fields["kind"]
        kind.choices = [(row.code, f"{row.code} {row}") for row in classes]
        if not channels:
            del self.fields["channel"]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        row = self.classes.get(said.get("kind", ""))
        if row and row.outcome == Outcome.PLANNED:
            for name in ("promised_until", "promise"):
                if not said.get(name) and name not in self.errors:
                    self.add_error(name, self._missing[name])
        return said

    _missing: ClassVar = {
        "promised_until": _("A planned answer needs the date until which it is promised."),
        "promise": _("Please say what is promised, in one sentence."),
    }

    @property
    def reply(self) -> Reply:
        """What the service takes, from a valid form."""
        said = self.cleaned_data
        row = self.classes[said["kind"]]
        planned = row.outcome == Outcome.PLANNED
        return Reply(
            text=said["text"],
            outcome=row.outcome,
            class_label=row.label,
            channel=said.get("channel") or ReplyChannel.PLATFORM,
            promise=said["promise"] if planned else "",
            promised_until=said["promised_until"] if planned else None,
        )


class ApproveForm(LxForm, forms.Form):
    note = forms.CharField(
        label=_("What is missing"),
        help_text=_("Needed when you give it back; whoever wrote the answer reads it."),
        widget=forms.Textarea(attrs={"rows": 3}),
        max_length=500,
        required=False,
    )
