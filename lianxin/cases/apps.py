"""Residents' cases (诉求): filing, screening, tracking, publication."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "lianxin.cases"
    label = "cases"
    verbose_name = _("Cases")

    def ready(self) -> None:
        post_migrate.connect(_ensure_catalogue, sender=self)


def _ensure_catalogue(**_kwargs: Any) -> None:
    from lianxin.cases.services.catalogue import ensure_catalogue

    ensure_catalogue()
