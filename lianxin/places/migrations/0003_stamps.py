from django.db import migrations

from lianxin.kernel.db import StampChanges


class Migration(migrations.Migration):
    dependencies = [
        ("places", "0002_reception"),
    ]

    operations = [
        StampChanges("Division"),
        StampChanges("Grid"),
        StampChanges("CalendarDay"),
        StampChanges("ServiceHours"),
    ]
