"""Who acts, with which posts, and whom to tell at an organ."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from lianxin.congress.enums import MandateState
from lianxin.congress.models import Absence, Actor, Deputy, Mandate, Post, PostGrant
from lianxin.congress.queries.periods import in_force, today, within_any
from lianxin.kernel.together import together
from lianxin.people.enums import ADMINISTRATORS
from lianxin.people.models import Account, Person


def actor_for(account: Account, *, on: date | None = None) -> Actor:
    """The account's person with posts in force, those stood in for included. One query."""
    return _actor(account.person, account.pk, on or today())


def actor_of(person_id: UUID, *, on: date | None = None) -> Actor:
    """The same for a person, signed in or not (tasks, imports). Raises Person.DoesNotExist."""
    person = Person.objects.select_related("account").get(pk=person_id)
    account = getattr(person, "account", None)
    return _actor(person, account.pk if account else None, on or today())


def _actor(person: Person, account_id: UUID | None, on: date) -> Actor:
    """Posts, whom the person replaces (the longest absent first), and as which deputy a seat is held.

    One query: every request behind the sign-in asks.
    """
    absences = Absence.objects.filter(in_force(on), substitute=person)
    stood_in = Q(person__in=absences.values("person")) & ~Q(role__code__in=ADMINISTRATORS)
    own, lent, absent, seats = together(
        _posts(on).filter(person=person),
        _posts(on).filter(stood_in).exclude(person=person),
        absences.order_by("from_date", "person_id").values_list("person_id", flat=True),
        _deputies_in_force(on).filter(person=person).values_list("pk", flat=True),
    )
    return Actor(
        person_id=person.pk,
        name=person.name,
        account_id=account_id,
        deputy_id=next(iter(seats), None),
        posts=tuple(_grant(post) for post in (*own, *lent)),
        stands_in_for=tuple(dict.fromkeys(absent)),
    )


def _posts(on: date) -> QuerySet[Post]:
    return (
        Post.objects.filter(in_force(on), organ__is_active=True, is_withdrawn=False)
        .select_related("role", "organ")
        .order_by("from_date", "id")
    )


def _grant(post: Post) -> PostGrant:
    return PostGrant(
        role=post.role.code,
        organ_id=post.organ_id,
        organ_name=post.organ.label,
        organ_kind=post.organ.kind,
        division_code=post.organ.division_code,
        abilities=frozenset(post.role.abilities),
    )


def _deputies_in_force(on: date) -> QuerySet[Deputy]:
    mandates = Mandate.objects.filter(
        in_force(on), deputy=OuterRef("pk"), state=MandateState.ACTIVE
    )
    return Deputy.objects.filter(Exists(mandates)).order_by("pk")


def posts_of(person_id: UUID, *, on: date | None = None) -> QuerySet[Post]:
    """A person's own posts in force, with role and organ."""
    return _posts(on or today()).filter(person_id=person_id)


def holds_post(person_id: UUID, role: str, organ_id: UUID, on: date) -> bool:
    """Whether this very post is in force on the day."""
    return _posts(on).filter(person_id=person_id, role__code=role, organ_id=organ_id).exists()


def people_of(
    organ_id: UUID, ability: str | None = None, *, on: date | None = None
) -> list[Person]:
    """Persons to be told of what concerns an organ: holders of its posts in force (with
    `ability`: only of posts that grant it), and whoever stands in for an absent one. Two queries.
    """
    on = on or today()
    holders = {
        post.person_id: post.person
        for post in _posts(on).filter(organ_id=organ_id).select_related("person")
        if ability is None or ability in post.role.abilities
    }
    if not holders:
        return []
    absences = (
        Absence.objects.filter(in_force(on), person__in=holders)
        .select_related("substitute")
        .order_by("from_date", "id")
    )
    for absence in absences:
        holders.setdefault(absence.substitute_id, absence.substitute)
    return list(holders.values())


def absences_of(person_id: UUID, *, since: date | None = None) -> QuerySet[Absence]:
    """A person's absences that are not over yet, the next first."""
    return (
        Absence.objects.filter(person_id=person_id, until_date__gte=since or today())
        .select_related("substitute")
        .order_by("from_date", "id")
    )


def stand_ins_of(person_id: UUID, *, since: date | None = None) -> QuerySet[Absence]:
    """Absences of others in which the person stands in, the next first."""
    return (
        Absence.objects.filter(substitute_id=person_id, until_date__gte=since or today())
        .select_related("person")
        .order_by("from_date", "id")
    )


def colleagues_of(actor: Actor, *, on: date | None = None) -> list[tuple[Person, str]]:
    """Persons who can stand in for the actor, with the name of their organ: first those of the same
    organ, then of the same county. At most two hundred, one query.
    """
    counties = {post.division_code[:6] for post in actor.posts}
    if not counties:
        return []
    posts = _posts(on or today()).filter(within_any(counties)).exclude(person_id=actor.person_id)
    own = set(actor.organ_ids)
    found: dict[UUID, tuple[bool, Person, str]] = {}
    for post in posts.select_related("person").order_by("person__name", "id")[:1000]:
        here = post.organ_id in own
        if post.person_id not in found or (here and not found[post.person_id][0]):
            found[post.person_id] = (here, post.person, post.organ.label)
    ranked = sorted(found.values(), key=lambda one: (not one[0], one[2], one[1].name))
    return [(person, organ) for _here, person, organ in ranked[:200]]
