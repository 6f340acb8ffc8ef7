"""Somebody at the door: signs in step by step in a test."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import timedelta

import time_machine
from django.test import Client

from lianxin.kernel import totp
from lianxin.kernel.clock import now
from lianxin.people import services
from lianxin.people.models import Account, CodeApp
from tests.congress import factories as make
from tests.congress.factories import PASSWORD
from tests.people.keys import SoftKey

FACTORS = "/account/second-factor/"


def somebody(username: str = "chenming", role: str = "clerk") -> Account:
    owner = make.person("陈明")
    make.post(owner, role, make.organ())
    return make.account(owner, username)


def with_app(account: Account) -> str:
    """An app set up a while ago; returns its secret."""
    secret, then = totp.new_secret(), now() - timedelta(hours=1)
    code = totp.code_of(secret, totp.step_at(then))
    services.add_app(account_id=account.pk, secret=secret, code=code, at=then)
    return secret


def with_passkey(account: Account, **more: object) -> SoftKey:
    key = SoftKey(**more)
    options, state = services.begin_adding(account_id=account.pk)
    services.add_passkey(
        account_id=account.pk, state=state, answer=key.make(options), name="手机", at=now()
    )
    return key


def code_now(account: Account) -> str:
    app = CodeApp.objects.get(account=account)
    return totp.code_of(app.secret, totp.step_at(now()))


def give_password(client: Client, account: Account, password: str = PASSWORD, **more: str):
    return client.post(
        "/sign-in/", {"username": account.username, "password": password, **more}, REMOTE_ADDR="::1"
    )


def sign_in(client: Client, account: Account, password: str = PASSWORD):
    """The whole way, with a code where one is asked for."""
    response = give_password(client, account, password)
    if response.headers.get("Location") == "/sign-in/confirm/":
        response = client.post("/sign-in/confirm/", {"code": code_now(account)})
    return response


def show(client: Client, key: SoftKey, **more: str):
    options = client.post("/sign-in/passkey/options/").json()
    return client.post("/sign-in/passkey/", {"answer": key.show(options), **more})


def is_in(client: Client) -> bool:
    return client.get("/account/").status_code == 200


@contextmanager
def later(**span: float):
    """The clock set on."""
    with time_machine.travel(now() + timedelta(**span), tick=True):
        yield
