"""Who may change organs, posts, absences and mandates, and when that makes sense."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lianxin.congress.enums import EndReason, Level
from lianxin.congress.models import Actor, Mandate, Organ
from lianxin.kernel.refused import Forbidden, Refused
from lianxin.people.enums import ADMINISTRATORS, Ability


class DatesRefused(Refused):
    message = _("The last day lies before the first.")
    code = "dates"
    status = 422


class PostRefused(Refused):
    code = "post"


class AbsenceRefused(Refused):
    code = "absence"
    status = 422


class MandateRefused(Refused):
    code = "mandate"


class LevelRefused(Refused):
    message = _("There is no people's congress of this level in this place.")
    code = "level"
    status = 422


#: Lengths of the division codes at which each level's congress sits.
CODE_LENGTH = {
    Level.NATIONAL: 0,
    Level.PROVINCE: 2,
    Level.PREFECTURE: 4,
    Level.COUNTY: 6,
    Level.TOWNSHIP: 9,
}


def check_dates(from_date: date, until_date: date | None) -> None:
    if until_date is not None and until_date < from_date:
        raise DatesRefused


def may_keep_organs(by: Actor | None, division_code: str) -> bool:
    """The security administrator of the place or, by import, its operator; None is no hand at all."""
    return by is None or _keeps(by, division_code)


def _keeps(by: Actor, division_code: str) -> bool:
    return by.can_in(Ability.ROLE_MANAGE, division_code) or by.can_in(
        Ability.IMPORT_RUN, division_code
    )


def check_may_keep_organs(by: Actor | None, division_code: str) -> None:
    if not may_keep_organs(by, division_code):
        raise Forbidden(_("Organs are kept by the security administrator of the place."))


def check_may_see_posts(by: Actor, division_code: str | None = None) -> None:
    """Anywhere at all, or over the division."""
    held = by.scopes_with(Ability.ROLE_MANAGE)
    if not any(division_code is None or division_code.startswith(scope) for scope in held):
        raise Forbidden(_("Posts are seen and given by the security administrator."))


def may_give_post(by: Actor | None, person_id: UUID, role: str, division_code: str) -> bool:
    """Never to oneself; an administrator's post only by the security administrator."""
    if by is None:
        return True
    if by.person_id == person_id:
        return False
    if role in ADMINISTRATORS:
        return by.can_in(Ability.ROLE_MANAGE, division_code)
    return _keeps(by, division_code)


def check_may_give_post(by: Actor | None, person_id: UUID, role: str, division_code: str) -> None:
    if by is not None and by.person_id == person_id:
        raise Forbidden(_("Nobody gives a post to themselves; ask another administrator."))
    if not may_give_post(by, person_id, role, division_code):
        raise Forbidden(_("This post is given by the security administrator of the place."))


def check_administrators_apart(role: str, held: Iterable[str]) -> None:
    """System, security and audit are three persons."""
    others = (ADMINISTRATORS & set(held)) - {role}
    if role in ADMINISTRATORS and others:
        raise PostRefused(
            _("One person cannot hold two of the three administrators' posts."),
            hint=_("System, security and audit are kept apart."),
        )


def may_keep_person(by: Actor, codes: Collection[str]) -> bool:
    """The security administrator over every place where the person works or is a deputy: whoever
    opens an account opens all that its owner may do. Somebody without any place is anybody's."""
    return by.can(Ability.PEOPLE_MANAGE) and all(
        by.can_in(Ability.PEOPLE_MANAGE, code) for code in codes
    )


def check_may_keep_person(by: Actor, codes: Collection[str]) -> None:
    if not may_keep_person(by, codes):
        raise Forbidden(_("This person's account is kept by the security administrator above."))


def check_may_keep_people(by: Actor) -> None:
    if not by.can(Ability.PEOPLE_MANAGE):
        raise Forbidden(_("Persons and accounts are kept by the security administrator."))


def check_not_oneself(by: Actor, person_id: UUID) -> None:
    if by.person_id == person_id:
        raise Forbidden(_("Your own account is kept by another administrator."))


def check_may_see_journal(by: Actor) -> None:
    if not by.can(Ability.RECORD_SEE):
        raise Forbidden(_("The journal is read by the auditor."))


def check_organ_is_open(organ: Organ) -> None:
    if not organ.is_active:
        raise PostRefused(_("This organ is closed."))


def may_set_absence(by: Actor | None, absent: Actor) -> bool:
    """One's own, or that of somebody all of whose posts one could give."""
    if by is None or by.person_id == absent.person_id:
        return True
    codes = [post.division_code for post in absent.posts]
    return bool(codes) and all(by.can_in(Ability.ROLE_MANAGE, code) for code in codes)


def check_may_set_absence(by: Actor | None, absent: Actor) -> None:
    if not may_set_absence(by, absent):
        raise Forbidden(_("You can only enter your own absence."))


def check_substitute(absent: Actor, substitute: Actor) -> None:
    """A substitute is somebody else, of the staff, of the same county at least."""
    if absent.person_id == substitute.person_id:
        raise AbsenceRefused(_("Somebody else has to stand in for you."))
    counties = {post.division_code[:6] for post in absent.posts}
    if not any(_near(post.division_code, counties) for post in substitute.posts):
        raise AbsenceRefused(
            _("Only somebody who holds a post in the same county can stand in for you.")
        )


def _near(code: str, counties: set[str]) -> bool:
    return any(code.startswith(county) for county in counties)


def may_manage_deputies(by: Actor | None, division_code: str) -> bool:
    """The congress office, presidium or street committee over the place; operators by import."""
    return (
        by is None
        or by.can_in(Ability.DEPUTY_MANAGE, division_code)
        or by.can_in(Ability.IMPORT_RUN, division_code)
    )


def check_may_manage_deputies(by: Actor | None, division_code: str) -> None:
    if not may_manage_deputies(by, division_code):
        raise Forbidden(_("Deputies are registered by the congress office of the place."))


def check_level_fits(level: str, division_code: str, *, is_street: bool = False) -> None:
    """A congress sits where its level has one; a street has none (地方组织法 59)."""
    if len(division_code) != CODE_LENGTH[Level(level)] or is_street:
        raise LevelRefused


def check_end(mandate: Mandate, reason: str, until_date: date, today: date) -> None:
    """Grounds of 代表法 62; moving away ends only the mandates of local congresses."""
    if reason not in EndReason.values:
        raise MandateRefused(_("This is no ground on which a mandate ends."), status=422)
    if reason == EndReason.MOVED and mandate.level == Level.NATIONAL:
        raise MandateRefused(
            _("Moving away ends only the mandate of a local congress."), status=422
        )
    if until_date > today:
        raise MandateRefused(_("The end of a mandate is recorded when it has come."), status=422)
    check_dates(mandate.from_date, until_date)
