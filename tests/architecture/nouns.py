"""Guards over models, migrations and tables of moves: from the running registry, not from text."""

from collections.abc import Iterable, Mapping
from types import ModuleType

from django.db.migrations.graph import MigrationGraph
from django.db.models import Field, Model

from lianxin.config.states import Machine, tables_of
from lianxin.kernel.moves import check_table


def _excused(label: str, excused: Mapping[str, str]) -> bool:
    return label in excused or f"{label.split('.')[0]}.*" in excused


def upward_relations(models: Iterable[type[Model]], layers: list[str]) -> list[str]:
    """Foreign keys that point to an app in a higher layer; `layers` from top to bottom."""
    rank = {app: -i for i, app in enumerate(layers)}
    faults = []
    for model in models:
        own = model._meta.app_label
        for field in model._meta.get_fields():
            if not isinstance(field, Field) or not field.is_relation or not field.related_model:
                continue
            other = field.related_model._meta.app_label
            if other in rank and rank[other] > rank[own]:
                faults.append(f"{model._meta.label}.{field.name} points up to {other}")
    return faults


def several_heads(graph: MigrationGraph, apps: Iterable[str]) -> list[str]:
    """Apps whose migrations end in more than one place, or that have none."""
    faults = []
    for app in apps:
        heads = [name for _, name in graph.leaf_nodes(app)]
        if len(heads) != 1:
            faults.append(f"{app}: heads {sorted(heads)}")
    return faults


def unsigned_times(models: Iterable[type[Model]], excused: Mapping[str, str]) -> list[str]:
    """Fields `…_at` without the `…_by` beside them; `excused` gives a reason per field."""
    faults = []
    for model in models:
        names = {field.name for field in model._meta.get_fields()}
        for name in sorted(names):
            label = f"{model._meta.label}.{name}"
            signed = any(other.startswith(f"{name[:-3]}_by") for other in names)
            if name.endswith("_at") and not signed and not _excused(label, excused):
                faults.append(label)
    return faults


def counting_keys(models: Iterable[type[Model]], excused: Mapping[str, str]) -> list[str]:
    """Models whose key counts: it would tell in an address how many there are."""
    return [
        model._meta.label
        for model in models
        if model._meta.pk is not None
        and "Auto" in model._meta.pk.get_internal_type()
        and not _excused(model._meta.label, excused)
    ]


def unscoped(models: Iterable[type[Model]], excused: Mapping[str, str]) -> list[str]:
    """Business tables without the division's code."""
    return [
        model._meta.label
        for model in models
        if not _excused(model._meta.label, excused)
        and not any(field.name == "division_code" for field in model._meta.get_fields())
    ]


def faulty_machines(machines: Iterable[Machine]) -> list[str]:
    """States that are never reached, have no way on, or are final without saying so."""
    faults = []
    for machine in machines:
        moves = machine.moves()
        found = check_table(moves, machine.finals, starts=machine.starts)
        found += [
            f"{final} is declared final and is no state"
            for final in machine.finals
            if final not in set(moves)
        ]
        faults += [f"{machine.table}: {fault}" for fault in found]
    return faults


def undeclared_tables(modules: Mapping[str, ModuleType], machines: Iterable[Machine]) -> list[str]:
    """Tables of moves that config/states.py does not know, so that nobody checks or draws them."""
    known = {machine.table for machine in machines}
    found = {f"{app}.{name}" for app, module in modules.items() for name in tables_of(module)}
    return sorted(found - known)
