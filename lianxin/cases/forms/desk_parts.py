"""What the forms of acts on a case have in common."""

from __future__ import annotations

from typing import Any

from django import forms

from lianxin.cases.models import Case
from lianxin.congress.models import Actor
from lianxin.web.forms import LxForm

Words = Any  # a text, or one to be translated when shown


def words_field(label: Words, *, rows: int = 3, most: int = 5000, **more: Any) -> forms.CharField:
    """A few sentences, at `most` so many characters."""
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, widget=widget, max_length=most, **more)


class CaseForm(LxForm, forms.Form):
    """The form of one act: knows the case, the actor and the thing acted on (a dispatch, say).

    `first()` gives the values it opens with. `kept`: what was typed, shown again without errors
    (while somebody searches in a picker).
    """

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        case: Case,
        actor: Actor,
        thing: Any = None,
        find: str = "",
        kept: Any = None,
    ) -> None:
        self.case, self.actor, self.thing, self.find = case, actor, thing, find
        super().__init__(data, files)
        self.prepare(data if data is not None else kept)
        self.initial = {**self.first(), **(_plain(kept, self.fields) if kept else {})}

    def prepare(self, data: Any) -> None:
        """Fill choices; `data` is what was chosen so far."""

    def first(self) -> dict[str, Any]:
        return {}


def _plain(kept: Any, fields: dict[str, forms.Field]) -> dict[str, Any]:
    """A QueryDict as initial values."""
    found: dict[str, Any] = {}
    for name, field in fields.items():
        if name not in kept:
            continue
        several = isinstance(field, forms.MultipleChoiceField)
        found[name] = kept.getlist(name) if several else kept.get(name)
    return found
