"""Addresses of a deputy's own turns, swaps, leave, check-in."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
