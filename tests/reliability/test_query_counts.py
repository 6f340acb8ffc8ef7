"""A list costs the same number of queries for one row as for three hundred, and so does a page.

`make bench` asks the same at 1 and at 10,000 cases.
"""

import pytest

from benchmarks.clones import multiply, published
from benchmarks.pages import PAGES, counted
from benchmarks.worlds import session
from lianxin.cases.models import Case, Publication, Voice
from lianxin.handling.models import Answer, Dispatch
from lianxin.handling.services import dispatches
from lianxin.kernel import codes, outbox
from tests import factories
from tests.cases import desk_world

MANY = 300
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
    sessions = {place: session(name) for place, name in ACCOUNTS.items()}
    return {"code": code, "venue": str(case.venue_id), "sessions": sessions}


def test_no_page_asks_more_of_three_hundred_cases_than_of_one(world, known):
    alone = numbers(counted(known))
    desk_world.closed(world)
    desk_world.answered(world)
    factories.assigned(world)
    factories.accepted(world)
    factories.filed()
    outbox.run_pending()
    multiply(MANY)
    assert Case.objects.count() == MANY
    assert Dispatch.objects.filter(to_organ=world.unit).count() > MANY / 2
    assert set(alone) == {page.name for page in PAGES}
    many = numbers(counted(known))
    # A key is fetched for what is sealed on the page, where something is.
    assert {name: n for name, n in many.items() if n > alone[name]} == {}


def numbers(found):
    return {name: len(statements) for name, statements in found.items()}
