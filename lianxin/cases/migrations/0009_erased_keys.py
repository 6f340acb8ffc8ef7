from django.db import migrations


def note_what_is_erased(apps, schema_editor):
    """Keys destroyed before it was noted why: those whose voice was erased; all others ran out."""
    voice, key = apps.get_model("cases", "Voice"), apps.get_model("kernel", "DataKey")
    gone = voice.objects.filter(erased_at__isnull=False, data_key__isnull=False)
    key.objects.filter(wrapped=b"", pk__in=gone.values("data_key")).update(is_erased=True)


class Migration(migrations.Migration):
    dependencies = [
        ("cases", "0008_open_places"),
        ("kernel", "0004_erased_keys"),
    ]

    operations = [migrations.RunPython(note_what_is_erased, migrations.RunPython.noop)]
