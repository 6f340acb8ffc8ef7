"""The entry of the web server."""

import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.config.settings")
_inside = get_wsgi_application()


def _warm() -> None:
    """What the first visitor would wait for: every address, and the dictionary of words."""
    from django.urls import get_resolver

    from lianxin.config import doors
    from lianxin.kernel import search

    get_resolver().url_patterns  # noqa: B018  (read once, then kept)
    search.cut("")
    doors.warm()


def _application() -> object:
    from django.conf import settings

    from lianxin.config.doors import Doors

    return Doors(_inside, working=settings.WEB_THREADS, waiting=settings.WEB_WAITING)


_warm()
application = _application()
# What is there now stays: the collector need not look through it again and again.
gc.collect()
gc.freeze()
