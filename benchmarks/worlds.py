"""Worlds to measure in, made by the product's own services.

python -m benchmarks.worlds small     tables, and a street with one venue: enough to file at
python -m benchmarks.worlds one       the demo world's places, all divisions, and one case
python -m benchmarks.worlds sessions NAME …   fresh sessions of these accounts
python -m benchmarks.worlds many N    one case in every state beside it, and copies up to N cases

What is said is JSON.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from lianxin.cases.models import Case

#: Accounts of the demo world, a workplace each.
WORKPLACES = ("clerk", "unit", "office", "deputy")
REASON = "只填了半天，下雨又塌了。"
LONG_AGO = datetime(2022, 1, 10, 1, 0, tzinfo=UTC)
PATH = (
    ("53", "云南省", "province"),
    ("5301", "昆明市", "prefecture"),
    ("530112", "西山区", "county"),
    ("530112005", "前卫街道", "township"),
    ("530112005001", "官庄社区居委会", "village"),
)


def small() -> None:
    """Five divisions, one venue that serves the street."""
    from lianxin.places.models import Division
    from lianxin.venues.enums import VenueKind
    from lianxin.venues.services import open_venue

    names: list[str] = []
    for code, name, level in PATH:
        parent = Division.objects.order_by("-code").values_list("code", flat=True).first() or ""
        names.append(name)
        Division.objects.create(
            code=code,
            name=name,
            short_name=name,
            stem=name.removesuffix("居委会"),
            level=level,
            parent_code=parent,
            path_names=list(names),
        )
    open_venue(
        name="前卫街道代表工作站",
        kind=VenueKind.STATION,
        division_code="530112005",
        areas=("530112005",),
        by=None,
        at=LONG_AGO,
    )


def one() -> dict[str, Any]:
    """The demo world's places and one late case: it stands on the desk, in the unit's inbox and on
    the office's board, and was answered and published before it was opened again.

    Returns its receipt code, and a session for each workplace.
    """
    from django.core.management import call_command
    from django.db import transaction

    from benchmarks.clones import published
    from lianxin.cases.models import Publication, Voice
    from lianxin.config.demo import places
    from lianxin.config.demo.seeds import Cast
    from lianxin.handling.models import Answer
    from lianxin.kernel import codes

    call_command("load_divisions", verbosity=0)
    with transaction.atomic():
        places.build(Cast())
    case, code = _late_case(), codes.new_code()
    Voice.objects.filter(case=case).update(code_digest=codes.digest(code))
    Publication.objects.bulk_create([published(case, Answer.objects.get(matter=case.matter))])
    sessions = {name: session(name) for name in WORKPLACES}
    return {"code": code, "venue": str(case.venue_id), "sessions": sessions}


def _late_case() -> Case:
    """Answered to nobody's satisfaction, handed on again, signed for, and overdue."""
    from lianxin.cases.models import Case
    from lianxin.cases.services import judging
    from lianxin.config.demo.present import Table
    from lianxin.config.replay.cast import assemble
    from lianxin.handling.enums import DispatchKind, Part, Satisfaction
    from lianxin.handling.services import dispatches, sweep
    from lianxin.handling.services.dispatches import Target
    from lianxin.kernel import clock

    station = (c for c in assemble() if c.division_code == PATH[3][0] and c.venue.kind == "station")
    table = Table(next(station), clock.now())
    case = table.delivered(40).matter.case
    judging.judge(
        voice_id=table.voice(case),
        result=Satisfaction.DISSATISFIED,
        attitude=Satisfaction.SATISFIED,
        is_done=False,
        reason=REASON,
        ask_second_look=False,
        at=table.ago(35),
    )
    case.refresh_from_db()
    target = Target(organ_id=table.unit(0).pk, part=Part.LEAD)
    sent = table.send(case, 34, target, DispatchKind.ASSIGN)
    dispatches.sign(dispatch_id=sent.pk, by=table.handler(0), at=table.ago(33))
    sweep.tick(matter_id=sent.matter_id, at=table.ago(2))
    # The demo world's own scenes count from the same number.
    Case.objects.filter(pk=case.pk).update(foreign_id="")
    return case


def session(username: str) -> str:
    """The key of a session in which the account is signed in."""
    from django.conf import settings
    from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

    from lianxin.config.middleware import note_use
    from lianxin.congress.queries import actor_for
    from lianxin.kernel.clock import now
    from lianxin.people.models import Account
    from lianxin.people.services.session_store import SessionStore

    account, store = Account.objects.get(username=username), SessionStore()
    store[SESSION_KEY] = str(account.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = account.get_session_auth_hash()
    store["second"] = True
    note_use(store, actor_for(account), now())
    store.create()
    return str(store.session_key)


def many(count: int) -> dict[str, Any]:
    """One case in every state beside those that are there, and copies up to `count`."""
    from benchmarks.clones import multiply
    from lianxin.config.demo import present
    from lianxin.kernel import clock, outbox

    present.load(now=clock.now())
    outbox.run_pending()
    return {"copies": multiply(count)}


def main() -> None:
    import django

    django.setup()
    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    from django.core.management import call_command

    call_command("migrate", verbosity=0, run_syncdb=True)
    from lianxin.kernel.db import refresh_statistics

    match sys.argv[1:]:
        case ["small"]:
            small()
        case ["one"]:
            print(json.dumps(one()))
        case ["sessions", *names]:
            print(json.dumps({name: session(name) for name in names}))
            return
        case ["many", count]:
            print(json.dumps(many(int(count))))
    refresh_statistics()  # As the hourly job does.


if __name__ == "__main__":
    main()
