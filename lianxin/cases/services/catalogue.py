"""The product's own tree of categories and reasons for refusing, put into the database as rows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from django.db import transaction

from lianxin.cases.models import Category, Question, RefusalReason

DATA = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def ensure_catalogue() -> dict[str, int]:
    """Put in what is missing; rows that somebody edited stay as they are. Repeatable.

    A category or question of an older version of the file is brought up to the new one. Returns
    how many of each kind the file holds.
    """
    tree = _read("categories")
    for sort, row in enumerate(tree["categories"]):
        above = _category(row, version=tree["version"], sort=sort)
        for place, child in enumerate(row["children"]):
            _category(child, version=tree["version"], sort=place, parent=above)
    reasons = _read("refusals")["refusals"]
    for sort, row in enumerate(reasons):
        RefusalReason.objects.get_or_create(code=row["code"], defaults={**row, "sort": sort})
    return {
        "categories": sum(1 + len(row["children"]) for row in tree["categories"]),
        "refusals": len(reasons),
    }


def _read(name: str) -> Any:
    return json.loads((DATA / f"{name}.json").read_text(encoding="utf-8"))


def _category(
    row: Mapping[str, Any], *, version: int, sort: int, parent: Category | None = None
) -> Category:
    wanted = {
        "parent": parent,
        "name": row["name"],
        "name_en": row["name_en"],
        "words": row["words"],
        "sort": sort,
        "version": version,
        **({"urgency": row["urgency"]} if "urgency" in row else {}),
    }
    found, fresh = Category.objects.get_or_create(code=row["code"], defaults=wanted)
    if not fresh and found.version >= version:
        return found
    if not fresh:
        Category.objects.filter(pk=found.pk).update(**wanted)
    for place, asked in enumerate(row.get("questions", ())):
        Question.objects.update_or_create(
            category=found, code=asked["code"], defaults={**asked, "sort": place}
        )
    return found
