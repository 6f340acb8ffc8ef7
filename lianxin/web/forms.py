"""How every form of the product looks and behaves: one renderer, one mixin, few widgets."""

import copy
from collections.abc import Callable, Sequence
from typing import Any, TypeGuard, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import UploadedFile
from django.core.validators import MaxLengthValidator
from django.forms.renderers import DjangoTemplates
from django.forms.utils import ErrorList, pretty_name
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.refused import Absent, Forbidden, Refused

F = TypeVar("F", bound=forms.Form)

#: Signs of a field of text that names no end of its own.
LONGEST = 20_000


class LxRenderer(DjangoTemplates):
    """FORM_RENDERER: fields and forms are drawn by templates/web/forms."""

    form_template_name = "web/forms/fields.html"
    field_template_name = "web/forms/field.html"


class LxErrorList(ErrorList):
    template_name = "web/forms/errors.html"


class LxForm:
    """Mixin for Form and ModelForm: `class AnswerForm(LxForm, forms.Form)`.

    Errors are said by the server in the page's language, so the browser's own bubbles are
    off; long texts grow; the phone's right keyboard comes up. No text is endless.
    """

    use_required_attribute = False
    refused: Refused | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        kwargs.setdefault("error_class", LxErrorList)
        super().__init__(*args, **kwargs)
        form: Any = self
        if not isinstance(form.base_fields, SharedFields):
            _dress(form.fields)


class SharedFields(dict[str, forms.Field]):
    """Fields that a class's forms use together: see `shares_fields`."""

    def __deepcopy__(self, memo: dict[int, Any]) -> dict[str, forms.Field]:
        return {
            name: copy.deepcopy(field, memo) if hasattr(field, "keeps_state") else field
            for name, field in self.items()
        }


def shares_fields(form_class: type[F]) -> type[F]:
    """For a form that is checked often: a copy of its fields costs more than the check.

    Its instances may leave a field out or put another in its place, and change none. A field that
    does change as it checks has the attribute `keeps_state`, and is copied all the same.
    """
    own = copy.deepcopy(form_class.base_fields)
    _dress(own)
    form_class.base_fields = SharedFields(own)
    return form_class


def _dress(fields: dict[str, forms.Field]) -> None:
    unsaid = forms.Field.default_error_messages["required"]
    for name, field in fields.items():
        if field.error_messages["required"] is unsaid:  # `==` would translate both.
            field.error_messages["required"] = format_lazy(
                _asked(field), label=field.label or pretty_name(name)
            )
        if _is_text(field) and field.max_length is None:
            field.validators.append(MaxLengthValidator(LONGEST))
        if field.required and "aria-required" not in field.widget.attrs:
            field.widget.attrs["aria-required"] = "true"
        if isinstance(field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
            # The group says it; a single radio or box must not.
            field.widget.attrs.pop("aria-required", None)


def _is_text(field: forms.Field) -> TypeGuard[forms.CharField]:
    is_other = isinstance(field, (forms.UUIDField, forms.JSONField))
    return isinstance(field, forms.CharField) and not is_other


def _asked(field: forms.Field) -> Any:
    if isinstance(field, forms.BooleanField):
        return _("Please tick: {label}")
    if isinstance(field, forms.ChoiceField):
        return _("Please choose: {label}")
    return _("Please fill in: {label}")


def attempt(form: forms.BaseForm, call: Callable[[], object]) -> Any:
    """Run a service call; a refusal becomes a sentence above the form, and None is returned.

    Forbidden and Absent are no matter of what was typed: they pass and become pages.
    """
    try:
        return call()
    except (Forbidden, Absent):
        raise
    except Refused as refused:
        form.add_error(None, ValidationError(str(refused.message), code=refused.code))
        form.refused = refused  # type: ignore[attr-defined]
        return None


def error_list(form: forms.BaseForm) -> list[tuple[str, str]]:
    """(sentence, "#id" of the control or "") of every error, in the order of the fields."""
    found = [(str(error), "") for error in form.non_field_errors()]
    for bound in form:
        for error in bound.errors:
            found.append((str(error), f"#{_target(bound)}"))
    return found


def _target(bound: forms.BoundField) -> str:
    return bound.id_for_label or f"{bound.auto_id}_0"


class ChipSelect(forms.RadioSelect):
    """One of a few words, as chips one can tap; works as radio buttons."""

    template_name = "web/widgets/chips.html"


class ChipSelectMultiple(forms.CheckboxSelectMultiple):
    template_name = "web/widgets/chips.html"


class PhoneInput(forms.TextInput):
    input_type = "tel"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__({"autocomplete": "tel", "inputmode": "tel", **(attrs or {})})


class DateInput(forms.DateInput):
    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class DateTimeInput(forms.DateTimeInput):
    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class PhotosInput(forms.ClearableFileInput):
    """Several photos: previews, smaller before sending, progress; a plain file input without JS."""

    allow_multiple_selected = True
    template_name = "web/widgets/photos.html"

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class PhotosField(forms.FileField):
    """Cleans to a list of uploads; what is in them is checked where they are attached.

    `max_files` photos of at most `max_megabytes` each; `accept` is the input's accept list.
    """

    widget = PhotosInput

    def __init__(
        self,
        *,
        max_files: int = 6,
        max_megabytes: int = 20,
        accept: str = "image/*",
        shrink: bool = True,
        **kwargs: Any,
    ) -> None:
        self.max_files, self.max_megabytes = max_files, max_megabytes
        self.accept, self.shrink = accept, shrink
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        attrs: dict[str, Any] = super().widget_attrs(widget)
        marks = {"accept": self.accept, "data-photos": str(self.max_files)}
        return {**attrs, **marks, **({"data-shrink": "2048"} if self.shrink else {})}

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile]:
        given: Sequence[Any] = data if isinstance(data, (list, tuple)) else [data]
        files = [upload for upload in given if upload]
        if not files:
            super().clean(None, initial)
            return []
        if len(files) > self.max_files:
            raise ValidationError(
                _("At most %(n)s files, please."), code="many", params={"n": self.max_files}
            )
        for upload in files:
            super().clean(upload, initial)
            if upload.size > self.max_megabytes * 1024 * 1024:
                raise ValidationError(
                    _("“%(name)s” is larger than %(n)s MB."),
                    code="large",
                    params={"name": upload.name, "n": self.max_megabytes},
                )
        return files
