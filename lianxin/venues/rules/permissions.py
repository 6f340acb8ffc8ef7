"""Who may keep a venue, and what fits into one."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from lianxin.congress.enums import OrganKind
from lianxin.congress.models import Actor, Deputy
from lianxin.congress.queries import deputy_in_force
from lianxin.congress.rules import may_keep_organs, may_manage_deputies
from lianxin.kernel.refused import Forbidden, Refused
from lianxin.people.enums import Ability
from lianxin.places.models import Grid
from lianxin.places.queries import within
from lianxin.venues.models import Venue


class VenueRefused(Refused):
    code = "venue"
    status = 422


class VenueTaken(Refused):
    message = _("There is a venue of this name in this place already.")
    code = "venue_taken"


def check_may_open_venue(by: Actor | None, division_code: str) -> None:
    if not may_keep_organs(by, division_code):
        raise Forbidden(_("Venues are opened by the security administrator or by import."))


def may_manage_venue(by: Actor | None, venue: Venue) -> bool:
    """The venue's own head of station, and whoever may open venues."""
    return may_keep_organs(by, venue.division_code) or (
        by is not None and by.can(Ability.VENUE_MANAGE, organ_id=venue.desk_id)
    )


def check_may_manage_venue(by: Actor | None, venue: Venue) -> None:
    if not may_manage_venue(by, venue):
        raise Forbidden(_("Only the head of this venue may change it."))


def may_see_venue(by: Actor | None, venue: Venue) -> bool:
    """Its own clerks and head, and the offices above it."""
    return (
        may_manage_venue(by, venue)
        or by is None
        or by.can(Ability.VENUE_SEE, organ_id=venue.desk_id)
        or any(venue.division_code.startswith(code) for code in office_scopes(by))
    )


def office_scopes(by: Actor) -> list[str]:
    """Divisions whose venues an office of the congress watches; a desk watches only itself."""
    return [
        post.division_code
        for post in by.posts
        if Ability.VENUE_SEE in post.abilities and post.organ_kind != OrganKind.VENUE_DESK
    ]


def may_print(by: Actor | None, venue: Venue) -> bool:
    """Boards are printed where they hang: by the clerks and the head of the venue."""
    return may_manage_venue(by, venue) or (
        by is not None and by.can(Ability.VENUE_SEE, organ_id=venue.desk_id)
    )


def check_may_print(by: Actor | None, venue: Venue) -> None:
    if not may_print(by, venue):
        raise Forbidden(_("A board is printed by the people of the venue."))


def may_keep_portrait(by: Actor | None, deputy: Deputy, venues: Iterable[Venue]) -> bool:
    """The head of a venue in which the deputy is stationed, or whoever registers deputies."""
    return may_manage_deputies(by, deputy.division_code) or any(
        may_manage_venue(by, venue) for venue in venues
    )


def check_may_keep_portrait(by: Actor | None, deputy: Deputy, venues: Iterable[Venue]) -> None:
    if not may_keep_portrait(by, deputy, venues):
        raise Forbidden(_("Photos of deputies are kept by the head of their venue."))


def check_is_deputy(deputy_id: object, on: object) -> None:
    """A suspended or former deputy is stationed nowhere."""
    if not deputy_in_force(deputy_id, on=on):  # type: ignore[arg-type]
        raise VenueRefused(_("This person holds no mandate in force."))


def check_grid_fits(venue: Venue, grid: Grid) -> None:
    """A venue binds grids of its own places only."""
    areas = [area.division_code for area in venue.areas.all()] or [venue.division_code]
    if not any(within(grid.division_code, area) for area in areas):
        raise VenueRefused(_("This grid does not lie in the area of the venue."))


def check_may_import(by: Actor) -> None:
    if not by.can(Ability.IMPORT_RUN):
        raise Forbidden(_("Tables are imported by the system administrator."))
