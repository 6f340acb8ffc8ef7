"""Reads of people, and of residents who signed in by phone (`people.queries.residents`)."""

from lianxin.people.queries.access_keys import access_digest, key_behind, keys_of
from lianxin.people.queries.doors import (
    SecondFactors,
    account_of_link,
    has_second_factor,
    identity_at,
    identity_of,
    second_factors,
    sessions_of,
)
from lianxin.people.queries.persons import (
    PostInWords,
    account_of,
    persons_by_phone,
    posts_in_words,
    role_by_code,
    roles,
    views_of,
    workplace_of,
)

__all__ = [
    "PostInWords",
    "SecondFactors",
    "access_digest",
    "account_of",
    "account_of_link",
    "has_second_factor",
    "identity_at",
    "identity_of",
    "key_behind",
    "keys_of",
    "persons_by_phone",
    "posts_in_words",
    "role_by_code",
    "roles",
    "second_factors",
    "sessions_of",
    "views_of",
    "workplace_of",
]
