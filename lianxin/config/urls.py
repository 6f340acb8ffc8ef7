"""Every address of the installation, app by app. Each app chooses its own words below its prefix."""

from importlib.util import find_spec

from django.urls import URLPattern, URLResolver, include, path

PREFIXES = {
    "reception": "",
    "cases": "",
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
    path(prefix, include(f"lianxin.{app}.urls"))
    for app, prefix in PREFIXES.items()
    if find_spec(f"lianxin.{app}.urls")
]
