import pytest

from lianxin.kernel import bus, scheduler


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """The test database with the tables of tests/kernel/world.py."""
    from tests.kernel import world

    with django_db_blocker.unblock():
        world.make_tables()


@pytest.fixture(autouse=True)
def own_wiring(monkeypatch):
    """Only the handlers and jobs that a test joins itself."""
    monkeypatch.setattr(bus, "_subscriptions", {})
    monkeypatch.setattr(scheduler, "_jobs", {})


@pytest.fixture
def committed(transactional_db):
    """Real transactions; afterwards the tables of the kernel's tests are empty again."""
    from tests.kernel import world

    yield
    world.Note.objects.all().delete()
    world.Effect.objects.all().delete()
