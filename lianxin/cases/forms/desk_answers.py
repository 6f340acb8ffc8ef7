"""Forms about answers: writing one, taking one, more time, promises, follow-ups, publication."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.cases.forms.desk import YES_NO
from lianxin.cases.forms.desk_parts import CaseForm, words_field
from lianxin.cases.queries.desk import answer_classes
from lianxin.cases.queries.desk_case import similar_to
from lianxin.cases.rules.masking import masked
from lianxin.handling.enums import Outcome, Part, ReplyChannel
from lianxin.handling.services.answers import Reply
from lianxin.kernel.ids import uuid7
from lianxin.web.forms import ChipSelect, DateInput


class ReplyForm(CaseForm):
    """What is answered, and what it amounts to."""

    channel = ReplyChannel.PLATFORM

    text = words_field(_("Answer"), rows=8)
    kind = forms.ChoiceField(label=_("What it amounts to"), widget=ChipSelect)
    promised_until = forms.DateField(
        label=_("Promised until"),
        required=False,
        widget=DateInput,
        help_text=_(
            "Only for what is planned: it stays on the list of promises until it is checked."
        ),
    )
    promise = forms.CharField(label=_("What is promised"), max_length=200, required=False)

    def prepare(self, data: Any) -> None:
        self.classes = {str(c.pk): c for c in answer_classes(self.case.division_code)}
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(key, str(c)) for key, c in self.classes.items()]

    def clean(self) -> dict[str, Any]:
        words: dict[str, Any] = super().clean() or self.cleaned_data
        chosen = self.classes.get(words.get("kind", ""))
        if chosen and chosen.outcome == Outcome.PLANNED and not words.get("promised_until"):
            self.add_error("promised_until", _("A plan needs the day until which it is promised."))
        return words

    @property
    def reply(self) -> Reply:
        words = self.cleaned_data
        chosen = self.classes[words["kind"]]
        planned = chosen.outcome == Outcome.PLANNED
        return Reply(
            text=words["text"],
            outcome=chosen.outcome,
            class_label=chosen.label,
            channel=words.get("channel") or self.channel,
            promise=words["promise"] if planned else "",
            promised_until=words["promised_until"] if planned else None,
        )


class WriteDownForm(ReplyForm):
    """An answer that came by phone, letter or in a talk."""

    channel = forms.ChoiceField(  # type: ignore[assignment]
        label=_("How the answer came"),
        choices=[(c.value, c.label) for c in ReplyChannel if c != ReplyChannel.PLATFORM],
        widget=ChipSelect,
        initial=ReplyChannel.PHONE,
    )
    field_order = ("channel", "text", "kind", "promised_until", "promise")


class TakeForm(CaseForm):
    send_on = forms.ChoiceField(
        label=_("Does the resident get this answer?"),
        choices=(
            ("yes", _("Yes, send it to them as it stands")),
            ("no", _("No, I sum up the answers myself")),
        ),
        widget=ChipSelect,
    )

    def first(self) -> dict[str, Any]:
        return {"send_on": "no" if self.thing.part == Part.ASSIST else "yes"}


class ExtensionForm(CaseForm):
    grant = forms.ChoiceField(
        label=_("More time?"),
        choices=(("yes", _("Grant it")), ("no", _("Refuse it"))),
        widget=ChipSelect,
    )
    reason = words_field(_("Reason, needed for a refusal"), required=False)


class FollowUpForm(CaseForm):
    is_done = forms.ChoiceField(
        label=_("Is it really done?"),
        choices=YES_NO,
        widget=ChipSelect,
        help_text=_("“No” opens the matter again."),
    )
    reason = words_field(_("What the resident said, or what was seen on the spot"), required=False)


class PromiseForm(CaseForm):
    """Kept, not kept, or carried over to a new day; always with what was found."""

    result = forms.ChoiceField(
        label=_("What was found?"),
        choices=(
            ("kept", _("Kept")),
            ("carried", _("Not yet, new date")),
            ("broken", _("Not kept")),
        ),
        widget=ChipSelect,
    )
    carry_to = forms.DateField(label=_("New date"), required=False, widget=DateInput)
    reason = words_field(_("Evidence: who looked, when, what was seen"))

    def clean(self) -> dict[str, Any]:
        words: dict[str, Any] = super().clean() or self.cleaned_data
        day = words.get("carry_to")
        if words.get("result") == "carried" and (day is None or day <= self.thing.until_date):
            self.add_error("carry_to", _("Please choose a day after the one that was promised."))
        return words

    @property
    def new_date(self) -> date | None:
        is_carried = self.cleaned_data["result"] == "carried"
        return self.cleaned_data["carry_to"] if is_carried else None


class JoinForm(CaseForm):
    """Another case, found by words, number or phone."""

    other = forms.ChoiceField(
        label=_("Which one?"),
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Please search for the case and choose it.")},
    )

    def prepare(self, data: Any) -> None:
        self.candidates = similar_to(self.actor, self.case, self.find)
        chosen = data.get("other") if data else None
        field = self.fields["other"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(c.pk), str(c)) for c in self.candidates]
        self.chosen = chosen or ""

    @property
    def other_id(self) -> UUID:
        return UUID(self.cleaned_data["other"])


class MergeForm(JoinForm):
    reason = words_field(_("Why it is the same matter"), rows=2)


class SplitForm(CaseForm):
    words = words_field(_("The other matter, in the resident's words"), rows=5)
    title = forms.CharField(label=_("Its title"), max_length=120, required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def first(self) -> dict[str, Any]:
        return {"words": self.case.words, "key": str(uuid7())}


class PublishForm(CaseForm):
    """Opens with masked proposals; a person reads every line before it goes out."""

    title = forms.CharField(label=_("Title"), max_length=120)
    words = words_field(_("What it was about"), rows=6)
    answer = words_field(_("What was answered and done"), rows=8)
    checked = forms.BooleanField(
        label=_("I have read all of it: no name, phone, home or illness is left")
    )

    def first(self) -> dict[str, Any]:
        return {
            "title": masked(self.case.title),
            "words": masked(self.case.words),
            "answer": masked("\n\n".join(self.answers)),
        }

    @property
    def answers(self) -> list[str]:
        """What the resident was told, as it stands."""
        rows = self.case.matter.answers.all() if self.case.matter else ()
        return [a.text for a in rows if a.delivered_at]
