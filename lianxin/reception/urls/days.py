"""Addresses of reception days, year plan, calendar feeds."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
