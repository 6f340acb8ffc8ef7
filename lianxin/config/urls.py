"""Every address of the installation. Each app says its own words; none has a prefix."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

APPS = (
    "cases",
    "handling",
    "venues",
    "notices",
    "congress",
    "people",
    "places",
    "record",
    "web",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include(f"lianxin.{app}.urls")) for app in APPS if find_spec(f"lianxin.{app}.urls")
]
