from django.db import migrations

from lianxin.kernel.apart import KeepApart


class Migration(migrations.Migration):
    dependencies = [("congress", "0001_initial"), ("people", "0003_accounts")]

    operations = [
        KeepApart(
            "Post", owner="person", field="role", codes=("auditor", "operator", "security_admin")
        ),
    ]
