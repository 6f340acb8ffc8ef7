"""Verbs of notices: tell people inside, send messages outside."""

from lianxin.notices.services.deliveries import (
    deliver,
    deliver_due,
    forget_addresses,
    forget_sent,
    retry_delivery,
    send,
    text_message,
)
from lianxin.notices.services.gateways import Gateway, Message, UndeliverableError, gateway
from lianxin.notices.services.notices import forget_old, mark_all_read, mark_read, reword, tell
from lianxin.notices.services.undelivered import (
    give_up_message,
    retry_message,
    warn_undelivered,
)

__all__ = [
    "Gateway",
    "Message",
    "UndeliverableError",
    "deliver",
    "deliver_due",
    "forget_addresses",
    "forget_old",
    "forget_sent",
    "gateway",
    "give_up_message",
    "mark_all_read",
    "mark_read",
    "retry_delivery",
    "retry_message",
    "reword",
    "send",
    "tell",
    "text_message",
    "warn_undelivered",
]
