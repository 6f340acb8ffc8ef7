"""What is typed about undelivered events."""

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.web.forms import LxForm


class GiveUpForm(LxForm, forms.Form):
    reason = forms.CharField(
        label=_("Why will it never be delivered?"),
        help_text=_(
            "For example: the resident was called instead. The journal keeps this with your name."
        ),
        max_length=200,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
