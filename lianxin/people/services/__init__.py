"""Verbs of people: roles, persons, accounts, saved views."""

from lianxin.people.services.accounts import (
    change_own_password,
    close_account,
    create_account,
    note_sign_in,
    reopen_account,
    set_password,
)
from lianxin.people.services.persons import create_person, update_person
from lianxin.people.services.roles import ensure_roles
from lianxin.people.services.saved_views import delete_view, rename_view, save_view

__all__ = [
    "change_own_password",
    "close_account",
    "create_account",
    "create_person",
    "delete_view",
    "ensure_roles",
    "note_sign_in",
    "rename_view",
    "reopen_account",
    "save_view",
    "set_password",
    "update_person",
]
