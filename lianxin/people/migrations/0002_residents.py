import lianxin.kernel.fields
import lianxin.kernel.ids
from django.db import migrations, models

# The table of phone proofs stays where reception made it: only the model moves down.
PROOFS = migrations.SeparateDatabaseAndState(
    state_operations=[
        migrations.CreateModel(
            name="PhoneProof",
            fields=[
                ("id", models.UUIDField(default=lianxin.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("phone_index", models.BinaryField()),
                ("code_digest", models.BinaryField()),
                ("tries", models.PositiveSmallIntegerField(default=0)),
                ("made_at", models.DateTimeField()),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("used_at", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "reception_phoneproof",
                "indexes": [models.Index(fields=["phone_index", "made_at"], name="reception_proof_phone")],
            },
        ),
    ],
)


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]

    operations = [
        PROOFS,
        migrations.CreateModel(
            name="ResidentSession",
            fields=[
                ("id", models.UUIDField(default=lianxin.kernel.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ("key_digest", models.BinaryField(unique=True)),
                ("phone", lianxin.kernel.fields.SealedTextField(verbose_name="phone")),
                ("phone_index", models.BinaryField(db_index=True)),
                ("began_at", models.DateTimeField(db_index=True)),
                ("seen_at", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
            ],
            options={"verbose_name": "session of a resident"},
        ),
    ]
