"""The period of a ledger."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from lianxin.cases.queries.ledger import Period
from lianxin.kernel import clock
from lianxin.web.forms import DateInput, LxForm

LONGEST_DAYS = 3 * 366


class PeriodForm(LxForm, forms.Form):
    """From and until, the present year when nothing is given."""

    since = forms.DateField(label=_("From"), widget=DateInput())
    until = forms.DateField(label=_("Until"), widget=DateInput())

    @classmethod
    def of(cls, data: Any) -> PeriodForm:
        today = clock.local_date(clock.now())
        given = {"since": data.get("since"), "until": data.get("until")}
        return cls(
            {"since": given["since"] or date(today.year, 1, 1), "until": given["until"] or today}
        )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        since, until = data.get("since"), data.get("until")
        if since and until and since > until:
            self.add_error("until", _("The period ends before it begins."))
        elif since and until and (until - since).days > LONGEST_DAYS:
            self.add_error("until", _("At most three years at once."))
        return data

    def period(self) -> Period:
        """What was asked for; where it makes no sense, the present year."""
        if self.is_valid():
            return Period(self.cleaned_data["since"], self.cleaned_data["until"])
        today = clock.local_date(clock.now())
        return Period(date(today.year, 1, 1), today)
