"""How near a due moment is, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from lianxin.web.dates import due_tone, due_words


@dataclass(frozen=True, slots=True)
class TimeLeft:
    """Working days until a due moment: 0 on its day, negative when they have passed.

    `assumed`: the due moment lies in a year whose holidays are not announced yet.
    """

    days: int
    overdue: bool
    today: bool
    assumed: bool

    @property
    def tone(self) -> str:
        """bad when over, warn on the last two working days, neutral before."""
        return "bad" if self.overdue else due_tone(self.days)

    def __str__(self) -> str:
        if self.days == 0 and self.overdue:
            return _("due today, and late") if self.today else _("just overdue")
        if self.days == 0 and not self.today:
            return _("less than one working day left")
        return due_words(self.days)
