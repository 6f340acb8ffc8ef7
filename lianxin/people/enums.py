"""The abilities a post can grant, and the roles this product knows from the start."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


class Ability(TextChoices):
    """What the rules of every app ask for. A post grants it at its organ or over its division."""

    CASE_REGISTER = "case.register", _("register matters of residents at the desk")
    CASE_SCREEN = "case.screen", _("accept or refuse what residents send")
    CASE_SEE = "case.see", _("see the cases of the place")
    CASE_REVEAL = "case.reveal", _("see a name or phone, with a reason that the resident can read")
    CASE_PUBLISH = "case.publish", _("release a masked result")
    MATTER_DISPATCH = "matter.dispatch", _("share out, assign and transfer")
    MATTER_ANSWER = "matter.answer", _("answer a resident")
    MATTER_PRESS = "matter.press", _("remind whoever owes an answer")
    MATTER_CLOSE = "matter.close", _("close a matter")
    MATTER_SIGN = "matter.sign", _("sign for what is assigned")
    MATTER_HANDLE = "matter.handle", _("handle, return, ask for time and draft the answer")
    MATTER_APPROVE = "matter.approve", _("approve an answer before it leaves")
    MATTER_SUPERVISE = "matter.supervise", _("open a supervision")
    EXTENSION_DECIDE = "extension.decide", _("decide on more time")
    COMMITMENT_CHECK = "commitment.check", _("check what was promised")
    BOARD_SEE = "board.see", _("see what is late and what was answered badly")
    LEDGER_SEE = "ledger.see", _("read and export the ledger")
    VENUE_SEE = "venue.see", _("see how the venues are run")
    VENUE_MANAGE = "venue.manage", _("keep a venue's page and its deputies")
    RECEPTION_PLAN = "reception.plan", _("plan reception days and rotas")
    RECEPTION_RUN = "reception.run", _("take bookings, run the queue and write the record")
    DUTY_CALL = "duty.call", _("call a deputy out to a grid")
    DEPUTY_MANAGE = "deputy.manage", _("register deputies and record their mandates")
    RECORD_SEE = "record.see", _("read the journal")
    ROLE_MANAGE = "role.manage", _("give and withdraw posts")
    PEOPLE_MANAGE = "people.manage", _("keep persons and accounts")
    IMPORT_RUN = "import.run", _("import tables")
    CALENDAR_MANAGE = "calendar.manage", _("keep the working days")
    RULE_MANAGE = "rule.manage", _("keep the rules of time limits")
    OUTBOX_SEE = "outbox.see", _("see messages that could not be delivered")


class Door(TextChoices):
    """What a person is told when something about signing in has changed."""

    FACTOR_ADDED = "factor_added", _("A way to confirm your sign-in was added to your account.")
    FACTOR_REMOVED = (
        "factor_removed",
        _("A way to confirm your sign-in was taken from your account."),
    )
    CODES_MADE = "codes_made", _("New recovery codes were made; the old ones are void.")
    CODE_USED = "code_used", _("Somebody signed in to your account with a recovery code.")
    FACTORS_RESET = (
        "factors_reset",
        _(
            "An administrator took away your second factor; you set up a new one at your next sign-in."
        ),
    )
    PASSWORD_SET = "password_set", _("The password of your account was set anew.")
    IDENTITY_LINKED = "identity_linked", _("Your account was linked to a sign-in elsewhere.")


class Step(TextChoices):
    """What is still missing before somebody is signed in."""

    SECOND = "second", _("second factor")
    SET_UP = "set_up", _("second factor to be set up")
    PASSWORD = "password", _("password to be changed")
    DONE = "done", _("signed in")


class AccessScope(TextChoices):
    """What a program may do with an access key: never more than its person may."""

    READ = "read", _("read only")
    WRITE = "write", _("read and act")


class RoleCode(TextChoices):
    """The built-in roles. An installation may add its own rows beside them."""

    CLERK = "clerk", _("Liaison clerk")
    STATION_HEAD = "station_head", _("Head of station")
    GRID_WORKER = "grid_worker", _("Grid worker")
    HANDLER = "handler", _("Handling officer")
    UNIT_HEAD = "unit_head", _("Head of handling unit")
    SUPERVISOR = "supervisor", _("Supervising office of the congress")
    AUDITOR = "auditor", _("Audit administrator")
    SECURITY_ADMIN = "security_admin", _("Security administrator")
    OPERATOR = "operator", _("System administrator")


@dataclass(frozen=True, slots=True)
class RoleGrant:
    """A built-in role: its sentence for people, and what it allows."""

    description: Promise | str
    abilities: tuple[Ability, ...]


_CLERK = (
    Ability.CASE_REGISTER,
    Ability.CASE_SCREEN,
    Ability.CASE_SEE,
    Ability.CASE_REVEAL,
    Ability.MATTER_DISPATCH,
    Ability.MATTER_ANSWER,
    Ability.MATTER_PRESS,
    Ability.MATTER_CLOSE,
    Ability.LEDGER_SEE,
    Ability.VENUE_SEE,
    Ability.RECEPTION_PLAN,
    Ability.RECEPTION_RUN,
    Ability.DUTY_CALL,
)
_HANDLER = (Ability.MATTER_SIGN, Ability.MATTER_HANDLE)

#: Order is the order of display.
ROLES: dict[str, RoleGrant] = {
    RoleCode.CLERK: RoleGrant(
        _("Receives residents at a venue, screens what they send, hands it on and answers them."),
        _CLERK,
    ),
    RoleCode.STATION_HEAD: RoleGrant(
        _("Runs a venue: everything a clerk does, and decides on publication and more time."),
        (*_CLERK, Ability.CASE_PUBLISH, Ability.EXTENSION_DECIDE, Ability.VENUE_MANAGE),
    ),
    RoleCode.GRID_WORKER: RoleGrant(
        _("Works in the grids of a venue, and calls a bound deputy out when one is needed."),
        (Ability.DUTY_CALL,),
    ),
    RoleCode.HANDLER: RoleGrant(
        _("Signs for and handles what is assigned to the unit."),
        _HANDLER,
    ),
    RoleCode.UNIT_HEAD: RoleGrant(
        _("Heads a handling unit: handles too, and approves answers before they leave."),
        (*_HANDLER, Ability.MATTER_APPROVE),
    ),
    RoleCode.SUPERVISOR: RoleGrant(
        _("Watches over what is late or badly answered in the area, and presses for it."),
        (
            Ability.MATTER_SUPERVISE,
            Ability.EXTENSION_DECIDE,
            Ability.CASE_SEE,
            Ability.CASE_REVEAL,
            Ability.CASE_PUBLISH,
            Ability.LEDGER_SEE,
            Ability.VENUE_SEE,
            Ability.BOARD_SEE,
            Ability.COMMITMENT_CHECK,
            Ability.DEPUTY_MANAGE,
        ),
    ),
    RoleCode.AUDITOR: RoleGrant(
        _("Reads the journal and the masked cases, and changes nothing."),
        (Ability.RECORD_SEE, Ability.CASE_SEE),
    ),
    RoleCode.SECURITY_ADMIN: RoleGrant(
        _("Keeps accounts and gives posts, and sees no case."),
        (Ability.ROLE_MANAGE, Ability.PEOPLE_MANAGE),
    ),
    RoleCode.OPERATOR: RoleGrant(
        _("Keeps the installation running: imports, calendar, rules and undelivered messages."),
        (
            Ability.IMPORT_RUN,
            Ability.CALENDAR_MANAGE,
            Ability.RULE_MANAGE,
            Ability.OUTBOX_SEE,
        ),
    ),
}

#: The three administrators are kept apart: nobody holds two of them, no substitute inherits one.
ADMINISTRATORS = frozenset({RoleCode.AUDITOR, RoleCode.SECURITY_ADMIN, RoleCode.OPERATOR})


class Purpose(TextChoices):
    """What a code to a phone is asked for; it opens nothing else."""

    SIGN_IN = "sign-in", _("to see one's own matters")
    BOOKING = "booking", _("to book a reception")
    OWN_DATA = "own-data", _("to take along or erase one's own data")

    @property
    def text(self) -> Promise:
        """The message that carries the code."""
        return _CODE_TEXTS[self]


_CODE_TEXTS: dict[str, Promise] = {
    Purpose.OWN_DATA: _(
        "Your code for taking along or erasing your data: {secret}. It is good for 10 minutes. "
        "Tell it nobody."
    ),
    Purpose.SIGN_IN: _(
        "Your code for seeing your matters: {secret}. It is good for 10 minutes. Tell it nobody."
    ),
    Purpose.BOOKING: _(
        "Your code for booking a reception: {secret}. It is good for 10 minutes. Tell it nobody."
    ),
}
