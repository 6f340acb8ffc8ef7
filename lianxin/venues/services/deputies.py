"""Deputies stationed in venues and bound to their grids."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.kernel.clock import local_date
from lianxin.places.models import Grid
from lianxin.record.services import write
from lianxin.venues import rules
from lianxin.venues.models import GridBinding, Stationing, Venue
from lianxin.venues.services.boards import tell_changed


@transaction.atomic
def station_deputy(
    *,
    venue_id: UUID,
    deputy_id: UUID,
    from_date: date,
    until_date: date | None = None,
    by: Actor | None,
    at: datetime,
) -> Stationing:
    """A deputy of whatever level receives residents in the venue; journal entry, VenueChanged.

    Raises Forbidden, or VenueRefused: no mandate in force, or stationed here already.
    """
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    rules.check_may_manage_venue(by, venue)
    rules.check_is_deputy(deputy_id, max(from_date, local_date(at)))
    held = Stationing.objects.filter(venue=venue, deputy_id=deputy_id)
    if held.exclude(until_date__lt=from_date).exists():
        raise rules.VenueRefused(_("This deputy is stationed here already."))
    stationing = Stationing.objects.create(
        venue=venue,
        deputy_id=deputy_id,
        from_date=from_date,
        until_date=until_date,
        division_code=venue.division_code,
    )
    _note("venues.deputy.station", venue, deputy_id, {"from": str(from_date)}, by, at)
    return stationing


@transaction.atomic
def end_stationing(
    *, stationing_id: UUID, until_date: date, by: Actor | None, at: datetime
) -> Stationing:
    """The deputy leaves the venue and its grids with the close of the day; journal entry, VenueChanged."""
    stationing = (
        Stationing.objects.select_for_update(of=("self",))
        .select_related("venue")
        .get(pk=stationing_id)
    )
    venue = stationing.venue
    rules.check_may_manage_venue(by, venue)
    stationing.until_date = max(until_date, stationing.from_date - timedelta(days=1))
    stationing.save(update_fields=("until_date",))
    bound = GridBinding.objects.select_for_update().filter(
        venue=venue, deputy_id=stationing.deputy_id, until_date__isnull=True
    )
    for binding in bound:
        binding.until_date = stationing.until_date
        binding.save(update_fields=("until_date",))
    data = {"until": stationing.until_date.isoformat()}
    _note("venues.deputy.leave", venue, stationing.deputy_id, data, by, at)
    return stationing


@transaction.atomic
def bind_grid(
    *,
    venue_id: UUID,
    grid_id: UUID,
    deputy_id: UUID,
    from_date: date,
    by: Actor | None,
    at: datetime,
) -> GridBinding:
    """Binds a deputy stationed in the venue to one of its grids (网格绑定); journal entry, VenueChanged.

    Raises Forbidden, or VenueRefused: not stationed here, a grid elsewhere, bound already.
    """
    venue = Venue.objects.select_for_update().get(pk=venue_id)
    rules.check_may_manage_venue(by, venue)
    grid = Grid.objects.get(pk=grid_id)
    rules.check_grid_fits(venue, grid)
    here = Stationing.objects.filter(venue=venue, deputy_id=deputy_id)
    if not here.exclude(until_date__lt=from_date).exists():
        raise rules.VenueRefused(_("Only a deputy stationed in this venue is bound to its grids."))
    bound = GridBinding.objects.filter(grid=grid, deputy_id=deputy_id)
    if bound.exclude(until_date__lt=from_date).exists():
        raise rules.VenueRefused(_("This deputy is bound to this grid already."))
    binding = GridBinding.objects.create(
        venue=venue,
        grid=grid,
        deputy_id=deputy_id,
        from_date=from_date,
        division_code=grid.division_code,
    )
    _note("venues.grid.bind", venue, deputy_id, {"grid": str(grid_id)}, by, at)
    return binding


@transaction.atomic
def unbind_grid(
    *, binding_id: UUID, until_date: date, by: Actor | None, at: datetime
) -> GridBinding:
    """The deputy answers for the grid no longer, from the next day on; journal entry, VenueChanged."""
    binding = (
        GridBinding.objects.select_for_update(of=("self",))
        .select_related("venue")
        .get(pk=binding_id)
    )
    rules.check_may_manage_venue(by, binding.venue)
    binding.until_date = until_date
    binding.save(update_fields=("until_date",))
    data = {"grid": str(binding.grid_id)}
    _note("venues.grid.unbind", binding.venue, binding.deputy_id, data, by, at)
    return binding


def _note(
    action: str,
    venue: Venue,
    deputy_id: UUID,
    data: dict[str, str],
    by: Actor | None,
    at: datetime,
) -> None:
    write(
        action=action,
        by=by,
        at=at,
        division_code=venue.division_code,
        subject=venue,
        data={"deputy": str(deputy_id), **data},
    )
    tell_changed(venue, at)
