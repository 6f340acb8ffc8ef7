from django.db import migrations

from lianxin.kernel.db import StampChanges


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0005_privacy"),
    ]

    operations = [
        StampChanges("Category"),
    ]
