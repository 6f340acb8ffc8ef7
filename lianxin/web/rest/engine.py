"""django-ninja as this house has it: strict bodies, problem+json everywhere, no page of its own."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, re_path
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.csrf import csrf_exempt
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.renderers import JSONRenderer

from lianxin.kernel import idempotency
from lianxin.kernel.outages import outage
from lianxin.kernel.refused import Absent, Refused
from lianxin.web.rest.document import completed
from lianxin.web.rest.problems import (
    TooLarge,
    Unknown,
    Unreadable,
    WrongMethod,
    answer,
    of_validation,
)
from lianxin.web.rest.reading import StrictJSON, check_request, language_of

logger = logging.getLogger(__name__)
View = Callable[..., HttpResponse]


class PlainJSON(JSONRenderer):
    json_dumps_params = {"ensure_ascii": False, "allow_nan": False}


class Api(NinjaAPI):
    """All refusals, ours and ninja's, leave as problem+json."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            parser=StrictJSON(), renderer=PlainJSON(), openapi_url=None, docs_url=None, **more
        )
        for kind, told in _TOLD.items():
            self.add_exception_handler(kind, _handler(told))

    @property
    def addresses(self) -> list[URLPattern]:
        """Every operation behind the guard, and one door for addresses that do not exist."""
        found = [one for one in self.urls[0] if isinstance(one, URLPattern)]
        doors = [
            URLPattern(one.pattern, guarded(one.callback), one.default_args, one.name)
            for one in found
            if one.name != "api-root"
        ]
        return [*doors, re_path("", guarded(nowhere), name="nowhere")]

    def document(self) -> dict[str, Any]:
        """The OpenAPI 3.1 description, in the language in force."""
        return completed(dict(self.get_openapi_schema(path_prefix="")))


def guarded(view: View) -> View:
    """Speaks the asked language, refuses what cannot be answered, and keeps nothing by default."""

    @csrf_exempt  # no cookie opens anything here
    @wraps(view)
    def answered(request: HttpRequest, **named: Any) -> HttpResponse:
        language = language_of(request)
        with translation.override(language):
            response = _answered(view, request, named)
        response.headers["Content-Language"] = language
        response.headers.setdefault("Cache-Control", "no-store")
        patch_vary_headers(response, ["Accept-Language"])
        return response

    return answered


def _answered(view: View, request: HttpRequest, named: dict[str, Any]) -> HttpResponse:
    try:
        check_request(request)
        if request.method == "HEAD":
            request.method = "GET"  # the server leaves the body out
        with idempotency.without_waiting():
            response = view(request, **named)
    except Refused as refused:
        return answer(request, refused)
    except Exception as error:
        interrupted = outage(error)
        if interrupted is None:
            raise
        logger.error("%s: %s: %s", interrupted.code, type(error).__name__, error)
        return answer(request, interrupted)
    if response.status_code == 405:
        told = answer(request, WrongMethod())
        told.headers["Allow"] = response.headers["Allow"]
        return told
    return response


def nowhere(request: HttpRequest) -> HttpResponse:
    """No such address: a problem, too."""
    raise Absent


def _of_http(error: HttpError) -> Refused:
    """ninja's own; what our parser refused stands behind it."""
    cause = error.__cause__
    if isinstance(cause, Refused):
        return cause
    return Unknown() if error.status_code == 401 else Unreadable()


_TOLD: dict[type[Exception], Callable[[Any], Refused]] = {
    Refused: lambda error: error,
    ValidationError: of_validation,
    HttpError: _of_http,
    Http404: lambda error: Absent(),
    RequestDataTooBig: lambda error: TooLarge(),
    SuspiciousOperation: lambda error: Unreadable(),
    MultiPartParserError: lambda error: Unreadable(),
}


def _handler(told: Callable[[Any], Refused]) -> Callable[[HttpRequest, Any], HttpResponse]:
    return lambda request, error: answer(request, told(error))
