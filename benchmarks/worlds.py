"""Worlds to measure in, made by the product's own services.

python -m benchmarks.worlds small     tables, and a street with one venue: enough to file at

What is said is JSON.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

LONG_AGO = datetime(2022, 1, 10, 1, 0, tzinfo=UTC)
PATH = (
    ("53", "云南省", "province"),
    ("5301", "昆明市", "prefecture"),
    ("530112", "西山区", "county"),
    ("530112005", "前卫街道", "township"),
    ("530112005001", "官庄社区居委会", "village"),
)


def small() -> None:
    """Five divisions, one venue that serves the street."""
    from lianxin.places.models import Division
    from lianxin.venues.enums import VenueKind
    from lianxin.venues.services import open_venue

    names: list[str] = []
    for code, name, level in PATH:
        parent = Division.objects.order_by("-code").values_list("code", flat=True).first() or ""
        names.append(name)
        Division.objects.create(
            code=code,
            name=name,
            short_name=name,
            stem=name.removesuffix("居委会"),
            level=level,
            parent_code=parent,
            path_names=list(names),
        )
    open_venue(
        name="前卫街道代表工作站",
        kind=VenueKind.STATION,
        division_code="530112005",
        areas=("530112005",),
        by=None,
        at=LONG_AGO,
    )


def main() -> None:
    import django

    django.setup()
    match sys.argv[1:]:
        case ["small"]:
            from django.core.management import call_command

            call_command("migrate", verbosity=0)
            small()
            print("{}")


if __name__ == "__main__":
    main()
