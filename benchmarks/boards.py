"""A province's venues from one table, and their pages: python -m benchmarks.boards [--venues 14556] [--broken 50]

Builds a throw-away SQLite world with all divisions of Yunnan and one xlsx of invented venues (142
homes, 1,547 stations, 12,867 rooms at full size), plants broken rows, then times: reading and looking
through the table with its broken rows named, taking the whole one over, the same table once more
(nothing differs), and the public page and the list of boards at that size. Prints times, queries,
refused rows.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

SEED = 20261126
HOMES, STATIONS, ROOMS = 142, 1547, 12867
TITLES = (
    "阵地所在地",
    "阵地名称",
    "类别",
    "上级阵地",
    "专业方向",
    "地址",
    "电话",
    "开放时间",
    "服务区域",
)


def rows(count: int) -> list[list[str]]:
    """A row each: homes at prefectures and counties, stations at townships, rooms at villages."""
    from lianxin.places.models import Division

    paths = {
        row.code: "".join(row.path_names[1:])
        for row in Division.objects.filter(is_active=True).order_by("code")
        if len(row.code) > 2
    }
    of = {n: [code for code in paths if len(code) == n] for n in (4, 6, 9, 12)}
    share = count / (HOMES + STATIONS + ROOMS)
    made: list[list[str]] = []
    for code in [*of[6], *of[4]][: max(round(HOMES * share), 1)]:
        made.append([paths[code], f"{paths[code]}人大代表之家", "代表之家", ""])
    homes = {row[0]: row[1] for row in made}
    wanted = max(round(STATIONS * share), 1)
    for number, code in enumerate((of[9] * 2)[:wanted]):
        name = f"{paths[code][-12:]}人大代表工作站{'' if number < len(of[9]) else '二'}"
        made.append([paths[code], name, "代表工作站", homes.get(paths[code[:6]], "")])
    stations = {row[0]: row[1] for row in made if row[2] == "代表工作站"}
    for code in of[12][: count - len(made)]:
        name = f"{paths[code][-14:]}人大代表联络室"
        made.append([paths[code], name, "代表联络室", stations.get(paths[code[:9]], "")])
    return [
        [*row, "", f"{row[0]}1号", "0871-65110000", "周一至周五 9:00—17:00", ""] for row in made
    ]


def broken(made: list[list[str]], count: int) -> list[list[str]]:
    """The same rows with faults of seven kinds planted."""
    chance, found = random.Random(SEED), [list(row) for row in made]
    for number, place in enumerate(chance.sample(range(1, len(found)), count)):
        row = found[place]
        kind = number % 7
        if kind == 0:
            row[0] = "火星市第一区"
        elif kind == 1:
            row[2] = "茶馆"
        elif kind == 2:
            row[3] = "没有这个阵地"
        elif kind == 3:
            row[1] = ""
        elif kind == 4:
            row[5] = "长" * 201
        elif kind == 5:
            row[8] = "润城社区；月球"
        else:
            row[0], row[1] = found[0][0], found[0][1]
    return found


def book(folder: Path, made: list[list[str]], name: str) -> Any:
    import xlsxwriter
    from django.core.files.base import ContentFile

    path = folder / name
    file = xlsxwriter.Workbook(str(path), {"constant_memory": True})
    sheet = file.add_worksheet()
    for number, row in enumerate([list(TITLES), *made]):
        sheet.write_row(number, 0, row)
    file.close()
    return ContentFile(path.read_bytes(), name=name)


def timed(what: str, call: Callable[[], Any]) -> Any:
    """Says how long it took on the wall and on the processor: others may use the same cores."""
    began, used = time.perf_counter(), time.process_time()
    result = call()
    took, busy = time.perf_counter() - began, time.process_time() - used
    print(f"{what:<54} {took:7.2f} s  cpu {busy:6.2f} s  load {os.getloadavg()[0]:.1f}", flush=True)
    return result


def imported(folder: Path, made: list[list[str]], faults: int) -> None:
    from lianxin.kernel.clock import now
    from lianxin.record.services import imports

    bad = book(folder, broken(made, faults), "broken.xlsx")
    batch = timed(
        f"read and look through {len(made):,} rows, {faults} broken",
        lambda: imports.preview("venues", bad, None, now()),
    )
    reasons = Counter(row.refusals[0] for row in batch.rows.exclude(refusals=[]))
    print(f"  refused: {batch.refused_count}")
    for sentence, number in reasons.most_common(8):
        print(f"    {number:3} × {sentence[:70]}")
    imports.discard(batch.pk, None, now())
    good = book(folder, made, "good.xlsx")
    batch = timed(
        f"read and look through {len(made):,} rows",
        lambda: imports.preview("venues", good, None, now()),
    )
    assert batch.refused_count == 0, batch.rows.exclude(refusals=[]).first().refusals
    timed("take the whole table over", lambda: imports.apply(batch.pk, None, now()))
    again = timed(
        "look through the same table once more",
        lambda: imports.preview("venues", good, None, now()),
    )
    done = timed("take it over once more", lambda: imports.apply(again.pk, None, now()))
    print(f"  differing the second time: {done.applied_count}")


def pages(count: int) -> None:
    """Pages of venues at random, each once to warm up, then measured in this process."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from lianxin.venues.models import Venue

    client, chance = Client(headers={"host": "localhost"}), random.Random(SEED)
    codes = chance.sample(list(Venue.objects.values_list("code", flat=True)), count)
    for what, address in (
        ("page of a venue", "/venues/{}/"),
        ("second page of a venue", "/venues/{}/about/"),
    ):
        spent, queries = [], set()
        for code in codes:
            with CaptureQueriesContext(connection) as asked:
                began = time.perf_counter()
                response = client.get(address.format(code))
                spent.append((time.perf_counter() - began) * 1000)
            assert response.status_code == 200, response.status_code
            queries.add(len(asked))
        spent.sort()
        print(
            f"{what:<34} p50 {statistics.median(spent):7.1f} ms  p95 {spent[int(0.95 * len(spent))]:7.1f} ms"
            f"  queries {min(queries)}–{max(queries)}"
        )


def peopled(count: int) -> None:
    """Deputies in some venues, so that a page has something to show."""
    from datetime import date, timedelta
    from datetime import time as clock_time

    from lianxin.congress.enums import Level
    from lianxin.congress.services import open_congress, open_mandate, open_term, register_deputy
    from lianxin.kernel.clock import now
    from lianxin.people.services import create_person
    from lianxin.reception.services.days import add_day
    from lianxin.reception.services.seats import seat_deputies
    from lianxin.venues.models import Venue
    from lianxin.venues.services import station_deputy

    at, by = now(), None
    congress = open_congress(
        name="云南省人民代表大会", level=Level.PROVINCE, division_code="53", by=by, at=at
    )
    term = open_term(congress_id=congress.pk, number=14, from_date=date(2023, 1, 15), by=by, at=at)
    for venue in Venue.objects.order_by("?")[:count]:
        ids = []
        for number in range(12):
            person = create_person(name=f"代表{number}", by=by, at=at)
            deputy = register_deputy(
                person_id=person.pk,
                division_code=venue.division_code[:6],
                profession="教师",
                by=by,
                at=at,
            )
            open_mandate(
                deputy_id=deputy.pk, term_id=term.pk, from_date=date(2023, 1, 15), by=by, at=at
            )
            station_deputy(
                venue_id=venue.pk, deputy_id=deputy.pk, from_date=date(2023, 1, 15), by=by, at=at
            )
            ids.append(deputy.pk)
        for week in range(26):
            on = at.date() + timedelta(days=7 * week + 1)
            day = add_day(
                venue_id=venue.pk, on=on, starts=clock_time(9), ends=clock_time(11), by=by, at=at
            )
            seat_deputies(
                day_id=day.pk, deputy_ids=[ids[week % 12], ids[(week + 1) % 12]], by=by, at=at
            )


def boards() -> None:
    """The list of boards of a province, and the nightly comparison."""
    from lianxin.congress.models import Actor
    from lianxin.congress.models.actor import PostGrant
    from lianxin.kernel.clock import now
    from lianxin.kernel.ids import uuid7
    from lianxin.people.enums import Ability
    from lianxin.venues.models import Stationing
    from lianxin.venues.queries.boards import boards_listed
    from lianxin.venues.services.boards import issue_board, recheck_boards

    post = PostGrant(
        "supervisor", uuid7(), "", "congress_office", "53", frozenset({Ability.VENUE_SEE})
    )
    office, at = Actor(uuid7(), "", posts=(post,)), now()
    ids = set(Stationing.objects.values_list("venue_id", flat=True))
    for key in ids:
        issue_board(venue_id=key, form="a3", by=None, at=at)
    for state in ("", "stale", "never", "fresh"):
        timed(
            f"list of boards, {state or 'all'}",
            lambda state=state: boards_listed(office, state=state, at=at),
        )
    timed(f"compare {len(ids)} printed boards", lambda: recheck_boards(at))


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--venues", type=int, default=HOMES + STATIONS + ROOMS)
    reader.add_argument("--broken", type=int, default=50)
    reader.add_argument("--pages", type=int, default=200)
    reader.add_argument("--peopled", type=int, default=60)
    given = reader.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["LIANXIN_VAR"] = folder
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.config.settings")
        import django
        from django.core.management import call_command

        django.setup()
        from lianxin.kernel import scope

        scope.open_for_process("run by hand")
        call_command("migrate", verbosity=0)
        call_command("load_divisions", verbosity=0)
        call_command("collectstatic", interactive=False, verbosity=0)
        made = rows(given.venues)
        imported(Path(folder), made, given.broken)
        peopled(given.peopled)
        pages(given.pages)
        boards()


if __name__ == "__main__":
    main()
