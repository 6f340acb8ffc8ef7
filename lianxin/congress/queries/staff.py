"""The people a security administrator keeps, and what the journal says of them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from lianxin.congress.models import Deputy, Organ, Post
from lianxin.congress.queries.periods import today, within_any
from lianxin.kernel import scope
from lianxin.kernel.refused import Absent
from lianxin.people.enums import RoleCode
from lianxin.people.models import Account, Person
from lianxin.record.models import Entry

#: Acts on doors and posts, as the journal names them.
_WATCHED = ("people.", "congress.post.", "congress.absence.")


def people_in(scopes: Collection[str], *, search: str = "") -> QuerySet[Person]:
    """Persons with a post, now or once, or a deputy's seat in the divisions; by name."""
    posts = Post.objects.filter(within_any(scopes), person=OuterRef("pk"))
    seats = Deputy.objects.filter(within_any(scopes), person=OuterRef("pk"))
    found = Person.objects.filter(Exists(posts) | Exists(seats)).select_related("account")
    for word in search.split():
        found = found.filter(Q(name__icontains=word) | Q(account__username__icontains=word))
    return found


def places_of(person_id: UUID) -> set[str]:
    """Codes of all places where the person holds a post from today on or is a deputy; of all former
    posts when there is none. From anywhere: whoever may open the account must have power over all.
    """
    with scope.everywhere("an account opens all that its owner may do, wherever that is"):
        posts = Post.objects.filter(person_id=person_id)
        current = posts.filter(
            Q(until_date__isnull=True) | Q(until_date__gte=today()), is_withdrawn=False
        )
        codes = set(current.values_list("division_code", flat=True))
        codes |= set(
            Deputy.objects.filter(person_id=person_id).values_list("division_code", flat=True)
        )
        return codes or set(posts.values_list("division_code", flat=True))


def person_in(scopes: Collection[str], person_id: UUID) -> Person:
    """One of them. Raises Absent."""
    found = people_in(scopes).filter(pk=person_id).first()
    if found is None:
        raise Absent
    return found


def posts_held(person_id: UUID, scopes: Collection[str]) -> QuerySet[Post]:
    """A person's posts in the divisions, those in force first."""
    rows = Post.objects.filter(within_any(scopes), person_id=person_id)
    return rows.select_related("role", "organ").order_by("is_withdrawn", "-from_date", "id")


def organs_named(name: str, scopes: Collection[str], *, most: int = 6) -> list[Organ]:
    """Open organs of that full name in the divisions; none: those whose name holds it, `most` at most.

    The code of a division behind the name tells organs of one name apart.
    """
    wanted, _space, code = name.strip().rpartition(" ")
    if not code.isdecimal() or not wanted:
        wanted, code = name.strip(), ""
    there = Organ.objects.filter(within_any(scopes), is_active=True).order_by("name", "pk")
    if code:
        there = there.filter(division_code=code)
    return list(there.filter(name=wanted)[:most]) or list(
        there.filter(name__contains=wanted)[:most]
    )


@dataclass(frozen=True, slots=True)
class JournalLine:
    """An entry, whom or what it is about, as far as a name is known, and its reason or role."""

    entry: Entry
    about: str
    details: str


def watched_entries(scopes: Collection[str]) -> QuerySet[Entry]:
    """Entries about accounts, posts and absences of people in the divisions, newest first."""
    acts = Q()
    for start in _WATCHED:
        acts |= Q(action__startswith=start)
    rows: QuerySet[Entry] = Entry.objects.filter(acts)
    if "" not in scopes:
        people = people_in(scopes).values("pk")
        accounts = Account.objects.filter(person__in=people).values("pk")
        own = Q(division_code="") & (Q(subject_id__in=people) | Q(subject_id__in=accounts))
        rows = rows.filter(own | within_any(scopes))
    return rows


def lines_of(entries: Collection[Entry]) -> list[JournalLine]:
    """With the names of the persons meant. Two queries."""
    told: dict[Any, str] = {}
    keys = [entry.subject_id for entry in entries]
    keys += [entry.data["person"] for entry in entries if "person" in entry.data]
    for account in Account.objects.filter(pk__in=keys):
        told[str(account.pk)] = f"{account.person.name} ({account.username})"
    for key, name in Person.objects.filter(pk__in=keys).values_list("pk", "name"):
        told[str(key)] = name
    return [
        JournalLine(
            entry,
            told.get(str(entry.subject_id)) or told.get(str(entry.data.get("person")), ""),
            _details(entry.data),
        )
        for entry in entries
    ]


def _details(data: dict[str, Any]) -> str:
    if "role" in data:
        role = data["role"]
        return str(RoleCode(role).label) if role in RoleCode.values else str(role)
    return str(data.get("reason", ""))


def post_of(person_id: UUID, post_id: UUID) -> Post:
    """That post of that person. Raises Absent."""
    found = Post.objects.filter(pk=post_id, person_id=person_id).first()
    if found is None:
        raise Absent
    return found
