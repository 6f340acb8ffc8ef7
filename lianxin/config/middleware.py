"""What every request gets from the installation as a whole."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.backends.base import SessionBase
from django.http import HttpRequest, HttpResponse
from django.utils.functional import cached_property

from lianxin.kernel import data_keys, scope
from lianxin.kernel.clock import now
from lianxin.kernel.reference import one_look

if TYPE_CHECKING:
    from lianxin.congress.models import Actor

GetResponse = Callable[[HttpRequest], HttpResponse]

# A page may ask for the position when a resident reports a place, and for nothing else.
FEATURES = (
    "geolocation=(self), camera=(), microphone=(), payment=(), usb=(), serial=(), "
    "magnetometer=(), gyroscope=(), accelerometer=()"
)


class BrowserFeatures:
    """Sends the Permissions-Policy header."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Permissions-Policy", FEATURES)
        return response


class OneLook:
    """A page that is only read takes what is remembered as of one moment: it asks for the stamps
    once (kernel/reference.py), and not at all where it needs nothing of the kind."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.method not in ("GET", "HEAD"):
            return self.get_response(request)
        with one_look(later=True):
            return self.get_response(request)


class ActingPerson:
    """Gives every request its `actor`: who acts, with posts and abilities; None when nobody
    is signed in.

    Whoever acts has used the session, which is noted; other posts than before change its key.
    It is read from the database on first use, so that a public page costs no query and
    touches no session. The attribute sits on Django's class because a lazy stand-in
    could not answer `request.actor is None`. In the API it is the person of the access key
    (`access_key`), whatever session the request carries.

    A page behind the sign-in reads and writes the rows of who is signed in, whatever its view asks
    for (kernel/scope.py). Pages for everybody show what is public from anywhere, and what is not
    only to whoever brings its code: their queries are what holds them, not the scope.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        for name, read in (("actor", _actor), ("access_key", _access_key)):
            lazy = cached_property(read)
            lazy.__set_name__(HttpRequest, name)
            setattr(HttpRequest, name, lazy)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        why = "a page for everybody, until its view turns out to need a sign-in"
        with scope.everywhere(why), data_keys.one_act():
            return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> None:
        from lianxin.config.scopes import scope_of

        if hasattr(view, "login_url"):  # what `login_required` leaves on a view
            scope.settle(scope_of(request.actor))


def _actor(request: HttpRequest) -> object | None:
    from lianxin.congress.queries import actor_for

    if request.path.startswith(settings.API_PATH):
        key = request.access_key
        return actor_for(key.account) if key else None
    if not request.user.is_authenticated:
        return None
    actor = actor_for(request.user)
    note_use(request.session, actor, now())
    return actor


def note_use(session: SessionBase, actor: Actor, at: datetime) -> None:
    """The session was used by somebody with these posts."""
    from lianxin.people.services import see

    posts = [f"{post.role} {post.organ_id}" for post in actor.posts]
    see(session, posts=posts, roles=[post.role for post in actor.posts], at=at)


class ProvenPhone:
    """Gives every request its `resident`: the running session of a phone, or None.

    Read on first use, as `actor` is: a public page asks nothing and opens no session.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        resident = cached_property(_resident)
        resident.__set_name__(HttpRequest, "resident")
        HttpRequest.resident = resident

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)


def _resident(request: HttpRequest) -> object | None:
    from lianxin.people.services import residents

    return residents.resume(key=request.COOKIES.get(settings.RESIDENT_COOKIE, ""), at=now())


def _access_key(request: HttpRequest) -> object | None:
    """The access key that came along and works from where it came."""
    from lianxin.people.queries import key_behind
    from lianxin.people.rules import works_from
    from lianxin.web.visitors import address_of

    scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not text:
        return None
    key = key_behind(text.strip(), at=now())
    return key if key and works_from(key, address_of(request)) else None
