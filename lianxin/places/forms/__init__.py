"""Forms of places. `DivisionField` serves the forms of every app above."""

from lianxin.places.forms.calendar import DayForm, HoursForm, NoticeForm
from lianxin.places.forms.division_field import DivisionField, DivisionInput

__all__ = ("DayForm", "DivisionField", "DivisionInput", "HoursForm", "NoticeForm")
