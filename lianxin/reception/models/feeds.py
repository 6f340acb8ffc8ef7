"""Secret addresses of deputies' calendars."""

from __future__ import annotations

from django.db import models

from lianxin.congress.models import Deputy
from lianxin.kernel.fields import SealedTextField
from lianxin.kernel.models import Entity


class CalendarKey(Entity):
    """The secret in the address of a deputy's calendar feed. A new one makes the old one useless."""

    deputy = models.OneToOneField(Deputy, on_delete=models.CASCADE, related_name="calendar_key")
    token = SealedTextField(default="")
    token_digest = models.BinaryField(unique=True, editable=False)
    made_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.deputy_id)
