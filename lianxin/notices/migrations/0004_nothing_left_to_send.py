from django.db import migrations


def delete_what_was_emptied(apps, schema_editor):
    """Messages to residents who were erased stood among those that failed, without an address."""
    delivery = apps.get_model("notices", "Delivery")
    delivery.objects.filter(state="failed", address__empty=True).delete()


class Migration(migrations.Migration):
    dependencies = [("notices", "0003_delivery_data_key")]

    operations = [migrations.RunPython(delete_what_was_emptied, migrations.RunPython.noop)]
