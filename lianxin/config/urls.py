"""Every address of the installation, app by app. Each app chooses its own words below its prefix."""

from importlib.util import find_spec

from django.conf import settings
from django.urls import URLPattern, URLResolver, include, path

from lianxin.config import views
from lianxin.config.api import api
from lianxin.web.rest.guide import document_view, guide_view

#: Residents' pages first: an address is compared with one after the other.
PREFIXES = {
    "cases": "",
    "reception": "",
    "handling": "",
    "venues": "",
    "notices": "",
    "congress": "",
    "people": "",
    "places": "",
    "record": "",
    "web": "",
}

urlpatterns: list[URLPattern | URLResolver] = [
    path("health/", views.alive, name="health"),
    path("ready/", views.ready, name="ready"),
    path("metrics/", views.figures, name="metrics"),
    *(
        path(prefix, include(f"lianxin.{app}.urls"))
        for app, prefix in PREFIXES.items()
        if find_spec(f"lianxin.{app}.urls")
    ),
]
urlpatterns += [
    path("api/", guide_view(api), name="api-guide"),
    path(
        settings.API_PATH.lstrip("/"),
        include(
            ([path("openapi.json", document_view(api), name="document"), *api.addresses], "api")
        ),
    ),
]

handler500 = "lianxin.web.views.broken"
