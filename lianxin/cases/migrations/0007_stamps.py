from django.db import migrations

from lianxin.kernel.db import StampChanges


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0006_far_places"),
    ]

    operations = [
        StampChanges("Category"),
    ]
