"""Two counties with a desk each beside the small world, for `make isolation`:

python -m benchmarks.isolation_world CASES
"""

from __future__ import annotations

import json
import secrets
import sys
from datetime import UTC, datetime
from typing import Any

LONG_AGO = datetime(2022, 1, 10, 1, 0, tzinfo=UTC)
#: Each with a street of its own.
COUNTIES = (("530112", "西山区", "前卫街道"), ("530102", "五华区", "华山街道"))


def build(cases: int) -> list[dict[str, Any]]:
    """For each county: the mark that its cases' words bear, their keys, and its staff's sessions."""
    from lianxin.places.models import Division

    for code, name, level, parent in (
        ("53", "云南省", "province", ""),
        ("5301", "昆明市", "prefecture", "53"),
        *((code, name, "county", "5301") for code, name, _street in COUNTIES),
        *((f"{code}001", street, "township", code) for code, _name, street in COUNTIES),
    ):
        values = {"name": name, "short_name": name, "stem": name, "level": level}
        Division.objects.get_or_create(code=code, defaults={**values, "parent_code": parent})
    return [_county(code, name, cases) for code, name, _street in COUNTIES]


def _county(code: str, name: str, cases: int) -> dict[str, Any]:
    from benchmarks.worlds import session
    from lianxin.cases.services import filing
    from lianxin.congress.enums import OrganKind
    from lianxin.congress.services import open_organ
    from lianxin.venues.enums import VenueKind
    from lianxin.venues.services import open_venue

    street, mark = f"{code}001", f"Q{secrets.token_hex(6)}"
    office = open_organ(
        name=f"{name}人大常委会代工委",
        kind=OrganKind.CONGRESS_OFFICE,
        division_code=code,
        by=None,
        at=LONG_AGO,
    )
    venue = open_venue(
        name=f"{name}代表工作站",
        kind=VenueKind.STATION,
        division_code=street,
        areas=(street,),
        by=None,
        at=LONG_AGO,
    )
    staff = {"clerk": venue.desk, "supervisor": office}
    for role, organ in staff.items():
        _holder(f"{role}{code}", role, organ)
    words = f"{mark}路口的灯坏了。"
    draft = filing.Draft(title=words, words=words, division_code=street, channel="web")
    keys = []
    for _ in range(cases):
        key = secrets.token_hex(16)
        receipt = filing.file_case(
            draft=draft, key=key, actor=key, route="bench", by=None, at=datetime.now(UTC)
        )
        keys.append(str(receipt.case_id))
    return {
        "mark": mark,
        "cases": keys,
        "venue": str(venue.pk),
        "sessions": [session(f"{role}{code}") for role in staff],
    }


def _holder(username: str, role: str, organ: Any) -> None:
    from lianxin.congress.services import give_post
    from lianxin.people.services import create_account, create_person

    person = create_person(name=username, by=None, at=LONG_AGO)
    create_account(
        person_id=person.pk, username=username, password=secrets.token_hex(8), by=None, at=LONG_AGO
    )
    give_post(
        person_id=person.pk,
        role=role,
        organ_id=organ.pk,
        from_date=LONG_AGO.date(),
        by=None,
        at=LONG_AGO,
    )


def main() -> None:
    import django

    django.setup()
    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    json.dump(build(int(sys.argv[1])), sys.stdout)


if __name__ == "__main__":
    main()
