"""The second factor: codes of an app, recovery codes, and what an administrator may take away."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.kernel import codes, totp
from lianxin.kernel.bus import announce
from lianxin.kernel.ids import uuid7
from lianxin.kernel.keys import index_key
from lianxin.kernel.refused import Forbidden
from lianxin.people import rules
from lianxin.people.enums import Ability, Door
from lianxin.people.events import DoorChanged
from lianxin.people.models import Account, CodeApp, Passkey, RecoveryCode, Session
from lianxin.people.queries import has_second_factor, second_factors
from lianxin.people.rules import Acting
from lianxin.record.services import write

CODES, CODE_SIGNS = 10, 12  # 60 bits each; digests are keyed, tries are limited


@transaction.atomic
def add_app(*, account_id: UUID, secret: str, code: str, at: datetime) -> CodeApp:
    """An app that shows the right code is the account's own from now on; the former one is void.

    Journal entry; the person is told. Raises CodeRefused.
    """
    account = locked(account_id)
    step = totp.step_of(secret, code, at)
    if step is None:
        raise rules.CodeRefused
    CodeApp.objects.filter(account=account).delete()
    app = CodeApp.objects.create(account=account, secret=secret, last_step=step, added_at=at)
    note("people.code-app.add", account, {}, at)
    tell(account, Door.FACTOR_ADDED)
    return app


@transaction.atomic
def remove_app(*, account_id: UUID, at: datetime) -> None:
    """The app's codes open nothing any more. Raises FactorRefused for the last required factor."""
    account = locked(account_id)
    found = second_factors(account_id)
    if found.app:
        rules.check_not_the_last(len(found.passkeys))
        CodeApp.objects.filter(account=account).delete()
        note("people.code-app.remove", account, {}, at)
        forget_codes_without_factor(account)
        tell(account, Door.FACTOR_REMOVED)


@transaction.atomic
def make_codes(*, account_id: UUID, at: datetime) -> list[str]:
    """Ten fresh recovery codes, to be shown once; the former ones are void. Journal entry.

    Raises FactorRefused while there is no other factor that they could stand in for.
    """
    account = locked(account_id)
    if not has_second_factor(account_id):
        raise rules.FactorRefused(_("Set up an app or a passkey first."))
    RecoveryCode.objects.filter(account=account).delete()
    fresh = [_fresh_code() for _number in range(CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(account=account, digest=_digest(account, code)) for code in fresh
    )
    note("people.recovery-codes.make", account, {"number": CODES}, at)
    tell(account, Door.CODES_MADE)
    return fresh


@transaction.atomic
def check_code(*, account_id: UUID, code: str, at: datetime) -> str:
    """Takes a code of the app or a recovery code, each once; says which: `app` or `recovery`.

    A used recovery code is journalled and the person is told. Raises CodeRefused.
    """
    account = locked(account_id)
    if _take_app_code(account, code, at):
        return "app"
    typed = codes.typed(code)
    kept = RecoveryCode.objects.filter(
        account=account, digest=_digest(account, typed), used_at__isnull=True
    )
    if not typed or not kept.update(used_at=at):
        raise rules.CodeRefused
    note("people.recovery-code.use", account, {}, at)
    tell(account, Door.CODE_USED)
    return "recovery"


def _take_app_code(account: Account, code: str, at: datetime) -> bool:
    app = CodeApp.objects.select_for_update().filter(account=account).first()
    if app is None:
        return False
    step = totp.step_of(app.secret, code, at, after=app.last_step)
    if step is None:
        return False
    app.last_step = step
    app.save(update_fields=("last_step",))
    return True


@transaction.atomic
def reset_second_factor(*, account_id: UUID, reason: str, by: Acting, at: datetime) -> None:
    """Takes away every second factor of somebody who has lost them: a new one is set up at the next
    sign-in, after the password. Sessions end, the journal keeps the reason, the person is told.

    Raises Forbidden (never one's own, never by who opened the password), FactorRefused.
    """
    if not by.can(Ability.PEOPLE_MANAGE):
        raise Forbidden(_("A second factor is reset by the security administrator."))
    account = locked(account_id)
    linked = account.identities.values_list("linked_by_id", flat=True)
    rules.check_two_hands(by, account, account.password_by_id, *linked)
    if not reason.strip():
        raise rules.FactorRefused(_("Say why the second factor is reset."))
    for kind in (CodeApp, Passkey, RecoveryCode, Session):
        kind.objects.filter(account=account).delete()
    account.factors_by_id = by.person_id
    account.save(update_fields=("factors_by_id",))
    data = {"reason": reason.strip()[:200]}
    write(
        action="people.second-factor.reset",
        by=by, at=at, division_code="", subject=account, data=data,
    )  # fmt: skip
    tell(account, Door.FACTORS_RESET)


def locked(account_id: UUID) -> Account:
    return Account.objects.select_for_update(of=("self",)).get(pk=account_id)


def note(action: str, account: Account, data: dict[str, Any], at: datetime) -> None:
    """A line in the journal about what the owner did at the own account."""
    owner = rules.owner_of(account)
    write(action=action, by=owner, at=at, division_code="", subject=account, data=data)


def tell(account: Account, what: Door) -> None:
    """The person is told, wherever the change came from."""
    event = DoorChanged(
        change_id=uuid7(), person_id=account.person_id, account_id=account.pk, what=what
    )
    announce(event, key=account.pk, division_code="")


def forget_codes_without_factor(account: Account) -> None:
    """Recovery codes stand in for a factor; without one they would be one themselves."""
    if not has_second_factor(account.pk):
        RecoveryCode.objects.filter(account=account).delete()


def _fresh_code() -> str:
    signs = "".join(secrets.choice(codes.ALPHABET) for _sign in range(CODE_SIGNS))
    return "-".join(signs[at : at + 4] for at in range(0, CODE_SIGNS, 4))


def _digest(account: Account, code: str) -> bytes:
    plain = code.replace("-", "").translate(str.maketrans("OIL", "011"))
    key = index_key("recovery-code")
    return hmac.digest(key, account.pk.bytes + plain.encode(), "sha256")
