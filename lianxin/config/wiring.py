"""Who listens to whom: the one place where a lower app's event meets an upper app's handler.

Also what is registered once per process: recurring jobs, imports, menus.
"""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from lianxin.kernel.bus import subscribe
from lianxin.kernel.scheduler import job
from lianxin.web import nav


def join() -> None:
    """Subscribes every handler. Called once, when all apps are loaded."""
    _handlers()
    _jobs()
    _imports()
    _menus()


def _handlers() -> None:
    from lianxin.notices import tasks as notices
    from lianxin.notices.events import DeliveryQueued

    subscribe(DeliveryQueued, notices.deliver, atomic=False)


def _jobs() -> None:
    from lianxin.notices import tasks as notices

    job("notices.deliver_due", timedelta(minutes=1), run=notices.deliver_due)
    job("notices.forget_sent", timedelta(days=1), run=notices.forget_sent, after=timedelta(hours=3))


def _imports() -> None:
    from lianxin.congress.services import PeopleImporter, UnitImporter
    from lianxin.places.services import GridImporter
    from lianxin.record.services import imports
    from lianxin.venues.services import VenueImporter

    imports.register("units", UnitImporter())
    imports.register("venues", VenueImporter())
    imports.register("grids", GridImporter())
    imports.register("people", PeopleImporter())


def _menus() -> None:
    nav.offer(
        "account",
        [
            nav.Item(_("My account"), "people:account"),
            nav.Item(_("My notices"), "notices:list", key="notices"),
            nav.Item(_("Absence and substitute"), "congress:absence"),
            nav.Item(_("Sign out"), "people:sign-out", post=True),
        ],
    )
    nav.offer(
        "operation",
        [
            nav.Item(_("Organs and posts"), "congress:organs", ability="role.manage"),
            nav.Item(_("Imports"), "venues:imports", ability="import.run"),
        ],
    )
