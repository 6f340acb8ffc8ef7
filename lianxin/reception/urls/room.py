"""Addresses of the room on the day: screen, queue, record, signing."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
