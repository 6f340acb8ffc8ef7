"""What must be the same after a restore: rows, heads of the ledger, sealed fields that open."""

from __future__ import annotations

import hmac
from collections.abc import Iterator
from itertools import islice, zip_longest
from typing import Any

from django.apps import apps
from django.db.models import Model

from lianxin.kernel.fields import SealedTextField
from lianxin.kernel.keys import index_key
from lianxin.kernel.models import DataKey
from lianxin.record.models import Log

SAMPLE = 1_000
Facts = dict[str, Any]


def our_models() -> list[type[Model]]:
    """All but the residents' keys, which travel apart from what they open."""
    ours = (one for one in apps.get_models() if one.__module__.startswith("lianxin."))
    return [one for one in ours if one is not DataKey]


def facts(using: str = "default", *, sample: list[list[str]] | None = None) -> Facts:
    """Row counts of every table, size and root of every log, a digest over opened sealed fields.

    `sample` names the fields to open (`[model, key, field]`); without one up to 1,000 are chosen.
    """
    chosen = sample if sample is not None else list(_choose(using))
    return {
        "rows": {
            one._meta.label: one._default_manager.using(using).count() for one in our_models()
        },
        "ledger": {
            log.division_code: [log.size, bytes(log.root).hex()]
            for log in Log.objects.using(using).order_by("division_code")
        },
        "sample": chosen,
        "opened": _opened(using, chosen),
    }


def _choose(using: str) -> Iterator[list[str]]:
    """Up to 1,000 filled sealed fields, in turn from every column; the newest rows first."""
    columns = [
        (one, field.name)
        for one in our_models()
        for field in one._meta.fields
        if isinstance(field, SealedTextField)
    ]
    found = [
        [[model._meta.label, str(key), name] for key in _filled(model, name, using)]
        for model, name in columns
    ]
    turns = (one for turn in zip_longest(*found) for one in turn if one is not None)
    return islice(turns, SAMPLE)


def _filled(model: type[Model], name: str, using: str) -> Iterator[object]:
    """Keys of the newest rows in which the field holds something."""
    rows = model._default_manager.using(using).filter(**{f"{name}__empty": False})
    return iter(rows.order_by("-pk").values_list("pk", flat=True)[:SAMPLE])


def _opened(using: str, sample: list[list[str]]) -> str:
    """A keyed digest over the opened texts. Raises SealBrokenError where one does not open."""
    digest = hmac.new(index_key("backup"), digestmod="sha256")
    for label, key, name in sample:
        row = apps.get_model(label)._default_manager.using(using).get(pk=key)
        text = getattr(row, name).encode()
        digest.update(len(text).to_bytes(8, "big") + text)
    return digest.hexdigest()


def differences(before: Facts, after: Facts) -> list[str]:
    """In words; empty when everything is the same."""
    found = []
    for name in ("rows", "ledger"):
        keys = sorted({*before[name], *after[name]})
        found += [
            f"{name} of {key or '*'}: {before[name].get(key)} became {after[name].get(key)}"
            for key in keys
            if before[name].get(key) != after[name].get(key)
        ]
    if before["opened"] != after["opened"]:
        found.append("sealed fields open to other texts")
    return found
