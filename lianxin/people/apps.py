from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class PeopleConfig(AppConfig):
    name = "lianxin.people"
    label = "people"

    def ready(self) -> None:
        post_migrate.connect(_roles_are_there, sender=self, dispatch_uid="people.roles")


def _roles_are_there(*, using: str, **kwargs: Any) -> None:
    """The built-in roles are part of the schema: no installation is without them."""
    from lianxin.people import services

    services.ensure_roles(using=using)
