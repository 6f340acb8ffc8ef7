"""Boards: a printed version is recorded; which ones are out of date is kept up with."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.kernel import bus
from lianxin.record.services import write
from lianxin.venues import rules
from lianxin.venues.enums import BoardForm
from lianxin.venues.events import VenueChanged
from lianxin.venues.models import BoardIssue, Stationing, Venue
from lianxin.venues.queries.boards import facts_of, facts_of_venue, latest_issue, with_latest
from lianxin.venues.rules.boards import Facts, differences, digest

CHUNK = 100


@transaction.atomic
def issue_board(*, venue_id: UUID, form: str, by: Actor | None, at: datetime) -> BoardIssue:
    """The board is printed anew: a version with its facts, which its QR code names.

    Locks the venue → rule → facts read → issue → `board_digest` → journal. When nothing on it has
    changed since the newest version, that one is printed again, in whatever form: a version is what
    a board says, not a sheet of paper. Raises Forbidden, or VenueRefused for an unknown form.
    """
    venue = Venue.objects.select_for_update().get(pk=venue_id, is_active=True)
    rules.check_may_print(by, venue)
    if form not in BoardForm.values:
        raise rules.VenueRefused(_("There is no board of this form."))
    facts = facts_of_venue(venue, at=at)
    said, newest = digest(facts), latest_issue(venue_id)
    if newest is not None and newest.digest == said:
        _note("venues.board.reprint", venue, newest, form, by, at)
        return newest
    issue = BoardIssue.objects.create(
        venue=venue,
        version=newest.version + 1 if newest else 1,
        form=form,
        facts=facts,
        digest=said,
        printed_at=at,
        printed_by_id=by.person_id if by else None,
        division_code=venue.division_code,
    )
    venue.board_digest = said
    venue.save(update_fields=("board_digest",))
    _note("venues.board.print", venue, issue, form, by, at)
    return issue


@transaction.atomic
def refresh_boards(*, venue_ids: list[UUID], at: datetime) -> int:
    """Compares the newest printed boards of these venues with what holds now.

    `board_digest` is the printed one while nothing a passer-by relies on has changed, else the digest
    of what the board would say: a venue is out of date exactly where the two differ. Venues whose
    board was never printed are left alone. Returns how many changed; a second call changes none.
    """
    printed = BoardIssue.objects.filter(venue=OuterRef("pk"))
    rows = Venue.objects.select_for_update().filter(Exists(printed), pk__in=venue_ids)
    venues = list(rows.filter(is_active=True).order_by("pk"))
    if not venues:
        return 0
    issues, facts = with_latest(venues), facts_of(venues, at=at)
    changed = 0
    for venue in venues:
        said = _digest_now(issues[venue.pk], facts[venue.pk], at)
        if said != venue.board_digest:
            venue.board_digest = said
            venue.save(update_fields=("board_digest",))
            changed += 1
    return changed


def refresh_boards_of(*, deputy_id: UUID, at: datetime) -> int:
    """The same for every venue in which the deputy is or was stationed."""
    ids = Stationing.objects.filter(deputy_id=deputy_id).values_list("venue_id", flat=True)
    return refresh_boards(venue_ids=list(set(ids)), at=at)


def recheck_boards(at: datetime) -> int:
    """All printed boards anew, in chunks of their own transaction; how many changed. A job.

    Catches what no event tells: a mandate or a binding that ended by its date, a day that has passed.
    """
    printed = BoardIssue.objects.order_by("venue").values_list("venue_id", flat=True).distinct()
    ids = list(printed)
    return sum(
        refresh_boards(venue_ids=ids[start : start + CHUNK], at=at)
        for start in range(0, len(ids), CHUNK)
    )


def tell_changed(venue: Venue, at: datetime) -> None:
    """Announces VenueChanged, in the transaction of what changed."""
    event = VenueChanged(venue_id=venue.pk, at=at)
    bus.announce(event, key=venue.pk, division_code=venue.division_code)


def _digest_now(issue: BoardIssue, facts: Facts, at: datetime) -> str:
    return digest(facts) if differences(issue.facts, facts, at=at) else issue.digest


def _note(
    action: str, venue: Venue, issue: BoardIssue, form: str, by: Actor | None, at: datetime
) -> None:
    write(
        action=action,
        by=by,
        at=at,
        division_code=venue.division_code,
        subject=venue,
        data={"version": issue.version, "form": str(form)},
    )
