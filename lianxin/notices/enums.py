"""The notices' words."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")


class DeliveryState(TextChoices):
    WAITING = "waiting", _("Waiting to be sent")
    SENT = "sent", _("Message sent")
    FAILED = "failed", _("Message failed")


DELIVERY_MOVES: dict[str, dict[str, str]] = {
    DeliveryState.WAITING: {"send": DeliveryState.SENT, "fail": DeliveryState.FAILED},
    DeliveryState.FAILED: {"retry": DeliveryState.WAITING},
    DeliveryState.SENT: {},
}
