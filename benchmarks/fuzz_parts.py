"""What a fuzzed installation must have: the demo world, an access key per role, ids that exist.

python -m benchmarks.fuzz_parts     prints {"keys": {role: text}, "pools": {parameter: [value]}}
"""

from __future__ import annotations

import json
from datetime import timedelta
from itertools import islice
from typing import Any

#: Roles with an account of the demo world; nobody at all is the seventh.
ROLES = ("clerk", "deputy", "unit", "office", "auditor", "operator")
MOST = 40


def keys() -> dict[str, str]:
    """A key that may act, for each role."""
    from lianxin.kernel.clock import now
    from lianxin.people.enums import AccessScope
    from lianxin.people.models import Account
    from lianxin.people.services import make_key

    found = {}
    for role in ROLES:
        _row, found[role] = make_key(
            account_id=Account.objects.get(username=role).pk,
            name="fuzz",
            scope=AccessScope.WRITE,
            expires_at=now() + timedelta(days=2),
            networks=(),
            by=None,
            at=now(),
        )
    return found


def pools() -> dict[str, list[str]]:
    """Values of parameters that lead to something that is there."""
    from lianxin.cases.models import Case, Category, Publication
    from lianxin.congress.models import Deputy
    from lianxin.handling.models import Dispatch
    from lianxin.reception.models import Slot
    from lianxin.venues.models import Venue

    def some(rows: Any, name: str = "pk") -> list[str]:
        return [
            str(value) for value in islice(rows.order_by("-pk").values_list(name, flat=True), MOST)
        ]

    return {
        "case_id": some(Case.objects.all()),
        "dispatch_id": some(Dispatch.objects.all()),
        "result_id": some(Publication.objects.all()),
        "slot": some(Slot.objects.all()),
        "venue": some(Venue.objects.all(), "code"),
        "deputy": some(Deputy.objects.all(), "code"),
        "category": some(Category.objects.all(), "code"),
        "receipt": _receipts(12),
    }


def _receipts(number: int) -> list[str]:
    """Codes of fresh filings: those of the world are kept nowhere."""
    from lianxin.cases.enums import Channel
    from lianxin.cases.services.filing import Draft
    from lianxin.cases.services.residents import file_case
    from lianxin.kernel.clock import now
    from lianxin.kernel.ids import uuid7
    from lianxin.venues.models import Venue

    place = Venue.objects.values_list("division_code", flat=True).order_by("pk")[0]
    draft = Draft(words="路灯坏了三天，晚上看不见路。", division_code=place, channel=Channel.WEB)
    return [
        file_case(draft=draft, key=str(uuid7()), sender="fuzz", at=now()).code
        for _number in range(number)
    ]


if __name__ == "__main__":
    import django

    django.setup()
    from lianxin.kernel import scope

    scope.open_for_process("a trial's own installation")
    print(json.dumps({"keys": keys(), "pools": pools()}))
