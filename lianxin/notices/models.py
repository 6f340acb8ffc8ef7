"""Notices inside the product, and messages that leave it."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.fields import OwnKeyField, SealedTextField
from lianxin.kernel.models import Entity, Scoped
from lianxin.notices.enums import Channel, DeliveryState
from lianxin.people.models import Person


class Notice(Entity):
    """A line in a person's bell: what happened, where to go. `event_key` makes it once only."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="notices")
    event_key = models.CharField(max_length=120)
    kind = models.SlugField(max_length=40)
    text = models.CharField(_("notice"), max_length=300)
    url = models.CharField(max_length=200, blank=True, default="")
    told_at = models.DateTimeField(_("told at"))
    read_at = models.DateTimeField(_("read at"), null=True, blank=True)

    class Meta:
        ordering = ("-told_at", "-id")
        constraints = (
            models.UniqueConstraint(fields=("person", "event_key"), name="notices_notice_once"),
        )
        indexes = (models.Index(fields=("person", "-told_at", "-id"), name="notices_of_person"),)

    def __str__(self) -> str:
        return self.text


class Delivery(Scoped):
    """A message that leaves by a gateway. The address is sealed; the text names nobody.

    `secret` is what opens something (a code, a link with one): sealed, put in the place of
    `{secret}` when the message leaves, and forgotten with the address. Both are sealed with the
    resident's own key where the message goes to one. It goes to the outbox when `queued_at` has come:
    at once, or for a reminder in service time.
    """

    data_key = OwnKeyField(makes=False, null=True)
    channel = models.CharField(max_length=8, choices=Channel.choices)
    event_key = models.CharField(max_length=160, unique=True)
    address = SealedTextField(_("sent to"), default="")
    subject = models.CharField(_("subject"), max_length=120, blank=True, default="")
    text = models.TextField(_("text"))
    secret = SealedTextField(blank=True, default="")
    state = models.CharField(
        max_length=8, choices=DeliveryState.choices, default=DeliveryState.WAITING
    )
    queued_at = models.DateTimeField(_("queued at"))
    in_outbox = models.BooleanField(default=False)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)

    class Meta:
        ordering = ("-queued_at", "-id")
        indexes = (
            models.Index(
                fields=("queued_at",),
                condition=models.Q(state="waiting", in_outbox=False),
                name="notices_delivery_due",
            ),
        )

    def __str__(self) -> str:
        return f"{self.channel} {self.state}"
