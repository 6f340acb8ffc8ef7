"""What is laid back is what the services left, and never where it would not be true."""

from datetime import timedelta

import pytest
from django.db import transaction

from lianxin.congress.models import Organ
from lianxin.kernel.clock import now
from lianxin.people.models import Person, Role
from tests import factories as f
from tests.remembered import ChangedError, record, remembered, tables

pytestmark = pytest.mark.django_db


def everything():
    return {name: sorted(map(repr, table.read())) for name, table in tables().items()}


@pytest.fixture
def walks():
    """How often the world was walked to; and the world, remembered afresh."""
    made = []

    @remembered
    def world():
        made.append(f.world.__wrapped__())
        return made[-1]

    return made, world


def taken_back(build):
    """All rows after the world was built in a transaction that is taken back, and what it returned."""
    with transaction.atomic():
        returned = build()
        rows = everything()
        transaction.set_rollback(True)
    return rows, returned


def test_every_row_is_as_it_was_and_the_world_is_a_fresh_one(walks):
    made, world = walks
    (walked, first), (laid_back, second) = taken_back(world), taken_back(world)
    assert len(made) == 1
    assert walked == laid_back
    assert first == second
    assert first is not second


def test_what_comes_afterwards_goes_on_from_it(walks):
    _made, world = walks
    taken_back(world)
    made = world()
    assert f.assigned(made).matter.case.number
    assert Person.objects.get(account__username="clerk").name == "段小梅"


def test_it_is_walked_to_again_where_its_beginning_is_another(walks):
    made, world = walks
    taken_back(world)
    f.person("planted")
    world()
    assert len(made) == 2
    assert Person.objects.filter(name="planted").exists()


def test_it_is_walked_to_again_where_other_keys_seal(walks, settings):
    made, world = walks
    taken_back(world)
    settings.LIANXIN_INDEX_KEY = b"k" * 32
    taken_back(world)
    assert len(made) == 2


def test_it_is_walked_to_again_where_a_test_chose_another_setting(walks, settings):
    """Sessions that begin while a second factor is required are half open ones."""
    made, world = walks
    settings.SECOND_FACTOR = "required"
    taken_back(world)
    settings.SECOND_FACTOR = "offered"
    taken_back(world)
    taken_back(world)
    assert len(made) == 2


def test_it_is_walked_to_again_at_another_time(walks, time_machine):
    made, world = walks
    taken_back(world)
    time_machine.move_to(now() + timedelta(minutes=25))
    taken_back(world)
    assert len(made) == 2


def test_rows_that_it_neither_reads_nor_writes_do_not_matter(walks):
    made, world = walks
    taken_back(world)
    from lianxin.kernel.models import RateBucket

    RateBucket.objects.create(kind="x", key=b"1", left=1, counted_at=now())
    world()
    assert len(made) == 1


@pytest.mark.parametrize(
    "meddle",
    [lambda: Role.objects.update(sort=77), lambda: Role.objects.filter(code="clerk").delete()],
    ids=["changes", "deletes"],
)
def test_a_world_that_does_more_than_add_is_refused(meddle):
    with pytest.raises(ChangedError, match="people_role"):
        record(meddle)
    assert not Organ.objects.exists()
