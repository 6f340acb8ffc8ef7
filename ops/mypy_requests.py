"""Tells mypy what our middleware puts on every request: `actor`, `access_key`, `resident` and `elder`."""

from mypy.plugin import ClassDefContext, Plugin
from mypy.plugins.common import add_attribute_to_class
from mypy.types import AnyType, TypeOfAny

ADDED = ("actor", "access_key", "resident", "elder")


def _add(context: ClassDefContext) -> None:
    for name in ADDED:
        if name not in context.cls.info.names:
            add_attribute_to_class(context.api, context.cls, name, AnyType(TypeOfAny.special_form))


class RequestPlugin(Plugin):
    def get_customize_class_mro_hook(self, fullname: str):
        return _add if fullname == "django.http.request.HttpRequest" else None


def plugin(version: str):
    return RequestPlugin
