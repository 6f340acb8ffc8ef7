"""Forms of venues."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.web.forms import LxForm


class ImportForm(LxForm, forms.Form):
    table = forms.FileField(
        label=_("Excel table (xlsx)"),
        help_text=_("At most 20,000 rows. Nothing is changed before you have looked through it."),
        widget=forms.FileInput(attrs={"accept": ".xlsx"}),
    )
