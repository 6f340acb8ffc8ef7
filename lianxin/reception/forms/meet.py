"""The question with which a resident comes: where do you live?"""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.places.forms import DivisionField
from lianxin.web.forms import LxForm


class WhereForm(LxForm, forms.Form):
    place = DivisionField(
        label=_("Where do you live"),
        help_text=_("Community or village, or at least the street or township."),
    )
