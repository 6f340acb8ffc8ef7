"""Forms of the room: a number, a visitor's record, a verdict, a signature, a screen."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.cases.queries import catalogue
from lianxin.cases.queries.desk import category_groups, category_tree
from lianxin.cases.services.filing import MOST_WORDS, Draft
from lianxin.handling.enums import Outcome, ReplyChannel, Satisfaction
from lianxin.handling.services.answers import Reply
from lianxin.kernel.ids import uuid7
from lianxin.places.forms import DivisionField
from lianxin.reception.enums import ShiftState, VisitPath
from lianxin.reception.models import ReceptionDay, Shift
from lianxin.reception.queries.room import Known
from lianxin.reception.services.visits import Agreed
from lianxin.venues.models import Venue
from lianxin.web.forms import ChipSelect, ChipSelectMultiple, LxForm, PhoneInput, PhotosField

_QUIET = {"autocomplete": "off"}


class NumberForm(LxForm, forms.Form):
    """A number for a walk-in; everything may be left out."""

    topic = forms.CharField(
        label=_("What it is about"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=_QUIET),
    )
    name = forms.CharField(
        label=_("Name"), max_length=60, required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=PhoneInput(attrs=_QUIET)
    )


class RecordForm(LxForm, forms.Form):
    """One visitor: the words, the way, who listened. What is known is filled in or carried over."""

    words = forms.CharField(
        label=_("What is it about, in their own words"),
        help_text=_("Write as it is said (原话)."),
        max_length=MOST_WORDS,
        widget=forms.Textarea(attrs={"rows": 5, "autofocus": True}),
    )
    path = forms.ChoiceField(
        label=_("What becomes of it"), choices=VisitPath.choices, widget=ChipSelect
    )
    answer = forms.CharField(
        label=_("What was answered"),
        max_length=5000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Please write what was answered.")},
    )
    outcome = forms.ChoiceField(
        label=_("What it amounts to"),
        choices=[(o.value, o.label) for o in Outcome if o != Outcome.PLANNED],
        widget=ChipSelect,
        required=False,
        initial=Outcome.SOLVED,
    )
    takers = forms.MultipleChoiceField(
        label=_("Who takes it along"),
        widget=ChipSelectMultiple,
        error_messages={"required": _("Choose the deputy who takes it along.")},
    )
    instruction = forms.CharField(
        label=_("What was agreed"),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    receivers = forms.MultipleChoiceField(
        label=_("Who listened"), required=False, widget=ChipSelectMultiple
    )
    name = forms.CharField(
        label=_("Name"), max_length=60, required=False, widget=forms.TextInput(attrs=_QUIET)
    )
    phone = forms.CharField(
        label=_("Phone"), max_length=40, required=False, widget=PhoneInput(attrs=_QUIET)
    )
    consents = forms.BooleanField(
        label=_("They agree that name and phone are kept for this matter"), required=False
    )
    place = DivisionField(label=_("Where"), help_text="")
    address = forms.CharField(
        label=_("Address or landmark"),
        max_length=200,
        required=False,
        widget=forms.TextInput(attrs=_QUIET),
    )
    category_id = forms.ChoiceField(label=_("Category"), required=False)
    photos = PhotosField(label=_("Photos or the letter"), max_files=6, required=False)
    may_publish = forms.BooleanField(label=_("The result may be published, masked"), required=False)
    key = forms.CharField(widget=forms.HiddenInput, max_length=64)

    def __init__(
        self, *args: Any, day: ReceptionDay, seats: Sequence[Shift], known: Known, **kwargs: Any
    ) -> None:
        present = [one for one in seats if one.state == ShiftState.PRESENT] or list(seats)
        initial = {
            "key": str(uuid7()),
            "words": known.topic,
            "path": VisitPath.DEPUTY if present else VisitPath.DESK,
            "place": day.venue.division_code,
            "consents": known.has_consented and bool(known.who),
            "receivers": [str(one.deputy_id) for one in present],
            "takers": [str(one.deputy_id) for one in present[:1]],
            **kwargs.pop("initial", {}),
        }
        super().__init__(*args, initial=initial, **kwargs)
        self.known = known
        self._require(VisitPath.ON_THE_SPOT, "answer")
        self._require(VisitPath.DEPUTY, "takers")
        named = [(str(one.deputy_id), one.deputy.name) for one in seats]
        self._choices("receivers", named)
        self._choices("takers", named)
        groups = category_groups(category_tree())
        self._choices("category_id", [("", _("As the words suggest")), *groups])

    def _choices(self, name: str, choices: Any) -> None:
        field = self.fields[name]
        assert isinstance(field, forms.ChoiceField)
        field.choices = choices

    def _require(self, path: str, name: str) -> None:
        """A field that belongs to one way is needed with it: so it is shown, so it is asked."""
        self.fields[name].required = not self.is_bound or self.data.get("path") == path

    def clean(self) -> dict[str, Any]:
        words: dict[str, Any] = super().clean() or self.cleaned_data
        typed = words.get("name") or words.get("phone")
        if typed and not words.get("consents"):
            self.add_error("consents", _("Name and phone need their consent; or leave both empty."))
        return words

    @property
    def draft(self) -> Draft:
        """What was said. Without a category: the likeliest by the words, if any. One query."""
        words = self.cleaned_data
        chosen = UUID(words["category_id"]) if words["category_id"] else None
        if chosen is None:
            likely = catalogue.suggested(words["words"], catalogue.tree(), most=1)
            chosen = likely[0].pk if likely else None
        return Draft(
            words=words["words"],
            division_code=words["place"],
            channel="",
            category_id=chosen,
            address=words["address"],
            name=words["name"],
            phone=words["phone"],
            consents=words["consents"],
            may_publish=words["may_publish"],
            receiver_ids=tuple(UUID(one) for one in words["receivers"]),
        )

    @property
    def agreed(self) -> Agreed:
        words = self.cleaned_data
        if words["path"] == VisitPath.ON_THE_SPOT:
            outcome = words["outcome"] or Outcome.SOLVED
            reply = Reply(text=words["answer"], outcome=outcome, channel=ReplyChannel.TALK)
            return Agreed(path=words["path"], reply=reply)
        if words["path"] == VisitPath.DEPUTY:
            takers = tuple(UUID(one) for one in words["takers"])
            return Agreed(words["path"], taker_ids=takers, instruction=words["instruction"])
        return Agreed(path=words["path"])


class OnTheSpotVerdictForm(LxForm, forms.Form):
    """The resident's own tap; a reason where something is wrong."""

    result = forms.ChoiceField(
        label=_("Are you satisfied with the answer?"),
        choices=Satisfaction.choices,
        widget=ChipSelect,
        error_messages={"required": _("Please choose one of the three.")},
    )
    reason = forms.CharField(
        label=_("What is wrong, or what would you like to say?"),
        help_text=_("Needed where you are dissatisfied."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, Any]:
        words: dict[str, Any] = super().clean() or self.cleaned_data
        if words.get("result") == Satisfaction.DISSATISFIED and not words.get("reason", "").strip():
            self.add_error("reason", _("Please say what is wrong, so that it can be put right."))
        return words


class SignForm(LxForm, forms.Form):
    remark = forms.CharField(
        label=_("Remark"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ScreenForm(LxForm, forms.Form):
    """A new screen: where it hangs, and in which venue."""

    name = forms.CharField(
        label=_("Where does it hang?"),
        max_length=60,
        widget=forms.TextInput(attrs={**_QUIET, "placeholder": _("Waiting room, left wall")}),
    )
    venue_id = forms.ChoiceField(label=_("Venue"), widget=ChipSelect)

    def __init__(self, *args: Any, venues: Sequence[Venue], **kwargs: Any) -> None:
        initial = {"venue_id": str(venues[0].pk)} if venues else {}
        super().__init__(*args, initial=initial, **kwargs)
        field = self.fields["venue_id"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(str(one.pk), one.name) for one in venues]
        if len(venues) == 1:
            field.widget = forms.HiddenInput()
