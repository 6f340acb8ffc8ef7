"""Language and elder mode from cookies; the one place that turns Refused into a page."""

import logging
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.outages import outage
from lianxin.kernel.refused import Refused

logger = logging.getLogger(__name__)
Fields = Sequence[tuple[str, str]]
Respond = Callable[[HttpRequest], HttpResponse]
SAFE = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})
_PROGRAMS = ("application/problem+json", "application/json")
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")
LANGUAGE_COOKIE = "lang"
ELDER_COOKIE = "elder"


class ForeignPage(Refused):
    message = _("This was sent from a page that is not ours, and was not taken.")
    code = "foreign_page"
    status = 403
    hint = _("Please open the page here and send it again.")


class Preferences:
    """Activates the language of the `lang` cookie (Chinese without one, whatever the browser
    prefers) and sets `request.elder`. Answers vary by cookie."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response
        self.known = {code for code, _name in settings.LANGUAGES}

    def __call__(self, request: HttpRequest) -> HttpResponse:
        asked = request.COOKIES.get(LANGUAGE_COOKIE, "")
        language = asked if asked in self.known else settings.LANGUAGE_CODE
        request.LANGUAGE_CODE = language
        request.elder = request.COOKIES.get(ELDER_COOKIE) == "1"
        with translation.override(language):
            response = self.get_response(request)
        response.headers.setdefault("Content-Language", language)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["Cookie"])
        return response


class OwnPagesAlone:
    """A browser may write only from a page of this installation, whatever view it writes to.

    Asked before any token, so that it holds for addresses without one as well. Browsers always say
    where a write comes from (`Sec-Fetch-Site`, `Origin`); programs say nothing, and bring a key.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in SAFE and not _is_own(request):
            return refusal(request, ForeignPage())
        return self.get_response(request)


def _is_own(request: HttpRequest) -> bool:
    origin = request.headers.get("Origin")
    if origin is not None:
        here = f"{request.scheme}://{request.get_host()}"
        return origin == here or origin in settings.CSRF_TRUSTED_ORIGINS
    return request.headers.get("Sec-Fetch-Site", "none") in ("same-origin", "none")


class RefusedPages:
    """A Refused that nobody caught: a page, for htmx a partial, for programs problem+json.

    An outage (database away, disk full …) is one, too, and no mistake of ours.
    """

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, Refused):
            return refusal(request, exception)
        interrupted = outage(exception)
        if interrupted is None:
            return None
        logger.error("%s: %s: %s", interrupted.code, type(exception).__name__, exception)
        return refusal(request, interrupted, again=_sent(request))


#: Fields whose values never come back in a page: passwords, codes, answers of passkeys.
_SECRET = frozenset({"password", "old", "new", "again", "code", "answer"})


class NoText(Refused):
    message = _("The address or the form holds a character that no text has.")
    code = "no_text"
    status = 400


class PlainText:
    """Refuses NUL in addresses and forms: no text has one, and PostgreSQL takes none."""

    def __init__(self, get_response: Respond) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return refusal(request, NoText())
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponse | None:
        # After the CSRF check, which has read the form already; the API reads its bodies itself.
        is_page = not request.path.startswith(settings.API_PATH)
        if is_page and request.method == "POST" and request.content_type in FORMS:
            held = (value for _name, values in request.POST.lists() for value in values)
            if any("\x00" in value for value in held):
                return refusal(request, NoText())
        return None


def _sent(request: HttpRequest) -> Fields:
    """What a form sent, to be sent once more; nothing where a file or a secret was in it."""
    if request.FILES or any(n in _SECRET or "password" in n for n in request.POST):
        return []
    return [(name, value) for name, values in request.POST.lists() for value in values]


def refusal(request: HttpRequest, refused: Refused, again: Fields = ()) -> HttpResponse:
    """The answer to a refused request, in the form the asker understands; `again` are the fields
    that its page offers to send once more."""
    response = _said(request, refused, again)
    if refused.retry_after:
        response.headers["Retry-After"] = str(refused.retry_after)
    response.headers["Cache-Control"] = "no-store"
    patch_vary_headers(response, ["Accept", "HX-Request"])
    return response


def _said(request: HttpRequest, refused: Refused, again: Fields) -> HttpResponse:
    if request.headers.get("HX-Request") == "true":
        if refused.leads_to:
            return HttpResponse(headers={"HX-Redirect": _way_to(request, refused)})
        response = render(request, "web/parts/refused.html", {"refused": refused})
        response.status_code = refused.status
        response.headers["HX-Retarget"] = "#says"
        response.headers["HX-Reswap"] = "innerHTML"
        return response
    wanted = request.get_preferred_type(["text/html", *_PROGRAMS])
    if wanted in _PROGRAMS or request.path.startswith(settings.API_PATH):
        return problem(request, refused)
    if refused.leads_to:
        return HttpResponseRedirect(_way_to(request, refused))
    page = "web/unavailable.html" if refused.status == 503 else "web/refused.html"
    return render(request, page, {"refused": refused, "again": again}, status=refused.status)


def _way_to(request: HttpRequest, refused: Refused) -> str:
    """To the page that supplies what is missing; it leads back to where the person was."""
    here = request.get_full_path()
    if request.method != "GET" or request.headers.get("HX-Request") == "true":
        came = urlsplit(request.headers.get("Referer", ""))
        here = urlunsplit(("", "", came.path or "/", came.query, ""))
        if came.netloc != request.get_host() or not url_has_allowed_host_and_scheme(here, None):
            here = "/"
    return f"{reverse(refused.leads_to)}?{urlencode({'next': here})}"


def problem(
    request: HttpRequest, refused: Refused, *, fields: list[dict[str, str]] | None = None
) -> HttpResponse:
    """The refusal for programs: problem+json (RFC 9457); `fields` says what is wrong where."""
    said: dict[str, Any] = {
        "type": "about:blank",
        "title": str(refused.message),
        "status": refused.status,
        "code": refused.code,
        "instance": request.path,
    }
    if refused.hint:
        said["detail"] = str(refused.hint)
    if fields:
        said["fields"] = fields
    return JsonResponse(
        said,
        status=refused.status,
        content_type="application/problem+json",
        json_dumps_params={"ensure_ascii": False},
    )
