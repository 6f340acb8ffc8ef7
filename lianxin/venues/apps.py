"""Venues (阵地): homes, stations, rooms, their deputies, boards and pages."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class VenuesConfig(AppConfig):
    name = "lianxin.venues"
    label = "venues"

    def ready(self) -> None:
        post_migrate.connect(_ensure_checkpoints, sender=self)


def _ensure_checkpoints(**_kwargs: Any) -> None:
    from lianxin.venues.services.checkpoints import ensure_checkpoints

    ensure_checkpoints()
