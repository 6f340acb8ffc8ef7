"""Addresses of bookings: public pages, links, the desk's list, the port for other channels."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
