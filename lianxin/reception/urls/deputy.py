"""Addresses of a deputy's own turns, swaps, leave, check-in."""

from __future__ import annotations

from django.urls import URLPattern, path

from lianxin.reception.views import attendance, deputy

urlpatterns: list[URLPattern] = [
    path("deputy/reception/", deputy.mine, name="mine"),
    path("deputy/reception/turns/<uuid:shift_id>/swap/", deputy.swap_with, name="swap-with"),
    path("deputy/reception/swaps/<uuid:swap_id>/", deputy.swap, name="swap"),
    path("deputy/reception/swaps/<uuid:swap_id>/withdraw/", deputy.withdraw, name="swap-withdraw"),
    path("deputy/reception/away/", deputy.days_away, name="away"),
    path("deputy/reception/away/<uuid:away_id>/back/", deputy.away_back, name="away-back"),
    path("deputy/check-in/", deputy.check_in, name="check-in"),
    path("deputy/check-in/<str:token>/", deputy.check_in_code, name="check-in-code"),
    path("desk/reception/swaps/", attendance.swap_list, name="swaps"),
    path("desk/reception/swaps/<uuid:swap_id>/", attendance.swap_decide, name="swap-decide"),
    path(
        "desk/reception/attendance/seats/<uuid:shift_id>/",
        attendance.substitute,
        name="substitute",
    ),
    path("desk/reception/attendance/", attendance.overview, name="attendance"),
    path("desk/reception/days/<uuid:day_id>/attendance/", attendance.day, name="day-attendance"),
    path("desk/reception/attendance/away/", attendance.desk_away, name="desk-away"),
    path(
        "desk/reception/attendance/away/<uuid:away_id>/back/",
        attendance.desk_away_back,
        name="desk-away-back",
    ),
]
