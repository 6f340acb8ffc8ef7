from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db.models.signals import post_migrate


class KernelConfig(AppConfig):
    name = "lianxin.kernel"
    label = "kernel"

    def ready(self) -> None:
        post_migrate.connect(_after_migration, dispatch_uid="kernel.after_migration")


def _after_migration(*, app_config: AppConfig, plan: Any = (), **kwargs: Any) -> None:
    from lianxin.kernel.db import restore_extras
    from lianxin.kernel.roles import grant
    from lianxin.kernel.rowsecurity import secure

    secure(app_config.label)
    if settings.DATABASE_ROLE:
        grant(app_config.label, settings.DATABASE_ROLE)
    if any(migration.app_label == app_config.label for migration, _backwards in plan):
        restore_extras(app_config.label)
