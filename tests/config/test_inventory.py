"""The inventory of columns: complete, about columns that exist, and true about what is sealed."""

import pytest
from django.apps import apps

from lianxin.kernel import retention
from lianxin.kernel.fields import OwnKeyField, SealedTextField
from lianxin.record.queries import inventory

ERASURES = {"stays", "emptied", "replaced", "deleted", "destroyed", "numbers covered"}
FREE_TEXT = {"TextField", "CharField", "JSONField"}


def faults(listed, models) -> list[str]:
    """Columns that the inventory does not know, and those it knows that are no more."""
    known = {(table.label, column.name) for table in listed for column in table.columns}
    there = {(m._meta.label, f.name) for m in models for f in m._meta.concrete_fields}
    return [
        *(f"{label}.{name} is not in the inventory" for label, name in sorted(there - known)),
        *(f"{label}.{name} is no more" for label, name in sorted(known - there)),
    ]


def columns():
    for table in inventory.tables():
        for column in table.columns:
            yield table, column, apps.get_model(table.label)._meta.get_field(column.name)


def test_every_column_is_listed_and_every_listed_one_exists():
    assert faults(inventory.tables(), apps.get_models()) == []


def test_a_column_nobody_thought_about_is_found():
    listed = [t for t in inventory.tables() if t.label != "cases.Voice"]
    assert "cases.Voice.phone is not in the inventory" in faults(listed, apps.get_models())
    fewer = [m for m in apps.get_models() if m._meta.label != "cases.Voice"]
    assert "cases.Voice.phone is no more" in faults(inventory.tables(), fewer)


def test_asvs_14_1_1_every_personal_column_has_purpose_ground_and_end():
    for table, column, _field in columns():
        if column.kind != inventory.NOT_PERSONAL:
            place = f"{table.label}.{column.name}"
            assert column.kind in inventory.KINDS, place
            assert column.purpose, place
            assert table.ground or column.kind == "staff", place
            assert table.retention, place
            assert column.erasure in ERASURES or column.erasure.split()[0] in {
                "stays", "emptied", "deleted", "forgotten",
            }, place  # fmt: skip


def test_rules_that_are_named_exist():
    names = {one.name for one in retention.rules()}
    named = {
        word.strip("`,;.")
        for table in inventory.tables()
        for word in table.retention.split()
        if word.startswith("`")
    }
    assert named <= names
    assert named


def test_every_sealed_column_has_its_consent_or_says_why_not():
    """个人信息保护法 14, 29: nothing sensitive is kept before it was agreed to, or there is another ground."""
    for table, column, field in columns():
        if not isinstance(field, SealedTextField):
            assert not column.sealed, f"{table.label}.{column.name} is not sealed"
            continue
        assert column.sealed, f"{table.label}.{column.name} gives no reason"
        if column.sealed == "consent":
            model = apps.get_model(table.label)
            consent = model._meta.get_field(table.consent)
            words = " ".join(
                str(c.condition) for c in model._meta.constraints if hasattr(c, "condition")
            )
            assert not consent.null or f"{column.name}__empty" in words, field


def test_what_a_resident_left_has_a_key_of_its_own():
    for table, column, field in columns():
        if isinstance(field, SealedTextField) and column.kind in {
            "identity",
            "contact",
            "home",
            "place",
        }:
            own = [f for f in field.model._meta.concrete_fields if isinstance(f, OwnKeyField)]
            assert own or table.label == "people.ResidentSession", f"{table.label}.{column.name}"


@pytest.mark.parametrize("label", ["cases.Case", "cases.Voice", "cases.Message", "cases.Reveal"])
def test_what_erasure_empties_was_offered_to_take_along(label):
    """Nothing a resident wrote is lost by erasing that they could not have taken along before."""
    (table,) = [one for one in inventory.tables() if one.label == label]
    not_said = {"hidden", "search_text", "grid", "may_publish", "data_key", "phone_index", "phone"}
    kinds = {"identity", "contact", "words", "place"}
    missing = {
        column.name
        for column in table.columns
        if column.kind in kinds and column.erasure in {"emptied", "replaced"} and not column.export
    }
    assert missing <= not_said
