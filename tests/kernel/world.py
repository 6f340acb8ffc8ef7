"""Tables, events and handlers that the kernel's tests use in place of a domain."""

import time
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from uuid import UUID

from django.db import connection, models

from lianxin.kernel import bus
from lianxin.kernel.clock import now
from lianxin.kernel.db import CreateSearchIndex, MakeAppendOnly, StampChanges
from lianxin.kernel.fields import SealedTextField
from lianxin.kernel.models import Entity, Keyed


class Note(Entity):
    title = models.CharField(max_length=40, default="")
    due = models.IntegerField(null=True)
    told_at = models.DateTimeField(default=now)
    search_text = models.TextField(default="")
    phone = SealedTextField(default="")
    address = SealedTextField(null=True)

    class Meta:
        app_label = "kernel_tests"

    def __str__(self) -> str:
        return self.title


class Letter(Keyed, Entity):
    """What a resident left: sealed with a key of its own."""

    phone = SealedTextField(default="")
    address = SealedTextField(default="")

    class Meta:
        app_label = "kernel_tests"

    def __str__(self) -> str:
        return str(self.pk)


class Line(Entity):
    text = models.CharField(max_length=40)

    class Meta:
        app_label = "kernel_tests"

    def __str__(self) -> str:
        return self.text


class Effect(models.Model):
    number = models.IntegerField()
    stream = models.CharField(max_length=40)

    class Meta:
        app_label = "kernel_tests"

    def __str__(self) -> str:
        return f"{self.stream} {self.number}"


MODELS = (Note, Letter, Line, Effect)
EXTRAS = (
    (CreateSearchIndex("Note"), Note),
    (MakeAppendOnly("Line"), Line),
    (StampChanges("Note"), Note),
)


@dataclass(frozen=True)
class Counted:
    number: int
    stream: str


@dataclass(frozen=True)
class Everything:
    id: UUID
    at: datetime
    day: date | None
    parts: tuple[UUID, ...]
    word: str = ""


def keep(event: Counted) -> None:
    Effect.objects.create(number=event.number, stream=event.stream)


PAUSE = 0.0


def stumble(event: Counted) -> None:
    """Fails on every third first attempt, after having written."""
    Effect.objects.create(number=event.number, stream=event.stream)
    time.sleep(PAUSE)
    about = bus.delivery()
    if event.number % 3 == 0 and about and about.attempt == 1:
        raise ConnectionError("the world is not as it should be")


def make_tables() -> None:
    with connection.schema_editor() as editor:
        for model in MODELS:
            editor.create_model(model)
        for operation, model in EXTRAS:
            for sql in operation.statements(model, connection.vendor):
                editor.execute(sql, params=None)


def database_url() -> str:
    """The test database's address, for another process."""
    found = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{found['NAME']}"
    who = f"{found['USER']}:{found['PASSWORD']}@" if found["USER"] else ""
    where = {"host": found["HOST"], "port": found["PORT"], **found["OPTIONS"]}
    known = {name: value for name, value in where.items() if value and name in ("host", "port")}
    return f"postgres://{who}/{found['NAME']}?{urlencode(known)}"
