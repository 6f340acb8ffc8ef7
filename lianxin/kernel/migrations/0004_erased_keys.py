from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel", "0003_given_up")]

    operations = [
        migrations.AddField("datakey", "is_erased", models.BooleanField(default=False)),
    ]
