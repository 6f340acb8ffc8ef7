"""Posts: who may do what, where, from when to when."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lianxin.congress import rules
from lianxin.congress.models import Actor, Organ, Post
from lianxin.kernel import scope
from lianxin.kernel.clock import local_date
from lianxin.people.models import Person, Role
from lianxin.record.services import write


@transaction.atomic
def give_post(
    *,
    person_id: UUID,
    role: str,
    organ_id: UUID,
    from_date: date,
    until_date: date | None = None,
    by: Actor | None,
    at: datetime,
) -> Post:
    """A role at an organ for a span of days, and a journal entry.

    Raises Forbidden (never to oneself), PostRefused (a second administrator's post, the same post
    twice at a time, a closed organ) or DatesRefused.
    """
    organ = Organ.objects.get(pk=organ_id)
    rules.check_may_give_post(by, person_id, role, organ.division_code)
    rules.check_dates(from_date, until_date)
    Person.objects.select_for_update().get(pk=person_id)
    rules.check_organ_is_open(organ)
    meanwhile = Q(until_date__isnull=True) | Q(until_date__gte=from_date)
    if until_date:
        meanwhile &= Q(from_date__lte=until_date)
    with scope.everywhere("nobody unites two administrators, wherever the posts are"):
        held = list(
            Post.objects.filter(meanwhile, person_id=person_id, is_withdrawn=False).values_list(
                "role__code", "organ_id"
            )
        )
    rules.check_administrators_apart(role, [code for code, _organ in held])
    if (role, organ_id) in held:
        raise rules.PostRefused(_("This person holds this very post already."))
    post = Post.objects.create(
        person_id=person_id,
        role=Role.objects.get(code=role),
        organ=organ,
        division_code=organ.division_code,
        from_date=from_date,
        until_date=until_date,
    )
    _note("congress.post.give", post, role, by, at)
    return post


@transaction.atomic
def withdraw_post(
    *, post_id: UUID, by: Actor | None, at: datetime, until_date: date | None = None
) -> Post:
    """Ends a post at once, or with the close of a later day; and a journal entry.

    Withdrawing again changes nothing. Raises Forbidden, or DatesRefused.
    """
    post = Post.objects.select_for_update(of=("self",)).select_related("role").get(pk=post_id)
    rules.check_may_give_post(by, post.person_id, post.role.code, post.division_code)
    if post.is_withdrawn:
        return post
    today = local_date(at)
    if until_date is None or until_date < today:
        post.is_withdrawn = True
        until_date = max(post.from_date, today)
    rules.check_dates(post.from_date, until_date)
    post.until_date = until_date
    post.save(update_fields=("until_date", "is_withdrawn"))
    _note("congress.post.withdraw", post, post.role.code, by, at)
    return post


def _note(action: str, post: Post, role: str, by: Actor | None, at: datetime) -> None:
    data = {
        "person": str(post.person_id),
        "role": role,
        "organ": str(post.organ_id),
        "from": post.from_date.isoformat(),
        "until": post.until_date.isoformat() if post.until_date else None,
    }
    write(action=action, by=by, at=at, division_code=post.division_code, subject=post, data=data)
