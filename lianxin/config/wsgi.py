"""The entry of the web server."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.config.settings")
application = get_wsgi_application()


def _warm() -> None:
    """What the first visitor would wait for: every address, and the dictionary of words."""
    from django.urls import get_resolver

    from lianxin.kernel import search

    get_resolver().url_patterns  # noqa: B018  (read once, then kept)
    search.cut("")


_warm()
