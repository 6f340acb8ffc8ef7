"""How an app opens its operations: a read or an act, named after its function."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_cache_control
from django.utils.functional import Promise
from ninja import Router
from ninja.decorators import decorate_view

from lianxin.web.kept import compared

#: Where the description says it once (lianxin.web.rest.document).
PUT_OFF = {"$ref": "#/components/responses/429"}
View = TypeVar("View", bound=Callable[..., Any])
Run = Callable[..., HttpResponse]


class Doors(Router):
    """The operations of an app, or of one audience of it. `tags` groups them on the page."""

    def __init__(self, tag: str | Promise) -> None:
        super().__init__(tags=[tag])  # type: ignore[list-item]

    def read(
        self,
        path: str,
        gives: Any,
        summary: str | Promise,
        *,
        kept: int = 0,
        is_guessed: bool = False,
    ) -> Callable[[View], View]:
        """GET. `kept`: for how many seconds anybody may keep the answer, which then has an ETag.
        `is_guessed`: the address holds a secret code, and whoever tries too many is put off (429).
        """

        def opened(view: View) -> View:
            answers = {200: gives, 304: None} if kept else {200: gives}
            more = {"responses": {429: PUT_OFF}} if is_guessed else {}
            named = _named(view, summary)
            door = self.get(path, response=answers, openapi_extra=more, **named)
            return door(decorate_view(_kept(kept))(view) if kept else view)

        return opened

    def act(
        self, path: str, gives: Any, summary: str | Promise, *, status: int = 200
    ) -> Callable[[View], View]:
        """POST: one service call. `status` is what it answers when it is done."""

        def opened(view: View) -> View:
            return self.post(path, response={status: gives}, **_named(view, summary))(view)

        return opened


def _named(view: Callable[..., Any], summary: str | Promise) -> dict[str, Any]:
    name = view.__name__
    return {"operation_id": name, "url_name": name.replace("_", "-"), "summary": summary}


def _kept(seconds: int) -> Callable[[Run], Run]:
    """Public and the same for everybody; not sent again to whoever has it."""

    def outer(run: Run) -> Run:
        @wraps(run)
        def answered(request: HttpRequest, **named: Any) -> HttpResponse:
            response = run(request, **named)
            if response.status_code != 200:
                return response
            patch_cache_control(response, public=True, max_age=seconds)
            return compared(request, response)

        return answered

    return outer
