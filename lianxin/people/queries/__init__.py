"""Reads of people, and of residents who signed in by phone (`people.queries.residents`)."""

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
    "account_of",
    "persons_by_phone",
    "posts_in_words",
    "role_by_code",
    "roles",
    "views_of",
    "workplace_of",
]
