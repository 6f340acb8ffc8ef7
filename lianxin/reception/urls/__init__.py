"""Addresses of reception, a file per part."""

from __future__ import annotations

from lianxin.reception.urls import bookings, days, deputy, duty, room, rota

app_name = "reception"

urlpatterns = [
    *days.urlpatterns,
    *rota.urlpatterns,
    *deputy.urlpatterns,
    *duty.urlpatterns,
    *bookings.urlpatterns,
    *room.urlpatterns,
]
