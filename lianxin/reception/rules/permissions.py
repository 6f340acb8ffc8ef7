"""Who may do what at reception. Each `check_…` raises with a sentence, each `may_…` answers."""

from __future__ import annotations

from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.kernel.refused import Forbidden, Refused
from lianxin.people.enums import Ability
from lianxin.venues.models import Venue


class ReceptionRefused(Refused):
    """What makes no sense now; subclasses or instances bring their sentence."""

    code = "reception"
    status = 422


class NotYourVenue(Forbidden):
    message = _("This is done by the clerks of the venue.")
    code = "not_your_venue"


class NotADeputy(Forbidden):
    message = _("This page is for deputies whose mandate is in force.")
    code = "not_a_deputy"


class NotYourSeat(Forbidden):
    message = _("Only the deputy whose turn it is can do this.")
    code = "not_your_seat"


def may_plan(by: Actor | None, venue: Venue) -> bool:
    """Clerks and head of the venue; `by` None is the installation itself (commands, jobs)."""
    return by is None or by.can(Ability.RECEPTION_PLAN, organ_id=venue.desk_id)


def check_may_plan(by: Actor | None, venue: Venue) -> None:
    if not may_plan(by, venue):
        raise NotYourVenue


def may_run(by: Actor | None, venue: Venue) -> bool:
    """Bookings, queue and record of a day: clerks and head of the venue."""
    return by is None or by.can(Ability.RECEPTION_RUN, organ_id=venue.desk_id)


def check_may_run(by: Actor | None, venue: Venue) -> None:
    if not may_run(by, venue):
        raise NotYourVenue


def may_call(by: Actor | None, venue: Venue) -> bool:
    """Grid workers, clerks and head of the venue."""
    return by is None or by.can(Ability.DUTY_CALL, organ_id=venue.desk_id)


def check_may_call(by: Actor | None, venue: Venue) -> None:
    if not may_call(by, venue):
        raise NotYourVenue


def may_finish(by: Actor, deputy_id: UUID | None, venue: Venue) -> bool:
    """What was done at a grid: the deputy who went, or a clerk who heard it from them."""
    return (deputy_id is not None and by.deputy_id == deputy_id) or may_run(by, venue)


def check_may_finish(by: Actor, deputy_id: UUID | None, venue: Venue) -> None:
    if not may_finish(by, deputy_id, venue):
        raise NotYourSeat


def may_watch(by: Actor, venue: Venue) -> bool:
    """Figures and rotas of a venue: its own people, and the offices above it."""
    return by.can(Ability.VENUE_SEE, organ_id=venue.desk_id) or any(
        Ability.VENUE_SEE in post.abilities
        and post.organ_kind != "venue_desk"
        and venue.division_code.startswith(post.division_code)
        for post in by.posts
    )


def deputy_id_of(by: Actor) -> UUID:
    """The deputy who acts. Raises NotADeputy without a mandate in force."""
    if by.deputy_id is None:
        raise NotADeputy
    return by.deputy_id
