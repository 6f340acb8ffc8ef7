"""A field for a place: words of a path, with a picker where the browser runs scripts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.datastructures import MultiValueDict
from django.utils.translation import gettext_lazy as _

from lianxin.places import queries
from lianxin.places.enums import Level
from lianxin.places.models import Division

MOST_OPTIONS = 60


def _said(value: str | None) -> str:
    """What was typed. PostgreSQL takes no NUL, and no name has one."""
    return (value or "").replace("\0", "").strip()


class DivisionInput(forms.Widget):
    """A text box for the words and a hidden one for the code, which the picker fills.

    `options` are divisions among which the person must choose: shown as chips. They carry the
    code's name, so that the form works without scripts.
    """

    template_name = "places/division_picker.html"

    def __init__(self, attrs: dict[str, Any] | None = None, *, within: str = "") -> None:
        super().__init__(attrs)
        self.within = within
        self.options: Sequence[Division] = ()

    def value_from_datadict(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> tuple[str, str]:
        return _said(data.get(name)), _said(data.get(f"{name}_code"))

    def value_omitted_from_data(
        self, data: Mapping[str, Any], files: MultiValueDict[str, Any], name: str
    ) -> bool:
        return name not in data and f"{name}_code" not in data

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        context = super().get_context(name, None, attrs)
        text, code = value if isinstance(value, tuple) else ("", value or "")
        if code and not text:
            text = queries.path(code)
        context["widget"].update(
            text=text, code=code, code_name=f"{name}_code", within=self.within, options=self.options
        )
        return context


class DivisionField(forms.Field):
    """Cleans to the code of an active division, or to "" where it may be left out.

    `within`: only divisions of this prefix. `levels`: only these levels; a larger place is
    answered with its parts to choose from. Initial value: a code. When several divisions fit the
    words, the error comes with the divisions as choices beside the field.
    """

    widget = DivisionInput
    keeps_state = True  # the choices it offers
    default_error_messages = {
        "ambiguous": _("Several places are called so. Which one do you mean?"),
        "unknown": _(
            "We know no place of this name. Try the names from the larger to the smaller."
        ),
        "similar": _("We know no place of exactly this name. Is it one of these?"),
        "level": _("Please be more exact. Which part is it?"),
    }

    def __init__(
        self, *, within: str = "", levels: Sequence[Level | str] = (), **kwargs: Any
    ) -> None:
        kwargs.setdefault(
            "help_text", _("The names one after the other, from the larger place to the smaller.")
        )
        super().__init__(**kwargs)
        self.within, self.levels = within, tuple(levels)
        self.widget.within = within

    def clean(self, value: Any) -> str:
        text, code = value if isinstance(value, tuple) else ("", value or "")
        if not text and not code:
            if self.required:
                raise ValidationError(self.error_messages["required"], code="required")
            return ""
        found = self._picked(text, code) or queries.resolve(text, within=self.within)
        fitting = [row for row in found if not self.levels or row.level in self.levels]
        if len(fitting) != 1:
            self._ask(text, found, fitting)
        return fitting[0].code

    def has_changed(self, initial: Any, data: Any) -> bool:
        text, code = data if isinstance(data, tuple) else ("", data or "")
        return (code or text) != (initial or "")

    def _picked(self, text: str, code: str) -> list[Division]:
        """The division of the code; none where the words were changed after it was picked."""
        if not code or not queries.within(code, self.within):
            return []
        row = queries.active_division(code)
        if row is None:
            return []
        if not text or queries.reads(text, row):
            return [row]
        # A chip beside an error: it lies in what the words mean, or they mean nothing exactly.
        meant = queries.resolve(text, within=self.within)
        return [row] if not meant or any(queries.within(code, m.code) for m in meant) else []

    def _ask(self, text: str, found: list[Division], fitting: list[Division]) -> None:
        if fitting:
            reason, options = "ambiguous", fitting
        elif len(found) == 1 and (parts := list(queries.children(found[0].code)[:MOST_OPTIONS])):
            reason, options = "level", parts
        else:
            options = [
                row
                for row in queries.search(text, within=self.within)
                if not self.levels or row.level in self.levels
            ]
            reason = "similar" if options else "unknown"
        self.widget.options = options[:MOST_OPTIONS]
        raise ValidationError(self.error_messages[reason], code=reason)
