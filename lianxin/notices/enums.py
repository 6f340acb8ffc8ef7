"""The notices' words."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Channel(TextChoices):
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")


class DeliveryState(TextChoices):
    WAITING = "waiting", _("Waiting")
    SENT = "sent", _("Sent")
    FAILED = "failed", _("Failed")


DELIVERY_MOVES: dict[str, dict[str, str]] = {
    DeliveryState.WAITING: {"send": DeliveryState.SENT, "fail": DeliveryState.FAILED},
    DeliveryState.FAILED: {"retry": DeliveryState.WAITING},
    DeliveryState.SENT: {},
}
