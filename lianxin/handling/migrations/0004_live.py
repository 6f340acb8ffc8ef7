from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("handling", "0003_notes_may_be_emptied"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="dispatch",
            index=models.Index(fields=["to_organ", "division_code"], name="handling_organ_places"),
        ),
        migrations.AddIndex(
            model_name="matter",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "answered"))),
                fields=["division_code", "next_due_at", "id", "state", "step", "round"],
                name="handling_live",
            ),
        ),
        migrations.AddIndex(
            model_name="extension",
            index=models.Index(
                condition=models.Q(("state", "asked")),
                fields=["dispatch"],
                name="handling_asked_time",
            ),
        ),
        migrations.AddIndex(
            model_name="commitment",
            index=models.Index(fields=["state", "until_date", "id"], name="handling_promised"),
        ),
        migrations.AddIndex(
            model_name="supervision",
            index=models.Index(fields=["state", "-opened_at", "-id"], name="handling_pressed"),
        ),
    ]
