"""The product's own checklist (七有), put into the database as rows."""

from __future__ import annotations

import json
from pathlib import Path

from django.db import transaction

from lianxin.venues.models import CheckPoint

DATA = Path(__file__).resolve().parent.parent / "data"


@transaction.atomic
def ensure_checkpoints() -> int:
    """Puts in the points that are missing; rows that somebody edited stay as they are. Repeatable.

    Returns how many points the file holds.
    """
    rows = json.loads((DATA / "checkpoints.json").read_text(encoding="utf-8"))["checkpoints"]
    for sort, row in enumerate(rows):
        CheckPoint.objects.get_or_create(code=row["code"], defaults={**row, "sort": sort})
    return len(rows)
