"""The notices' words."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.models import OutboxMessage


class Channel(TextChoices):
    SMS = "sms", _("Text message")
    EMAIL = "email", _("E-mail")


class DeliveryState(TextChoices):
    WAITING = "waiting", _("Waiting to be sent")
    SENT = "sent", _("Message sent")
    FAILED = "failed", _("Message failed")


#: States of kernel.OutboxMessage: "deliver" and "park" are the workers', the others an operator's.
EVENT_MOVES: dict[str, dict[str, str]] = {
    OutboxMessage.State.PENDING: {
        "deliver": OutboxMessage.State.DONE,
        "park": OutboxMessage.State.PARKED,
    },
    OutboxMessage.State.PARKED: {
        "retry": OutboxMessage.State.PENDING,
        "give_up": OutboxMessage.State.GIVEN_UP,
    },
    OutboxMessage.State.DONE: {},
    OutboxMessage.State.GIVEN_UP: {},
}

DELIVERY_MOVES: dict[str, dict[str, str]] = {
    DeliveryState.WAITING: {"send": DeliveryState.SENT, "fail": DeliveryState.FAILED},
    DeliveryState.FAILED: {"retry": DeliveryState.WAITING},
    DeliveryState.SENT: {},
}
