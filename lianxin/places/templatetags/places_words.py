"""Names of places in templates."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext as _

from lianxin.places.queries import DivisionName

register = template.Library()


@register.filter
def place_name(code: str, names: Mapping[str, DivisionName]) -> str:
    """The path of a code from `names_for(…)`; “everywhere” for the empty code."""
    if not code:
        return _("everywhere")
    return names[code].text if code in names else code
