"""A page costs the same number of queries for one row as for three hundred, and never more than it
may when warm: a list twelve, a page for everybody two, and as many to say that nothing changed.

`make bench` asks the same at 1 and at 10,000 cases.
"""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.clones import multiply, published
from benchmarks.pages import PAGES, Page, counted
from benchmarks.worlds import session
from lianxin.cases.models import Case, Publication, Voice
from lianxin.cases.queries import deputy, desk, office, unit
from lianxin.congress.models import Deputy
from lianxin.handling.models import Answer, Dispatch
from lianxin.handling.services import dispatches
from lianxin.kernel import codes, outbox
from lianxin.kernel.clock import local_date, now
from lianxin.places.models import Grid
from lianxin.record.services import ledger
from lianxin.venues.services import bind_grid
from lianxin.venues.services.boards import issue_board
from tests import factories
from tests.cases import desk_world
from tests.reception import factories as reception

MANY = 300
AGO = date(2026, 1, 1)
#: Pages for everybody beside those that are measured, and every other list behind the sign-in.
PUBLIC = (
    Page("a result", "/results/{result}/", most=2),
    Page("results of a place", "/results/?place_code=530112", most=2),
    Page("venues", "/venues/", most=2),
    Page("venues of a place", "/venues/?place=530112&kind=station", most=2),
    Page("a venue", "/venues/{code_of_venue}/", most=2),
    Page("about a venue", "/venues/{code_of_venue}/about/", most=2),
    Page("a deputy", "/deputies/{code_of_deputy}/", most=2),
    Page("find my deputy", "/find/", most=2),
    Page("who is there for a place", "/find/result/?place=530112005", most=2),
    Page("who is there for a grid", "/find/result/?place=530112005001&grid=1", most=2),
    Page("meet a deputy", "/reception/", most=2),
    Page("meet one in a venue", "/reception/?venue={code_of_venue}", most=2),
    Page("meet one around a place", "/reception/?at=530112005", most=2),
    Page("a reception day", "/reception/days/{day}/", most=2),
    Page("a board's check", "/b/{code_of_venue}/1/", most=2),
    Page("ledgers for everybody", "/ledger/", most=2),
    Page("a checkpoint", "/ledger/530112/checkpoint", most=2),
    Page("the API's page", "/api/", most=2),
)
FORMS = (
    Page("filing", "/file/", most=2),
    Page("box for a code", "/track/", most=2),
    Page("signing in", "/sign-in/", most=2),
    Page("a resident's own pages", "/my/sign-in/", most=2),
)
LISTS = (
    *(Page(f"desk, {name}", f"/desk/lists/{name}/", "clerk") for name in desk.LISTS),
    *(Page(f"desk{path}", f"/desk{path}", "clerk") for path in (
        "/reception/days/", "/reception/bookings/", "/reception/rota/", "/reception/swaps/",
        "/reception/attendance/", "/reception/duty/", "/reception/duty/calls/",
        "/reception/duty/table/", "/reception/screens/", "/reception/room/", "/boards/",
        "/register/", "/venue/{code_of_venue}/",
    )),
    *(Page(f"unit, {name}", f"/unit/?where={name}", "unit") for name in unit.LISTS),
    *(Page(f"office, {name}", f"/office/matters/?where={name}", "office") for name in office.LISTS),
    *(Page(f"office{path}", f"/office{path}", "office") for path in (
        "/places/", "/units/", "/supervisions/", "/supervisions/?where=done", "/extensions/",
        "/commitments/", "/commitments/?where=open", "/rules/", "/reception/use/",
    )),
    *(Page(f"deputy, {name}", f"/deputy/matters/?where={name}", "deputy") for name in deputy.LISTS),
    *(Page(f"deputy{path}", f"/deputy{path}", "deputy") for path in (
        "/reception/", "/calls/", "/calendar/",
    )),
    *(Page(f"{who}{path}", path, who) for who in ("clerk", "office") for path in (
        "/ledgers/", "/notices/", "/account/sessions/", "/account/absence/",
    )),
)  # fmt: skip
#: Who works where in the world of the factories.
ACCOUNTS = {"clerk": "clerk", "unit": "handler", "office": "supervisor", "deputy": "deputy"}


@pytest.fixture
def world(db):
    return factories.world()


@pytest.fixture
def known(world):
    """One case: answered, published, opened again, handed on, signed for, overdue."""
    case = desk_world.unhappy(world, second_look=False)
    sent = factories.assigned(world, case)
    dispatches.sign(dispatch_id=sent.pk, by=world.handler, at=factories.MONDAY)
    Publication.objects.bulk_create([published(case, Answer.objects.get(matter=case.matter))])
    outbox.run_pending()
    code = codes.new_code()
    Voice.objects.filter(case=case).update(code_digest=codes.digest(code))
    ledger.sequence(log_code="530112", at=factories.MONDAY)
    issue_board(venue_id=case.venue_id, form="a3", by=world.head, at=factories.MONDAY)
    grid = Grid.objects.create(division_code="530112005001", number="1", name="第1网格")
    bound = {"grid_id": grid.pk, "deputy_id": world.deputy.deputy_id}
    bind_grid(venue_id=case.venue_id, **bound, from_date=AGO, by=None, at=factories.MONDAY)
    sat = (world.deputy, world.second_deputy)
    return {
        "code": code,
        "venue": str(case.venue_id),
        "sessions": {place: session(name) for place, name in ACCOUNTS.items()},
        "result": Publication.objects.get().pk,
        "code_of_venue": world.venue.code,
        "code_of_deputy": Deputy.objects.get(pk=world.deputy.deputy_id).code,
        "day": reception.day(
            world.venue, on=local_date(now()) + timedelta(days=9), deputies=sat
        ).pk,
    }


def over(found, pages):
    """Pages that cost more than they may."""
    most = {page.name: page.most for page in pages}
    return {name: (n, most[name]) for name, n in numbers(found).items() if n > most[name]}


EVERY = (*PAGES, *PUBLIC, *FORMS, *LISTS)


def test_no_page_asks_more_of_three_hundred_cases_than_of_one(world, known):
    first = counted(known, EVERY)
    assert over(first, EVERY) == {}
    alone = numbers(first)
    desk_world.closed(world)
    desk_world.answered(world)
    factories.assigned(world)
    factories.accepted(world)
    factories.filed()
    outbox.run_pending()
    multiply(MANY)
    assert Case.objects.count() == MANY
    assert Dispatch.objects.filter(to_organ=world.unit).count() > MANY / 2
    assert set(alone) == {page.name for page in EVERY}
    full = counted(known, EVERY)
    assert over(full, EVERY) == {}
    # Where a list was empty, what hangs on its rows is asked for now: see the bounds above.
    measured = {page.name for page in PAGES}
    more = {name: n for name, n in numbers(full).items() if n > alone[name]}
    assert {name: n for name, n in more.items() if name in measured} == {}


def test_to_say_that_nothing_changed_costs_no_more(known, client):
    for page in (*(one for one in PAGES if one.most == 2), *PUBLIC):
        path = page.at(known)
        first = client.get(path)
        assert first.headers["Cache-Control"].startswith("public"), page.name
        assert "Cookie" in first.headers["Vary"], page.name
        assert "csrfmiddlewaretoken" not in first.content.decode(), page.name
        with CaptureQueriesContext(connection) as asked:
            again = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b""), page.name
        assert len(asked) <= 2, page.name


def numbers(found):
    return {name: len(statements) for name, statements in found.items()}
