"""What a notice's link may be, and what counts as an address."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.kernel.phones import to_e164
from lianxin.kernel.refused import Forbidden, Refused
from lianxin.notices.enums import Channel
from lianxin.people.enums import Ability


class AddressRefused(Refused):
    message = _("Nothing can be sent to this address.")
    code = "address"
    status = 422


def check_own_link(url: str) -> None:
    """A notice leads to a page of this installation and nowhere else."""
    if url and (not url.startswith("/") or url.startswith(("//", "/\\"))):
        raise ValueError("A notice links to a path of this installation.")


def written_address(channel: str, address: str) -> str:
    """The address as the gateway takes it. Raises AddressRefused."""
    address = address.strip()
    if channel == Channel.SMS:
        number = to_e164(address)
        if number is None:
            raise AddressRefused
        return number
    try:
        validate_email(address)
    except ValidationError:
        raise AddressRefused from None
    return address


def check_may_see_undelivered(by: Actor) -> None:
    if not by.can(Ability.OUTBOX_SEE):
        raise Forbidden(_("Only the system administrator looks after undelivered messages."))


def check_may_mend(by: Actor, division_code: str) -> None:
    """What belongs to no place is everybody's who looks after any."""
    if not (by.can_in(Ability.OUTBOX_SEE, division_code) or not division_code):
        raise Forbidden(_("This belongs to another place's system administrator."))
    check_may_see_undelivered(by)
