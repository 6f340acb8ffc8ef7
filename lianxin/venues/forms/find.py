"""The forms of “find my deputy”: a place by its path, a position."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.places.forms import DivisionField
from lianxin.web.forms import LxForm


class PlaceForm(LxForm, forms.Form):
    """Sent by GET: its answer is a page with an address of its own."""

    division = DivisionField(label=_("Choose the place"))


class PositionForm(forms.Form):
    """Degrees of WGS-84, as the browser gives them."""

    lat = forms.FloatField(min_value=-90, max_value=90)
    lng = forms.FloatField(min_value=-180, max_value=180)
