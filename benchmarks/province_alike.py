"""Whose pages are measured: they owe as much in a small province as in a large one, so that what grows
is the province and not the page.

python -m benchmarks.province_alike     prints {"venue", "rows", "sessions": {"clerk", "unit"}} as JSON
"""

from __future__ import annotations

import json
import random
from typing import Any
from uuid import UUID

#: Rows that the page of a desk and of a unit shows: as many as there are at the fullest of a province
#: of 10,000 cases; and desks that are looked at for one that has so many.
TODAY, INBOX, LOOKED_AT = 4, 2, 200


def found() -> dict[str, Any]:
    """A desk of those with so much to do today, and a unit with so much in its inbox."""
    clerk, venue, today = _desk()
    handler, waiting = _unit()
    return {
        "venue": str(venue),
        "rows": {"today": today, "inbox": waiting},
        "sessions": {"clerk": _session(clerk), "unit": _session(handler)},
    }


def _desk() -> tuple[UUID, UUID, int]:
    """Person, venue and rows."""
    from lianxin.cases.queries.desk import Desk
    from lianxin.congress.models import Post
    from lianxin.congress.queries import actor_of
    from lianxin.kernel.clock import now

    posts = list(
        Post.objects.filter(role__code="clerk", organ__venue__isnull=False)
        .order_by("pk")
        .values_list("person_id", "organ__venue__pk")
    )
    at, seen = now(), []
    for person, venue in random.Random(1).sample(posts, min(LOOKED_AT, len(posts))):
        rows = Desk.of(actor_of(person), at).rows("today").count()
        seen.append((abs(rows - TODAY), person, venue, rows))
    _far, person, venue, rows = min(seen)
    return person, venue, rows


def _unit() -> tuple[UUID, int]:
    from django.db.models import Count

    from lianxin.congress.models import Post
    from lianxin.handling.enums import RUNNING
    from lianxin.handling.models import Dispatch

    waiting = Dispatch.objects.filter(state__in=RUNNING, to_organ__kind="unit")
    counted = waiting.values_list("to_organ").annotate(n=Count("pk")).order_by("to_organ")
    _far, organ, rows = min((abs(number - INBOX), organ, number) for organ, number in counted)
    post = Post.objects.filter(role__code="handler", organ=organ).order_by("pk")[0]
    return post.person_id, rows


def _session(person: UUID) -> str:
    from benchmarks.worlds import session
    from lianxin.people.models import Account

    account, _new = Account.objects.get_or_create(
        person_id=person, defaults={"username": f"alike-{person}", "password": "!"}
    )
    return session(account.username)


def main() -> None:
    import django

    django.setup()
    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    print(json.dumps(found()))


if __name__ == "__main__":
    main()
