"""How near a due moment is, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Working days until a due moment: 0 on its day, negative when they have passed.

    `assumed`: the due moment lies in a year whose holidays are not announced yet.
    """

    days: int
    overdue: bool
    today: bool
    assumed: bool

    def __str__(self) -> str:
        if self.overdue:
            return self._overdue()
        if self.today:
            return _("due today")
        if self.days == 0:
            return _("less than one working day left")
        return ngettext(
            "%(days)s working day left", "%(days)s working days left", self.days
        ) % {"days": self.days}

    def _overdue(self) -> str:
        if self.days == 0:
            return _("overdue since today") if self.today else _("just overdue")
        return ngettext(
            "%(days)s working day overdue", "%(days)s working days overdue", -self.days
        ) % {"days": -self.days}
