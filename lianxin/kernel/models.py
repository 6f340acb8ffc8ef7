"""What every model starts from, and the kernel's own tables."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.clock import now
from lianxin.kernel.fields import OWN_KEY, OwnKeyField, SealedTextField, lacks_key
from lianxin.kernel.ids import uuid7
from lianxin.kernel.rowsecurity import AnyScope


class Entity(models.Model):
    """A row with a UUIDv7 as its key."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class Scoped(Entity):
    """A business row: it belongs to a division, whose code it carries."""

    division_code = models.CharField(_("division"), max_length=12)

    class Meta:
        abstract = True


class Keyed(models.Model):
    """A row with what a resident left of themselves: sealed with a key of its own, or one it shares.

    The key is made with the first text. Destroying it (`data_keys.destroy`) makes all of them
    unreadable at once, in every back-up too.
    """

    data_key = OwnKeyField(null=True)

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        if kwargs.get("update_fields") is not None and lacks_key(self):
            kwargs["update_fields"] = {*kwargs["update_fields"], OWN_KEY}
        super().save(*args, **kwargs)


class DataKey(Entity):
    """A resident's key, wrapped by the installation's. Empty: destroyed, and never to come back.

    `is_erased` says that the resident wished it (个人信息保护法 47), not that its time was over: all
    that the resident left is forgotten then, not the contact alone. It stands with the key because
    back-ups carry this table apart from what it opens; no row refers to it by a foreign key.
    """

    wrapped = models.BinaryField(max_length=64)
    is_erased = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("data key")

    def __str__(self) -> str:
        return str(self.pk)


class OutboxMessage(models.Model):
    """One event on its way to one handler.

    Its key counts up because that is the order of delivery; it is never part of a URL.
    `event_id` is the same for all handlers of one event, and for every repetition.
    """

    row_rule = AnyScope("an act may concern somebody of the level above; it holds ids, not words")

    class State(models.TextChoices):
        PENDING = "PENDING", _("waiting")
        DONE = "DONE", _("done")
        PARKED = "PARKED", _("parked")
        GIVEN_UP = "GIVEN_UP", _("given up")

    id = models.BigAutoField(primary_key=True)
    event_id = models.UUIDField(default=uuid7, editable=False)
    topic = models.CharField(max_length=200)
    handler = models.CharField(max_length=200)
    key = models.CharField(max_length=64)
    division_code = models.CharField(max_length=12)
    payload: models.JSONField[Any] = models.JSONField()
    created_at = models.DateTimeField(default=now)
    not_before = models.DateTimeField(default=now)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    lease_by = models.CharField(max_length=80, blank=True, default="")
    state = models.CharField(max_length=8, choices=State.choices, default=State.PENDING)
    done_at = models.DateTimeField(null=True)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = _("outbox message")
        indexes = (
            models.Index(
                fields=("handler", "key", "id"),
                condition=models.Q(state="PENDING"),
                name="kernel_outbox_stream",
            ),
            models.Index(
                fields=("id", "not_before"),
                condition=models.Q(state="PENDING"),
                name="kernel_outbox_waiting",
            ),
            models.Index(
                fields=("id",), condition=models.Q(state="PARKED"), name="kernel_outbox_parked"
            ),
            models.Index(
                fields=("done_at",),
                condition=models.Q(done_at__isnull=False),
                name="kernel_outbox_over",
            ),
        )

    def __str__(self) -> str:
        return f"{self.topic} → {self.handler}"

    @property
    def cause(self) -> str:
        """What failed, fit for a page."""
        return _first_line(self.last_error)


class IdempotencyRecord(Entity):
    """The outcome of a write that was sent under a key, kept for those who send it again."""

    class Status(models.TextChoices):
        RUNNING = "RUNNING", _("running")
        DONE = "DONE", _("done")

    key = models.CharField(max_length=255, unique=True)
    actor = models.CharField(max_length=100)
    route = models.CharField(max_length=100)
    body_hash = models.CharField(max_length=64)
    status = models.CharField(max_length=8, choices=Status.choices, default=Status.RUNNING)
    response_code = models.PositiveSmallIntegerField(default=200)
    # May hold a receipt code, which the database keeps nowhere else in the clear.
    response_body = SealedTextField(blank=True, default="")
    created_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("idempotency record")

    def __str__(self) -> str:
        return f"{self.route} {self.status}"


class ScheduledJob(Entity):
    """Where a recurring job stands: the last slot done, and who is at the next one."""

    name = models.CharField(max_length=100, unique=True)
    last_slot = models.BigIntegerField(null=True)
    last_run_at = models.DateTimeField(null=True)
    lease_until = models.DateTimeField(null=True)
    lease_by = models.CharField(max_length=80, blank=True, default="")
    attempts = models.PositiveSmallIntegerField(default=0)
    last_error = models.TextField(blank=True, default="")

    class Meta:
        verbose_name = _("scheduled job")

    def __str__(self) -> str:
        return self.name

    @property
    def cause(self) -> str:
        """Why the last run failed, fit for a page."""
        return _first_line(self.last_error)


class RateBucket(Entity):
    """How many attempts somebody has left. The key is a digest, never an address or number."""

    kind = models.CharField(max_length=40)
    key = models.BinaryField(max_length=32)
    left = models.FloatField()
    counted_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("rate bucket")
        constraints = (
            models.UniqueConstraint(fields=("kind", "key"), name="kernel_ratebucket_one"),
        )

    def __str__(self) -> str:
        return self.kind


def _first_line(error: str) -> str:
    """Without the rest: there a database quotes the rows it refused."""
    return error.partition("\n")[0][:200]
