"""Who acts: a person together with the posts and mandates held at this moment."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PostGrant:
    """One post in force: a role held at an organ, with what it allows there."""

    role: str
    organ_id: UUID
    organ_name: str
    organ_kind: str
    division_code: str
    abilities: frozenset[str]


@dataclass(frozen=True, slots=True)
class Actor:
    """A person acting. `deputy_id` is set while at least one mandate is in force.

    `stands_in_for` lists the persons whom the actor replaces during an absence; their posts are
    already among `posts`.
    """

    person_id: UUID
    name: str
    account_id: UUID | None = None
    deputy_id: UUID | None = None
    posts: tuple[PostGrant, ...] = ()
    stands_in_for: tuple[UUID, ...] = ()
    acting_organ_id: UUID | None = None

    @property
    def organ_id(self) -> UUID | None:
        """The organ written into the journal: the one acted for, else the first post's."""
        if self.acting_organ_id:
            return self.acting_organ_id
        return self.posts[0].organ_id if self.posts else None

    @property
    def organ_ids(self) -> tuple[UUID, ...]:
        return tuple(dict.fromkeys(post.organ_id for post in self.posts))

    def can(self, ability: str, *, organ_id: UUID | None = None) -> bool:
        """Whether a post grants the ability; with `organ_id`, only a post at that very organ."""
        return any(
            ability in post.abilities and organ_id in (None, post.organ_id) for post in self.posts
        )

    def can_in(self, ability: str, division_code: str) -> bool:
        """Whether a post grants the ability over the division: at its own or at a parent's."""
        return any(
            ability in post.abilities and division_code.startswith(post.division_code)
            for post in self.posts
        )

    def organs_with(self, ability: str) -> tuple[UUID, ...]:
        return tuple(
            dict.fromkeys(post.organ_id for post in self.posts if ability in post.abilities)
        )

    def scopes_with(self, ability: str) -> tuple[str, ...]:
        """Division codes over which the ability is held, parents only."""
        codes = sorted({post.division_code for post in self.posts if ability in post.abilities})
        return tuple(
            code for i, code in enumerate(codes) if not any(code.startswith(c) for c in codes[:i])
        )
