"""What each menu of the product holds, and for whom."""

from django.utils.translation import gettext_lazy as _

from lianxin.web import nav


def offer_menus() -> None:
    """Fills every menu. Called once, when all apps are loaded."""
    _everybody()
    _workplaces()
    _office()
    _desk_menu()


def _everybody() -> None:
    nav.offer(
        "public",
        [
            nav.Item(_("Home"), "cases:home"),
            nav.Item(_("Report a matter"), "cases:file"),
            nav.Item(_("Find my deputy"), "venues:find"),
            nav.Item(_("Meet a deputy"), "reception:meet"),
            nav.Item(_("Published results"), "cases:results"),
            nav.Item(_("Check the progress"), "cases:track-box"),
            nav.Item(_("Mine"), "people:my"),
        ],
    )
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
            nav.Item(_("People and accounts"), "congress:people", ability="people.manage"),
            nav.Item(_("Organs and posts"), "congress:organs", ability="role.manage"),
            nav.Item(_("Journal of accounts"), "congress:journal", ability="record.see"),
            nav.Item(_("Ledgers"), "cases:ledgers", ability="ledger.see"),
            nav.Item(_("Imports"), "venues:imports", ability="import.run"),
            nav.Item(_("Calls to grids"), "reception:duty", ability="duty.call"),
            nav.Item(_("Rules of time limits"), "cases:rules", ability="rule.manage"),
            nav.Item(_("Working days and hours"), "places:calendar", ability="calendar.manage"),
            nav.Item(_("Undelivered"), "notices:undelivered", ability="outbox.see"),
        ],
    )


def _workplaces() -> None:
    """The menus of those to whom matters are handed."""
    nav.offer(
        "unit",
        [nav.Item(_("To do"), "cases:unit", key="unit")],
    )
    nav.offer(
        "phone",
        [
            nav.Item(_("Today"), "cases:deputy", key="today"),
            nav.Item(_("Matters"), "cases:deputy-matters"),
            nav.Item(_("Reception"), "reception:mine", key="reception"),
            nav.Item(_("My notices"), "notices:list", key="notices"),
        ],
    )


def _office() -> None:
    """The menu of a congress office."""
    nav.offer(
        "office",
        [
            nav.Group(
                [
                    nav.Item(_("What is owed"), "cases:office"),
                    nav.Item(_("Matters"), "cases:office-matters"),
                    nav.Item(_("Places"), "cases:office-places"),
                    nav.Item(_("Units"), "cases:office-units"),
                    nav.Item(_("Ledgers"), "cases:ledgers"),
                ]
            ),
            nav.Group(
                [
                    nav.Item(_("Boards"), "venues:boards"),
                    nav.Item(_("Use of reception"), "reception:use"),
                ],
                _("Venue"),
            ),
            nav.Group(
                [
                    nav.Item(_("Supervision steps"), "cases:office-supervisions"),
                    nav.Item(_("Asked for more time"), "cases:office-extensions"),
                    nav.Item(_("Promises"), "cases:office-commitments"),
                ],
                _("Supervision"),
            ),
            nav.Group(
                [
                    nav.Item(_("Rules of time limits"), "cases:rules"),
                    nav.Item(_("Working days and hours"), "places:calendar"),
                ],
                _("Rules of time limits"),
            ),
        ],
    )


def _desk_menu() -> None:
    from lianxin.cases.queries.desk import LISTS, MENU

    piles = [nav.Item(LISTS[w].label, "cases:desk-list", key=w, args=(w,)) for w in MENU]
    nav.offer(
        "desk",
        [
            nav.Item(LISTS["today"].label, "cases:desk", key="today"),
            nav.Group(piles, _("Matters")),
            nav.Group(
                [
                    nav.Item(_("Reception today"), "reception:room", key="room"),
                    nav.Item(_("Bookings"), "reception:bookings"),
                    nav.Item(_("Reception days"), "reception:days"),
                    nav.Item(_("Rota"), "reception:rota"),
                    nav.Item(_("Swaps of turns"), "reception:swaps"),
                    nav.Item(_("Turns and attendance"), "reception:attendance"),
                    nav.Item(_("Calls to grids"), "reception:duty", key="duty"),
                    nav.Item(_("Use of reception"), "reception:use"),
                ],
                _("Reception"),
            ),
            nav.Group(
                [
                    nav.Item(_("The venue's page"), "venues:keep"),
                    nav.Item(_("Boards"), "venues:boards"),
                    nav.Item(_("Ledgers"), "cases:ledgers"),
                ],
                _("Venue"),
            ),
        ],
    )
