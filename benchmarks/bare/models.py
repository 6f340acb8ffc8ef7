"""One table, made without migrations by `migrate --run-syncdb`."""

from django.db import models
from django.utils import timezone

from lianxin.kernel.ids import uuid7


class Line(models.Model):
    """A row like others of the product: a UUIDv7, a moment, some words."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    at = models.DateTimeField(default=timezone.now, db_index=True)
    words = models.TextField()

    def __str__(self) -> str:
        return self.words
