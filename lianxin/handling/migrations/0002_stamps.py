from django.db import migrations

from lianxin.kernel.db import StampChanges


class Migration(migrations.Migration):
    dependencies = [
        ("handling", "0001_initial"),
    ]

    operations = [
        StampChanges("ClockRule"),
    ]
