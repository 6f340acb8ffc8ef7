from django.db import migrations

import lianxin.kernel.db


class Migration(migrations.Migration):
    dependencies = [("handling", "0002_stamps")]

    operations = [
        # What a resident said into a matter can be forgotten (个人信息保护法 47).
        lianxin.kernel.db.MakeAppendOnly("Event", may_empty="note"),
    ]
