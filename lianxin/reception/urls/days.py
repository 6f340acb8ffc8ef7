"""Addresses of reception days, year plan, calendar feeds."""

from __future__ import annotations

from django.urls import URLPattern, path

from lianxin.reception.views import days, feeds, meet

urlpatterns: list[URLPattern] = [
    path("reception/", meet.meet, name="meet"),
    path("reception/days/<uuid:day_id>/", meet.day, name="day"),
    path("desk/reception/days/", days.year, name="days"),
    path("desk/reception/days/print/", days.year_print, name="days-print"),
    path("desk/reception/days/plan/", days.plan_year, name="plan-year"),
    path("desk/reception/days/new/", days.extra_day, name="day-new"),
    path("desk/reception/days/patterns/new/", days.new_pattern, name="pattern-new"),
    path("desk/reception/days/patterns/<uuid:pattern_id>/", days.pattern, name="pattern"),
    path(
        "desk/reception/days/patterns/<uuid:pattern_id>/end/", days.end_pattern, name="pattern-end"
    ),
    path("desk/reception/days/<uuid:day_id>/", days.day, name="desk-day"),
    path("desk/reception/days/<uuid:day_id>/move/", days.move, name="day-move"),
    path("desk/reception/days/<uuid:day_id>/cancel/", days.cancel, name="day-cancel"),
    path("desk/reception/days/<uuid:day_id>/change/", days.change, name="day-change"),
    path("venues/<str:code>/calendar.ics", feeds.venue, name="venue-calendar"),
    path("grids/<uuid:grid_id>/calendar.ics", feeds.grid, name="grid-calendar"),
    path("deputy/calendar/", feeds.own, name="calendar"),
    path("deputy/calendar/<str:code>.ics", feeds.deputy, name="deputy-calendar"),
]
