"""Verbs of notices: tell people inside, send messages outside."""

from lianxin.notices.services.deliveries import (
    deliver,
    deliver_due,
    forget_sent,
    retry_delivery,
    send,
)
from lianxin.notices.services.gateways import Gateway, Message, UndeliverableError, gateway
from lianxin.notices.services.notices import mark_all_read, mark_read, tell

__all__ = [
    "Gateway",
    "Message",
    "UndeliverableError",
    "deliver",
    "deliver_due",
    "forget_sent",
    "gateway",
    "mark_all_read",
    "mark_read",
    "retry_delivery",
    "send",
    "tell",
]
