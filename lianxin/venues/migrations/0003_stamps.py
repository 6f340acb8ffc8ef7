from django.db import migrations

from lianxin.kernel.db import StampChanges


class Migration(migrations.Migration):
    dependencies = [
        ("venues", "0002_reception"),
    ]

    operations = [
        StampChanges("Venue"),
        StampChanges("VenueArea"),
    ]
