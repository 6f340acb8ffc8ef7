"""Nouns of the congress: organs and posts, congresses and terms, deputies and mandates."""

from lianxin.congress.models.actor import Actor, PostGrant
from lianxin.congress.models.congresses import Congress, CongressSession, Delegation, Term
from lianxin.congress.models.deputies import Deputy, Mandate
from lianxin.congress.models.organs import Absence, Organ, Post

__all__ = [
    "Absence",
    "Actor",
    "Congress",
    "CongressSession",
    "Delegation",
    "Deputy",
    "Mandate",
    "Organ",
    "Post",
    "PostGrant",
    "Term",
]
