"""Forms of the congress."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.people.models import Person
from lianxin.web.forms import DateInput, LxForm


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
