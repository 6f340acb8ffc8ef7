import pytest
from django.db import connection, models

from tests.kernel.world import Line

pytestmark = pytest.mark.only_postgresql("SQLite's one machine stops for an update")


@pytest.mark.django_db
def test_an_older_version_that_knows_nothing_of_a_new_column_can_go_on_inserting():
    fields = [models.CharField(max_length=9, default="new"), models.BooleanField(default=True)]
    with connection.schema_editor() as editor:
        for number, field in enumerate(fields):
            field.set_attributes_from_name(f"added_{number}")
            editor.add_field(Line, field)
    Line.objects.create(text="old")
    with connection.cursor() as cursor:
        cursor.execute("SELECT added_0, added_1 FROM kernel_tests_line")
        assert cursor.fetchone() == ("new", True)
