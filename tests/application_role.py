"""PostgreSQL: going on as the role as which the application works."""

from django.db import connection

from lianxin.kernel import roles

ROLE = "lianxin_probe"


def go_on_as_application() -> None:
    """For the rest of the transaction: what the role is given, and no right of the owner's."""
    roles.prepare(ROLE)
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT {ROLE} TO CURRENT_USER")
        cursor.execute(f"SET LOCAL ROLE {ROLE}")
