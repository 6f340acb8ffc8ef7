"""The one engine for everything that is handed on with a clock and owes an answer."""

from __future__ import annotations

from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class HandlingConfig(AppConfig):
    name = "lianxin.handling"
    label = "handling"
    verbose_name = _("Handling")

    def ready(self) -> None:
        post_migrate.connect(_ensure_defaults, sender=self)


def _ensure_defaults(**_kwargs: Any) -> None:
    from lianxin.handling.services.clockrules import ensure_defaults

    ensure_defaults()
