"""Persons, their accounts with the second factor and sessions, the roles as data, saved views."""

from lianxin.people.models.accounts import Account, AccountManager, OutsideIdentity
from lianxin.people.models.factors import CodeApp, Passkey, RecoveryCode
from lianxin.people.models.keys import AccessKey
from lianxin.people.models.persons import Person, Role, SavedView
from lianxin.people.models.residents import PhoneProof, ResidentSession
from lianxin.people.models.sessions import Session

__all__ = [
    "AccessKey",
    "Account",
    "AccountManager",
    "CodeApp",
    "OutsideIdentity",
    "Passkey",
    "Person",
    "PhoneProof",
    "RecoveryCode",
    "ResidentSession",
    "Role",
    "SavedView",
    "Session",
]
