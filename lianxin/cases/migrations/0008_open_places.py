from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0007_stamps"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="case",
            index=models.Index(
                condition=models.Q(("is_open", True)),
                fields=["state", "division_code", "due_at"],
                name="cases_open_places",
            ),
        ),
    ]
