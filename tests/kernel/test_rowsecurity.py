"""Every table of a division is forced to it, and no row leaves its scope."""

from itertools import count

import pytest
from django.apps import apps
from django.db import connection, models, transaction
from django.db.utils import ProgrammingError
from django.test.utils import isolate_apps

from lianxin.kernel import scope
from lianxin.kernel.clock import now
from lianxin.kernel.ids import uuid7
from lianxin.kernel.models import OutboxMessage
from lianxin.kernel.rowsecurity import (
    AnyScope,
    OwnDivision,
    Through,
    policies_of,
    rule_of,
    secure,
    state_of,
    wanted_state,
)
from lianxin.places.models import CalendarDay
from lianxin.record.models import Attachment, Entry, ImportBatch, ImportRow, Leaf
from lianxin.record.services import stage
from tests.architecture.source import none
from tests.record.people import photo, upload

COUNTY, SIBLING, PARENT, CHILD = "530112", "530102", "5301", "530112005001"

OURS = [one for one in apps.get_models() if one.__module__.startswith("lianxin.")]

number = count()


def entry(code):
    return Entry.objects.create(
        at=now(), action="test", division_code=code, subject_type="test", subject_id=uuid7()
    )


def batch(code):
    made = ImportBatch.objects.create(kind="test", division_code=code, uploaded_at=now())
    ImportRow.objects.create(batch=made, number=next(number), cells="")
    return made


@pytest.fixture
def rows(db):
    """A row of each division."""
    codes = (COUNTY, SIBLING, PARENT, CHILD, "")
    for code in codes:
        batch(code)
        Leaf.objects.create(entry=entry(code), division_code=code[:6], commitment=b"")
    return codes


def reached(model, field="division_code"):
    return sorted(model.objects.values_list(field, flat=True))


class TestRules:
    def test_every_table_of_a_division_has_a_rule(self):
        for model in OURS:
            if any(field.name == "division_code" for field in model._meta.fields):
                assert policies_of(model), model

    def test_what_belongs_to_a_row_goes_through_it(self):
        for label in ("cases.Message", "handling.Event", "record.ImportRow", "record.Leaf"):
            assert isinstance(rule_of(apps.get_model(label)), Through), label

    def test_rules_wider_than_the_division_give_a_reason(self):
        for model in OURS:
            rule = rule_of(model)
            assert getattr(rule, "reason", "said"), model

    @isolate_apps("lianxin.kernel")
    def test_a_new_table_is_kept_to_its_division_unasked(self):
        class Fresh(models.Model):
            division_code = models.CharField(max_length=12)

            class Meta:
                app_label = "kernel"

        assert rule_of(Fresh) == OwnDivision()


@pytest.mark.only_postgresql("SQLite has no row level security")
class TestTables:
    def test_every_table_has_its_policies_and_is_forced(self, db):
        with connection.cursor() as cursor:
            present = state_of(cursor)
        none(
            [
                f"{model._meta.label}: {present[model._meta.db_table]}"
                for model in OURS
                if present[model._meta.db_table] != wanted_state(policies_of(model))
            ]
        )
        secured = [table for table, state in present.items() if state.is_on and state.is_forced]
        assert len(secured) > 60

    @pytest.mark.parametrize(
        "breach",
        [
            'ALTER TABLE "record_entry" NO FORCE ROW LEVEL SECURITY',
            'ALTER TABLE "record_entry" DISABLE ROW LEVEL SECURITY',
            'DROP POLICY lianxin_rows ON "record_entry"',
            'CREATE POLICY lianxin_all ON "record_entry" USING (true)',
        ],
    )
    def test_a_breach_is_found_and_mended_with_the_next_migration(self, db, breach):
        wanted = wanted_state(policies_of(Entry))
        with connection.cursor() as cursor:
            cursor.execute(breach)
            assert state_of(cursor)["record_entry"] != wanted
            secure("record")
            assert state_of(cursor)["record_entry"] == wanted

    def test_the_tests_run_as_somebody_who_is_held_to_them(self, db):
        with connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = user")
            assert cursor.fetchone() == (False,)


@pytest.mark.only_postgresql("SQLite has no row level security")
class TestRows:
    def test_without_a_scope_nothing_is_there(self, rows):
        with scope.nowhere():
            for model in (Entry, Leaf, ImportBatch, ImportRow, OutboxMessage, CalendarDay):
                assert not model.objects.exists(), model

    @pytest.mark.parametrize(
        ("codes", "exactly", "seen"),
        [
            ([COUNTY], [], ["", COUNTY, CHILD]),
            ([SIBLING], [], ["", SIBLING]),
            ([PARENT], [], ["", PARENT, SIBLING, COUNTY, CHILD]),
            ([CHILD], [], ["", CHILD]),
            ([CHILD], [PARENT], ["", PARENT, CHILD]),
            ([], [COUNTY], ["", COUNTY]),
            ([], [], [""]),
            ([""], [], ["", PARENT, SIBLING, COUNTY, CHILD]),
            (["53011"], [], ["", COUNTY, CHILD]),
        ],
    )
    def test_a_scope_reaches_its_divisions_and_what_hangs_on_their_rows(
        self, rows, codes, exactly, seen
    ):
        with scope.within(codes, exactly=exactly):
            assert reached(ImportBatch) == reached(Entry) == sorted(seen)
            assert reached(ImportRow, "batch__division_code") == sorted(seen)
            assert reached(Leaf, "entry__division_code") == sorted(seen)
            assert reached(Leaf) == sorted(code[:6] for code in seen)

    def test_a_foreign_row_is_neither_written_nor_changed_nor_deleted(self, rows):
        foreign = ImportBatch.objects.get(division_code=SIBLING)
        with scope.within([COUNTY]):
            for write in (
                lambda: batch(SIBLING),
                lambda: batch(PARENT),
                lambda: ImportRow.objects.create(batch=foreign, number=99, cells=""),
                lambda: ImportBatch.objects.filter(division_code=COUNTY).update(
                    division_code=SIBLING
                ),
            ):
                refused = pytest.raises(ProgrammingError, match="row-level security")
                with refused, transaction.atomic():
                    write()
            assert ImportBatch.objects.filter(pk=foreign.pk).update(kind="other") == 0
            assert ImportRow.objects.filter(batch_id=foreign.pk).delete()[0] == 0
            assert not ImportBatch.objects.select_for_update().filter(pk=foreign.pk).exists()
        assert ImportRow.objects.filter(batch=foreign).count() == 1

    def test_what_holds_for_many_places_is_read_by_all_and_written_at_home(self, rows):
        values = {"is_working": True, "name": "火把节", "source": "STAFF"}
        CalendarDay.objects.create(division_code=PARENT, date=now().date(), **values)
        with scope.within([COUNTY]):
            assert reached(CalendarDay) == [PARENT]
            assert CalendarDay.objects.update(name="泼水节") == 0
            with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
                CalendarDay.objects.create(division_code=PARENT, date="2026-01-01", **values)

    def test_an_act_is_noted_wherever_it_was_and_not_read_back(self, rows):
        with scope.within([COUNTY]):
            written = entry(PARENT)
            Leaf.objects.create(entry=written, division_code=PARENT, commitment=b"")
            assert not Entry.objects.filter(pk=written.pk).exists()
        with scope.nowhere(), pytest.raises(ProgrammingError), transaction.atomic():
            entry(COUNTY)

    def test_what_nobodys_division_bounds(self, rows):
        assert isinstance(rule_of(OutboxMessage), AnyScope)
        with scope.within([COUNTY]):
            OutboxMessage.objects.create(topic="t", handler="h", division_code=PARENT, payload={})
            assert OutboxMessage.objects.filter(division_code=PARENT).exists()

    def test_foreign_keys_are_judged_over_all_rows(self, rows):
        """A reference to a row out of sight holds: security is about rows, not about integrity."""
        foreign = entry(SIBLING)
        with scope.within([COUNTY]), transaction.atomic():
            Leaf.objects.create(entry_id=foreign.pk, division_code=COUNTY, commitment=b"")

    def test_an_attachment_not_bound_yet_is_of_no_division(self, db):
        """It is found by its secret token alone, wherever it is bound in the end."""
        stage(upload(photo((30, 20))), now())
        assert policies_of(Attachment)
        with scope.within([COUNTY]):
            assert Attachment.objects.count() == 1
        with scope.nowhere():
            assert not Attachment.objects.exists()
