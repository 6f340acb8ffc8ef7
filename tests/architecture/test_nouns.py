"""Models, migrations and tables of moves, with a planted breach for each guard."""

import tomllib
from importlib import import_module
from importlib.util import find_spec
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import models
from django.db.migrations import Migration
from django.db.migrations.graph import MigrationGraph
from django.db.migrations.loader import MigrationLoader
from django.test.utils import isolate_apps

from lianxin.config.states import MACHINES, Machine, tables
from tests.architecture import nouns
from tests.architecture.source import ROOT, none

# Times without a name beside them -> why. `*` stands for every model of the app.
EVENT_SAYS = "computed from the matter's events; the event says who"
UNSIGNED = {
    "record.Log.signed_at": "the sequencer",
    "reception.Ask.answer_by": "a time limit, nobody's act",
    "reception.Ask.answered_at": "the deputy who was asked",
    "reception.Ask.asked_at": "the call says who called, the turn comes by itself",
    "reception.Booking.consented_at": "the resident, who has no account",
    "reception.Booking.remind_at": "a time to come, nobody's act",
    "reception.Booking.reminded_at": "the scheduler",
    "reception.BookingReveal.revealed_at": "the row's person is who looked",
    "reception.CalendarKey.made_at": "the deputy whose calendar it is",
    "people.PhoneProof.expires_at": "a time limit, nobody's act",
    "people.PhoneProof.made_at": "a phone, nobody known yet",
    "people.PhoneProof.used_at": "a phone, nobody known yet",
    "people.ResidentSession.began_at": "the resident, who has no account",
    "people.ResidentSession.ended_at": "the resident, who has no account",
    "people.ResidentSession.seen_at": "the resident, who has no account",
    "reception.ReceptionDay.announced_at": "the scheduler",
    "reception.ReceptionDay.ends_at": "when it ends, nobody's act",
    "reception.ReceptionDay.starts_at": "when it begins, nobody's act",
    "reception.Screen.seen_at": "the screen",
    "reception.Slot.ends_at": "when it ends, nobody's act",
    "reception.Slot.starts_at": "when it begins, nobody's act",
    "people.CodeApp.added_at": "the account's owner",
    "people.Passkey.added_at": "the account's owner",
    "people.Passkey.used_at": "the account's owner",
    "people.RecoveryCode.used_at": "the account's owner",
    "people.Session.seen_at": "the account's owner",
    "people.Session.started_at": "the account's owner",
    "people.AccessKey.expires_at": "a time limit, nobody's act",
    "people.AccessKey.made_at": "the account whose key it is",
    "people.AccessKey.used_at": "the key itself",
    "venues.ThemedActivity.ends_at": "when it ends, nobody's act",
    "venues.ThemedActivity.starts_at": "when it begins, nobody's act",
    "cases.Case.erased_at": "the journal says whether the resident, the desk or a rule",
    "cases.Voice.erased_at": "the journal says whether the resident, the desk or a rule",
    "cases.Case.due_at": "a time limit, nobody's act",
    "cases.Case.screen_due_at": "a time limit, nobody's act",
    "cases.Message.written_at": "the kind of message says which side wrote it, the journal who",
    "cases.Reveal.revealed_at": "the row's person is who looked",
    "cases.Voice.consented_at": "the resident, who has no account",
    "cases.Voice.joined_at": "the resident, who has no account",
    "handling.*": EVENT_SAYS,
    "kernel.*": "machinery: processes, not persons",
    "notices.Delivery.queued_at": "the outbox",
    "notices.Delivery.sent_at": "the outbox",
    "notices.Notice.read_at": "the person whose notice it is",
    "notices.Notice.told_at": "the outbox",
}
# Tables without a division -> why.
UNSCOPED = {
    "record.Tile": "belongs to its log",
    "cases.Receiver": "belongs to its case",
    "places.GridMap": "one row for the installation",
    "reception.CalendarKey": "a deputy's, wherever stationed",
    "venues.CheckPoint": "one list for the installation",
    "cases.Category": "one tree for the installation",
    "cases.Question": "belongs to its category",
    "cases.RefusalReason": "one list for the installation",
    "cases.CaseCounter": "its scope is a division's code and a year",
    "cases.CaseLink": "belongs to its two cases",
    "cases.Message": "belongs to its case",
    "congress.Absence": "a person's, whatever posts he holds",
    "handling.Event": "belongs to its matter",
    "handling.Extension": "belongs to its dispatch",
    "handling.Verdict": "belongs to its matter",
    "kernel.*": "machinery; the outbox message carries the code of its event",
    "notices.Notice": "a person's",
    "people.*": "persons move and hold posts in several places; the posts carry the code",
    "places.Division": "is the division",
    "record.ImportRow": "belongs to its batch",
}
# Keys that count -> why.
COUNTING = {
    "kernel.OutboxMessage": "never in an address; its order is the order of delivery",
}


def our_models():
    return [model for model in apps.get_models() if model.__module__.startswith("lianxin.")]


def layers():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = {one["id"]: one for one in settings["tool"]["importlinter"]["contracts"]}
    return contracts["apps"]["layers"]


def test_relations_point_down():
    none(nouns.upward_relations(our_models(), layers()))


@isolate_apps("lianxin.kernel", "lianxin.cases")
def test_an_upward_relation_is_found():
    class Above(models.Model):
        class Meta:
            app_label = "cases"

    class Below(models.Model):
        above = models.ForeignKey(Above, on_delete=models.CASCADE)
        people = models.ManyToManyField(Above, related_name="+")

        class Meta:
            app_label = "kernel"

    assert nouns.upward_relations([Above, Below], ["cases", "kernel"]) == [
        "kernel.Below.above points up to cases",
        "kernel.Below.people points up to cases",
    ]


def test_each_app_has_one_migration_head():
    loader = MigrationLoader(connection=None)
    with_models = {model._meta.app_label for model in our_models()}
    none(nouns.several_heads(loader.graph, sorted(with_models)))


def test_two_heads_and_none_are_found():
    graph = MigrationGraph()
    for name in ("0001_initial", "0002_left", "0002_right"):
        graph.add_node(("cases", name), Migration(name, "cases"))
    for name in ("0002_left", "0002_right"):
        graph.add_dependency(None, ("cases", name), ("cases", "0001_initial"))
    assert nouns.several_heads(graph, ["cases", "places"]) == [
        "cases: heads ['0002_left', '0002_right']",
        "places: heads []",
    ]


def test_every_time_says_who():
    none(nouns.unsigned_times(our_models(), UNSIGNED))
    known = {f"{m._meta.label}.{f.name}" for m in our_models() for f in m._meta.get_fields()}
    assert {name for name in UNSIGNED if not name.endswith(".*")} - known == set()


@isolate_apps("lianxin.cases")
def test_a_time_without_a_name_is_found():
    class Deed(models.Model):
        closed_at = models.DateTimeField()
        filed_at = models.DateTimeField()
        filed_by_person = models.UUIDField()
        derived_at = models.DateTimeField()

        class Meta:
            app_label = "cases"

    assert nouns.unsigned_times([Deed], {"cases.Deed.derived_at": "drawn from events"}) == [
        "cases.Deed.closed_at"
    ]
    assert nouns.counting_keys([Deed], {}) == ["cases.Deed"]
    assert nouns.unscoped([Deed], {}) == ["cases.Deed"]


def test_keys_do_not_count():
    none(nouns.counting_keys(our_models(), COUNTING))


def test_business_tables_carry_their_division():
    none(nouns.unscoped(our_models(), UNSCOPED))


def test_every_state_is_reached_and_moves_on_or_is_final():
    none(nouns.faulty_machines(MACHINES))


def test_every_table_of_moves_is_declared():
    modules = {
        config.label: import_module(f"{config.name}.enums")
        for config in apps.get_app_configs()
        if config.name.startswith("lianxin.") and find_spec(f"{config.name}.enums")
    }
    none(nouns.undeclared_tables(modules, MACHINES))
    assert {machine.table for machine in MACHINES} == set(tables())


@pytest.mark.parametrize(
    ("table", "finals", "fault"),
    [
        ({"open": {"close": "closed"}, "closed": {}}, (), "closed neither moves on nor is final"),
        ({"open": {"close": "closed"}, "closed": {}, "lost": {}}, ("closed", "lost"), "lost is never reached"),
        ({"open": {"close": "gone"}}, (), "gone has no row in the table"),
        ({"open": {"stay": "open"}}, ("done",), "done is declared final and is no state"),
    ],
)  # fmt: skip
def test_a_faulty_table_is_found(table, finals, fault):
    class Planted(Machine):
        def moves(self):
            return table

    found = nouns.faulty_machines([Planted("cases.PLANTED_MOVES", "Planted", ("open",), finals)])
    assert f"cases.PLANTED_MOVES: {fault}" in found


def test_an_undeclared_table_is_found():
    module = SimpleNamespace(NEW_MOVES={"open": {}}, OTHER={"open": {}})
    assert nouns.undeclared_tables({"cases": module}, MACHINES) == ["cases.NEW_MOVES"]
