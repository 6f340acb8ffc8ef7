"""Verbs of people: roles, persons, accounts, access keys, saved views."""

from lianxin.people.services.access_keys import make_key, note_use, revoke_key
from lianxin.people.services.accounts import (
    change_own_password,
    close_account,
    create_account,
    make_password_link,
    note_sign_in,
    prove,
    reopen_account,
    replace_password,
    set_password,
)
from lianxin.people.services.factors import (
    add_app,
    check_code,
    make_codes,
    remove_app,
    reset_second_factor,
)
from lianxin.people.services.passkeys import (
    add_passkey,
    begin_adding,
    begin_asking,
    check_passkey,
    remove_passkey,
)
from lianxin.people.services.persons import create_person, update_person
from lianxin.people.services.roles import ensure_roles
from lianxin.people.services.saved_views import delete_view, rename_view, save_view
from lianxin.people.services.sessions import (
    end_other_sessions,
    end_session,
    forget_sessions,
    mark_proven,
    open_session,
    see,
)

__all__ = [
    "add_app",
    "add_passkey",
    "begin_adding",
    "begin_asking",
    "change_own_password",
    "check_code",
    "check_passkey",
    "close_account",
    "create_account",
    "create_person",
    "delete_view",
    "end_other_sessions",
    "end_session",
    "ensure_roles",
    "forget_sessions",
    "make_codes",
    "make_key",
    "make_password_link",
    "mark_proven",
    "note_sign_in",
    "note_use",
    "open_session",
    "prove",
    "remove_app",
    "remove_passkey",
    "rename_view",
    "reopen_account",
    "replace_password",
    "reset_second_factor",
    "revoke_key",
    "save_view",
    "see",
    "set_password",
    "update_person",
]
