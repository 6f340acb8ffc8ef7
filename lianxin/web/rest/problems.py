"""Every way in which the API says no: problem+json with a sentence in the asked language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from ninja.errors import ValidationError

from lianxin.kernel.refused import Refused
from lianxin.web.middleware import problem


class Unreadable(Refused):
    message = gettext_lazy("This request cannot be read.")
    code = "unreadable"
    status = 400


class KeyMissing(Refused):
    message = gettext_lazy("The header Idempotency-Key is missing.")
    code = "idempotency_key"
    status = 400


class Unknown(Refused):
    """No valid access key came along."""

    message = gettext_lazy("This needs a valid access key: Authorization: Bearer …")
    code = "access_key"
    status = 401


class WrongMethod(Refused):
    message = gettext_lazy("This address does not know that method.")
    code = "method"
    status = 405


class NotInThatForm(Refused):
    message = gettext_lazy("Answers come as application/json only.")
    code = "not_acceptable"
    status = 406


class TooLarge(Refused):
    message = gettext_lazy("This is larger than is taken here.")
    code = "too_large"
    status = 413


class WrongForm(Refused):
    message = gettext_lazy("The body must be application/json.")
    code = "media_type"
    status = 415


class Invalid(Refused):
    """Values that cannot be used, each with where it stood, its name and a sentence."""

    message = gettext_lazy("Some values cannot be used.")
    code = "invalid"
    status = 422

    def __init__(self, fields: Iterable[tuple[str, str, str]]) -> None:
        super().__init__()
        self.fields = [
            {"place": place, "name": name, "message": message} for place, name, message in fields
        ]


class Unfit(Invalid):
    """The same where the shape is right and a rule is not met: a date too early, no consent."""

    code = "unfit"


def answer(request: HttpRequest, refused: Refused) -> HttpResponse:
    """The refusal as problem+json, with the faults of fields and the seconds to wait."""
    response = problem(request, refused, fields=getattr(refused, "fields", None))
    if refused.retry_after:
        response.headers["Retry-After"] = str(refused.retry_after)
    if isinstance(refused, Unknown):
        response.headers["WWW-Authenticate"] = "Bearer"
    return response


def of_validation(error: ValidationError) -> Refused:
    """What pydantic found, in our words; a missing Idempotency-Key is 400 by its RFC."""
    found = list(error.errors)
    if any(one["loc"][-1] == "Idempotency-Key" and one["type"] == "missing" for one in found):
        return KeyMissing()
    return Invalid(_fault(one) for one in found)


def of_form(form: BaseForm, names: Mapping[str, str] | None = None) -> Unfit:
    """What a form found; `names` says what its fields are called in the body."""
    names = names or {}
    return Unfit(
        ("body", names.get(name, "" if name == "__all__" else name), " ".join(map(str, said)))
        for name, said in form.errors.items()
    )


def _fault(error: Mapping[str, Any]) -> tuple[str, str, str]:
    place, *path = (str(part) for part in error["loc"])
    # ninja puts the name of the parameter before the name of the field in a body.
    named = path[1:] if place == "body" and len(path) > 1 else path
    return place, ".".join(named), _words(error["type"], error.get("ctx", {}))


def _words(kind: str, given: Mapping[str, Any]) -> str:
    match kind:
        case "missing":
            return _("This is missing.")
        case "extra_forbidden":
            return _("There is no such field.")
        case "string_too_long":
            most = int(given["max_length"])
            return ngettext(
                "At most %(n)s character, please.", "At most %(n)s characters, please.", most
            ) % {"n": most}
        case "string_too_short" | "too_short":
            return _("This may not be empty.")
        case "too_long":
            return _("These are too many.")
        case "literal_error":
            return _("Please use one of: %(words)s.") % {"words": given.get("expected", "")}
        case "date":
            return _("A day is written like 2026-11-02.")
        case "uuid" | "uuid_parsing" | "uuid_type":
            return _("This is no key of anything here.")
    return _("This value is of another kind than it should be.")
