"""Every table of moves with its beginnings and its ends: checked by tests, drawn in docs/states.md."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.util import find_spec
from types import ModuleType

from django.apps import apps

Table = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Machine:
    """A table of an app's enums, as `app.NAME`; `finals` are the states meant to be the last."""

    table: str
    title: str
    starts: tuple[str, ...]
    finals: tuple[str, ...]

    def moves(self) -> Table:
        app, name = self.table.split(".")
        found: Table = getattr(import_module(f"lianxin.{app}.enums"), name)
        return found


MACHINES = (
    Machine("reception.DAY_MOVES", "Reception day", ("planned",), ("signed", "cancelled")),
    Machine("reception.PLAN_MOVES", "Rota of a year", ("draft",), ("superseded", "discarded")),
    Machine("reception.SHIFT_MOVES", "Seat of a deputy", ("expected",), ("present", "replaced")),
    Machine(
        "reception.SWAP_MOVES",
        "Swap of seats",
        ("asked",),
        ("done", "refused", "withdrawn", "lapsed"),
    ),
    Machine("reception.CALL_MOVES", "Call to a grid", ("calling",), ("done", "withdrawn")),
    Machine(
        "reception.ASK_MOVES",
        "Deputy asked",
        ("waiting",),
        ("accepted", "passed", "lapsed", "dropped"),
    ),
    Machine(
        "reception.BOOKING_MOVES",
        "Booking",
        ("waiting", "booked"),
        ("received", "cancelled", "moved", "lost", "no_show"),
    ),
    Machine("reception.TICKET_MOVES", "Number in the queue", ("waiting",), ("received",)),
    Machine(
        "cases.CASE_MOVES",
        "Case",
        ("filed",),
        ("accepted", "refused", "withdrawn", "merged"),
    ),
    Machine("notices.EVENT_MOVES", "Event in the outbox", ("PENDING",), ("DONE", "GIVEN_UP")),
    Machine("cases.PUBLICATION_MOVES", "Publication", ("published",), ("published", "withdrawn")),
    Machine(
        "cases.WISH_MOVES",
        "Wish to have data erased or handed out",
        ("asked", "waiting"),
        ("done", "refused", "dropped"),
    ),
    Machine("handling.MATTER_MOVES", "Matter", ("open",), ("closed", "withdrawn", "merged")),
    Machine(
        "handling.DISPATCH_MOVES",
        "Dispatch",
        ("sent",),
        ("accepted", "returned", "withdrawn", "superseded"),
    ),
    Machine("handling.ANSWER_MOVES", "Answer", ("waiting", "given"), ("delivered", "sent_back")),
    Machine("handling.EXTENSION_MOVES", "Extension", ("asked",), ("granted", "refused")),
    Machine(
        "handling.COMMITMENT_MOVES", "Commitment", ("open",), ("kept", "broken", "carried_over")
    ),
    Machine("handling.SUPERVISION_MOVES", "Step of supervision", ("open",), ("concluded",)),
    Machine("venues.ACTIVITY_MOVES", "Activity of a venue", ("planned",), ("held", "cancelled")),
    Machine("congress.MANDATE_MOVES", "Mandate of a deputy", ("active",), ("ended",)),
    Machine("notices.DELIVERY_MOVES", "Message out", ("waiting",), ("sent",)),
    Machine("record.ATTACHMENT_TRANSITIONS", "Attachment", ("STAGED",), ("BOUND", "REMOVED")),
    Machine("record.BATCH_TRANSITIONS", "Import", ("PREVIEW",), ("APPLIED", "DISCARDED")),
)


def tables_of(module: ModuleType) -> list[str]:
    """Names of the tables of moves in an app's enums: `TRANSITIONS`, `…_MOVES`."""
    return [
        name
        for name, value in vars(module).items()
        if (name == "TRANSITIONS" or name.endswith(("_MOVES", "_TRANSITIONS")))
        and isinstance(value, Mapping)
    ]


def tables() -> list[str]:
    """All tables of the project, as `app.NAME`."""
    return [
        f"{config.label}.{name}"
        for config in apps.get_app_configs()
        if config.name.startswith("lianxin.") and find_spec(f"{config.name}.enums")
        for name in tables_of(import_module(f"{config.name}.enums"))
    ]
