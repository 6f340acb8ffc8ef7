"""Forms at the desk: registering, screening, and short acts with a reason."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import Channel
from lianxin.cases.forms.desk_parts import CaseForm, words_field
from lianxin.cases.models import RefusalReason
from lianxin.cases.queries.desk import category_choices, category_tree, desk_channels
from lianxin.cases.services.filing import MOST_WORDS
from lianxin.handling.enums import Outcome, Urgency
from lianxin.handling.services.answers import Reply
from lianxin.kernel.ids import uuid7
from lianxin.places.forms import DivisionField
from lianxin.venues.models import Venue
from lianxin.web.forms import ChipSelect, LxForm, PhoneInput, PhotosField

YES_NO = (("yes", _("Yes")), ("no", _("No")))


class RegisterForm(LxForm, forms.Form):
    """Words first, then who and where. Everything below the words may be left out."""

    words = forms.CharField(
        label=_("What is it about, in their own words"),
        help_text=_("Write as it is said (原话). The title is made from the first sentence."),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5, "autofocus": True}),
    )
    channel = forms.ChoiceField(label=_("How it came"), widget=ChipSelect)
    phone = forms.CharField(
        label=_("Phone"),
        max_length=40,
        required=False,
        widget=PhoneInput(attrs={"autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("Name"),
        max_length=60,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    consents = forms.BooleanField(
        label=_("They agree that name and phone are kept for this matter"), required=False
    )
    place = DivisionField(label=_("Where"), help_text="")
    address = forms.CharField(
        label=_("Address or landmark"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    category_id = forms.ChoiceField(label=_("Category"), required=False)
    venue_id = forms.ChoiceField(label=_("Venue"), widget=ChipSelect)
    photos = PhotosField(label=_("Photos or the letter"), max_files=6, required=False)
    may_publish = forms.BooleanField(label=_("The result may be published, masked"), required=False)
    answer = forms.CharField(
        label=_("Answer"), max_length=5000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    outcome = forms.ChoiceField(
        label=_("What it amounts to"),
        choices=[(o.value, o.label) for o in Outcome if o != Outcome.PLANNED],
        widget=ChipSelect,
        required=False,
        initial=Outcome.SOLVED,
    )
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(self, *args: Any, venues: list[Venue], **kwargs: Any) -> None:
        initial = {
            "key": str(uuid7()),
            "channel": Channel.WALK_IN,
            "place": venues[0].division_code,
            "venue_id": str(venues[0].pk),
            **kwargs.pop("initial", {}),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self._choices("channel", desk_channels())
        self._choices("category_id", category_choices(category_tree()))
        self._choices("venue_id", [(str(v.pk), v.name) for v in venues])
        if len(venues) == 1:
            self.fields["venue_id"].widget = forms.HiddenInput()

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    @property
    def reply(self) -> Reply | None:
        """The answer given on the spot, where one was written."""
        words = self.cleaned_data
        if not words["answer"].strip():
            return None
        return Reply(text=words["answer"], outcome=words["outcome"] or Outcome.SOLVED)


class NothingForm(CaseForm):
    """An act that needs no word."""


class AskBackForm(CaseForm):
    question = words_field(_("What do you want to know?"), rows=4, help_text=_(
        "The resident reads this on the tracking page. The time limit starts anew with the reply."
    ))  # fmt: skip


class DoorChoice(forms.ModelChoiceField):
    """A reason with the door it points to."""

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj} → {obj.right_door}" if obj.right_door else str(obj)


class RefuseForm(CaseForm):
    reason = DoorChoice(
        label=_("Why is it not for here?"),
        queryset=RefusalReason.objects.none(),
        widget=forms.RadioSelect,
        empty_label=None,
    )
    explanation = words_field(_("A few words to the resident"), required=False, help_text=_(
        "The reason and the right door are shown to them anyway."
    ))  # fmt: skip

    def prepare(self, data: Any) -> None:
        field = self.fields["reason"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = RefusalReason.objects.filter(is_active=True)


class DescribeForm(CaseForm):
    title = forms.CharField(label=_("Title"), max_length=120)
    category_id = forms.ChoiceField(label=_("Category"), required=False)
    urgency = forms.ChoiceField(
        label=_("Urgency"),
        choices=Urgency.choices,
        widget=ChipSelect,
        help_text=_("Every running clock is read anew from its own start."),
    )
    is_sensitive = forms.BooleanField(
        label=_("Sensitive: illness, family, a minor … It is never published."), required=False
    )

    def prepare(self, data: Any) -> None:
        field = self.fields["category_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = category_choices(category_tree())

    def first(self) -> dict[str, Any]:
        case = self.case
        return {
            "title": case.title,
            "category_id": str(case.category_id or ""),
            "urgency": case.urgency,
            "is_sensitive": case.is_sensitive,
        }

    @property
    def category(self) -> UUID | None:
        found = self.cleaned_data["category_id"]
        return UUID(found) if found else None


class ReasonForm(CaseForm):
    reason = words_field(_("Reason"))


class HoldForm(CaseForm):
    reason = words_field(_("Who needs it, and for what"), most=200, help_text=_(
        "For example: the court in its letter of 3 May, until the appeal is over."
    ))  # fmt: skip


class PauseForm(CaseForm):
    reason = words_field(_("What is the resident asked for?"), help_text=_(
        "The clocks stand still until there is a reply, or until you let them run again."
    ))  # fmt: skip


class RemarkForm(CaseForm):
    """A word that may be left out."""

    reason = words_field(_("Remark"), required=False)


class NoteForm(CaseForm):
    text = words_field(_("Note"), rows=4)
    public = forms.ChoiceField(
        label=_("Who reads it"),
        choices=(("no", _("Only staff")), ("yes", _("The resident, too"))),
        widget=ChipSelect,
        initial="no",
    )


class RevealForm(CaseForm):
    reason = forms.CharField(
        label=_("What do you need the contact for?"),
        max_length=200,
        help_text=_(
            "For example: to call back about the time of the visit. The resident can read this."
        ),
    )


class BulkForm(LxForm, forms.Form):
    """What a bulk act was pressed with."""

    act = forms.ChoiceField(choices=[(a, a) for a in ("accept", "category", "remind")])
    id = forms.TypedMultipleChoiceField(coerce=UUID, required=True)
    category_id = forms.UUIDField(required=False)

    def __init__(self, data: Any) -> None:
        super().__init__(data)
        field = self.fields["id"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(key, key) for key in data.getlist("id")[:200]]
