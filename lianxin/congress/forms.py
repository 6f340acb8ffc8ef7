"""Forms of the congress."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.congress.queries.staff import organs_named
from lianxin.people.models import Person
from lianxin.people.queries import roles
from lianxin.web.forms import DateInput, LxForm, PhoneInput


class AbsenceForm(LxForm, forms.Form):
    """`colleagues`: persons who can stand in."""

    substitute_id = forms.TypedChoiceField(label=_("Who stands in for you"), coerce=UUID)
    from_date = forms.DateField(label=_("First day"), widget=DateInput)
    until_date = forms.DateField(label=_("Last day"), widget=DateInput)

    def __init__(self, *args: Any, colleagues: Iterable[tuple[Person, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["substitute_id"]
        field.choices = [  # type: ignore[attr-defined]
            ("", _("Please choose")),
            *((str(person.pk), f"{person.name} · {organ}") for person, organ in colleagues),
        ]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        first, last = given.get("from_date"), given.get("until_date")
        if first and last and last < first:
            self.add_error("until_date", _("The last day lies before the first."))
        return given


class PostForm(LxForm, forms.Form):
    """A role at an organ of the administrator's places (`scopes`), typed by its name or a part."""

    role = forms.ChoiceField(label=_("Role"))
    organ = forms.CharField(
        label=_("Name of the unit or venue"),
        help_text=_("A part is enough where no other has it in its name."),
        max_length=120,
    )
    from_date = forms.DateField(label=_("First day"), widget=DateInput)
    until_date = forms.DateField(
        label=_("Last day, if it is known"), widget=DateInput, required=False
    )

    def __init__(self, *args: Any, scopes: Collection[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.scopes = scopes
        field = self.fields["role"]
        field.choices = [  # type: ignore[attr-defined]
            ("", _("Please choose")),
            *((role.code, role.title) for role in roles()),
        ]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        name = given.pop("organ", "")
        found = organs_named(name, self.scopes) if name else []
        if name and not found:
            self.add_error("organ", _("There is no unit or venue of that name in your places."))
        elif len(found) > 1:
            names = "; ".join(f"{organ.name} {organ.division_code}" for organ in found)
            self.add_error("organ", _("Which of these? %(names)s") % {"names": names})
        elif found:
            given["organ_id"] = found[0].pk
        return given


class NewPersonForm(PostForm):
    field_order = ("name", "username", "phone", "email", "role", "organ")
    from_date = until_date = None  # type: ignore[assignment]  # Django's way to leave a field out
    name = forms.CharField(label=_("Name of the person"), max_length=60)
    username = forms.CharField(label=_("User name"), max_length=60)
    phone = forms.CharField(
        label=_("Mobile number"), max_length=40, required=False, widget=PhoneInput
    )
    email = forms.EmailField(label=_("E-mail"), required=False)


class ReasonForm(LxForm, forms.Form):
    reason = forms.CharField(
        label=_("Reason for the reset"),
        help_text=_("Stands in the journal: how you made sure who is asking."),
        max_length=200,
    )
