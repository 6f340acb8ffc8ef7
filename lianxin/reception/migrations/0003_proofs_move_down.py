from django.db import migrations


class Migration(migrations.Migration):
    """Phone proofs are people's from here on; their table stays as it is."""

    dependencies = [("people", "0002_residents"), ("reception", "0002_data_keys")]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[migrations.DeleteModel(name="PhoneProof")]
        ),
    ]
