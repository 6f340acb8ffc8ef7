"""Puts invented people into an installation by the product's own services, and reads pages as each role.

The last two are the control: one is left unsealed, one logged. Run as
python -m tests.reliability.planting PEOPLE.json
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

Person = dict[str, str]


def main(file: Path) -> dict[str, int]:
    import django

    django.setup()
    from django.conf import settings

    from lianxin.kernel import scope

    scope.open_for_process("plants in every division; the pages it reads have a scope of their own")
    settings.ALLOWED_HOSTS = ["*"]
    *people, unsealed, logged = json.loads(file.read_text(encoding="utf-8"))
    from tests.reception import duty_world

    made = duty_world.build()
    counts = {
        "cases": _each(people, lambda one: _case(made.small, one)),
        "registered at the desk": _each(people[::7], lambda one: _registered(made.small, one)),
        "handed to a unit": _each(people[::10], lambda one: _handed(made.small, one)),
        **_reception(made, people),
    }
    _control(unsealed, logged, settings.VAR_DIR)
    read, telling = _pages(people)
    return {**counts, "pages read": read, "pages that tell": telling}


def _control(unsealed: Person, logged: Person, folder: Path) -> None:
    from lianxin.cases.models import Case

    Case.objects.filter(pk=Case.objects.latest("pk").pk).update(refusal_note=unsealed["phone"])
    with (folder / "own.log").open("a", encoding="utf-8") as log:
        handler = logging.StreamHandler(log)
        logging.getLogger("lianxin").addHandler(handler)
        logging.getLogger("lianxin").warning("filed by %s", logged["name"])
        logging.getLogger("lianxin").removeHandler(handler)


def _each(people: list[Person], plant: Callable[[Person], object]) -> int:
    for one in people:
        plant(one)
    return len(people)


def _case(world: Any, one: Person) -> None:
    """Filed, accepted, added to, answered, judged: whatever somebody says on the way."""
    from lianxin.cases.services import judging, screening
    from lianxin.cases.services.speaking import say
    from lianxin.handling.services import answers
    from lianxin.handling.services.answers import Reply
    from lianxin.kernel.ids import uuid7
    from tests import factories as f

    words = f"楼道灯坏了，电话{one['other']}，身份证{one['card']}，请来看。"
    case = f.filed(
        words=words, name=one["name"], phone=one["phone"], home=f"{one['name']}家", address=one["other"],
        details={"when": f"打{one['other']}"}, consents=True, may_publish=True,
    )  # fmt: skip
    voice = case.voices.get()
    screening.accept(case_id=case.pk, by=world.clerk, at=f.MONDAY)
    said = f"补充：{one['other']}，{one['card']}"
    say(voice_id=voice.pk, kind="supplement", text=said, key=str(uuid7()), at=f.MONDAY)
    case.refresh_from_db()
    reply = Reply(text="已修好。", outcome="solved")
    answers.answer_asker(matter_id=case.matter_id, reply=reply, by=world.clerk, at=f.MONDAY)
    judging.judge(
        voice_id=voice.pk, result="dissatisfied", attitude="satisfied", is_done=False,
        reason=f"没修好，打{one['other']}", ask_second_look=False, at=f.MONDAY,
    )  # fmt: skip


def _handed(world: Any, one: Person) -> None:
    from lianxin.cases.services import screening
    from tests import factories as f

    case = f.filed(
        words=f"井盖坏了，电话{one['other']}。", name=one["name"], phone=one["phone"], consents=True
    )
    screening.accept(case_id=case.pk, by=world.clerk, at=f.MONDAY)
    case.refresh_from_db()
    f.assigned(world, case)


def _registered(world: Any, one: Person) -> None:
    from lianxin.cases.services import filing
    from lianxin.kernel.ids import uuid7
    from tests import factories as f

    said = f.draft(
        f"来访：卡号{one['card']}", title=f"找{one['other']}", name=one["name"], phone=one["phone"], consents=True
    )  # fmt: skip
    filing.file_case(
        draft=said, key=str(uuid7()), actor="d", route="d", by=world.clerk, at=f.MONDAY
    )


def _reception(made: Any, people: list[Person]) -> dict[str, int]:
    from lianxin.kernel.ids import uuid7
    from lianxin.reception.services import calls, room
    from lianxin.reception.services.held_slots import SlotFull
    from tests import factories as f
    from tests.reception import bookings_world, room_world
    from tests.reception import factories as r

    world, booked, drawn = made.small, 0, 0
    day = r.day(world.venue, deputies=(world.deputy, world.second_deputy))
    for one in people:
        said = {"name": one["name"], "topic": f"打{one['other']}"}
        try:
            bookings_world.booked(
                bookings_world.slot(day, booked % 4), phone=one["phone"], by=world.clerk, channel="desk", said=said
            )  # fmt: skip
        except SlotFull:
            break
        booked += 1
    begun = room.begin_day(day_id=day.pk, by=world.clerk, at=room_world.NINE)
    for one in people[:20]:
        room_world.number(world, begun, name=one["name"], phone=one["phone"], topic=one["card"])
        drawn += 1
    for one in people[:20]:
        calls.call_deputy(
            venue_id=made.venue.pk, grid_id=made.grid.pk, words=f"{one['name']}要找代表，{one['other']}",
            where=f"{one['name']}家", caller="马小兰", phone="", key=str(uuid7()), by=made.worker, at=f.MONDAY,
        )  # fmt: skip
    return {"bookings": booked, "numbers drawn": drawn, "calls": len(people[:20])}


def _pages(people: list[Person]) -> tuple[int, int]:
    """Lists and pages of every role: how many were read, and how many tell a name or number."""
    from tests.reception.room_world import client

    secrets = [text for one in people for text in one.values()]
    read = telling = 0
    for user in (
        "clerk",
        "head",
        "handler",
        "deputy",
        "supervisor",
        "auditor",
        "second_deputy",
        "",
    ):
        for path in _paths():
            browser = client(user) if user else _nobody()
            answer = browser.get(path, headers={"host": "localhost"})
            text = answer.content.decode(errors="replace") if not answer.streaming else ""
            read += answer.status_code == 200
            if any(secret in text for secret in secrets):
                telling += 1
                print(f"{user or 'anonymous'} reads something at {path}", file=sys.stderr)
    return read, telling


def _nobody() -> Any:
    from django.test import Client

    return Client()


def _paths() -> Iterator[str]:
    from django.urls import reverse

    from lianxin.cases.models import Case
    from lianxin.handling.models import Dispatch

    yield from (reverse(f"cases:{name}") for name in ("home", "results", "desk", "unit", "office"))
    yield reverse("cases:desk-list", args=["new"])
    yield from (reverse("cases:case", args=[case.pk]) for case in Case.objects.order_by("pk")[:3])
    dispatches = list(Dispatch.objects.order_by("pk")[:2])
    assert dispatches, "No unit was handed anything."
    yield from (reverse("cases:dispatch", args=[one.pk]) for one in dispatches)


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]))))
