"""Runs in the peer's own environment: its tables, tickets, and a session of its staff."""

import base64
import json
import sys

import django

django.setup()

from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.middleware.csrf import _get_new_csrf_string  # noqa: E402
from django.test import Client  # noqa: E402
from helpdesk.models import Queue, Ticket  # noqa: E402

SAID = "小区后面的路灯坏了一个多月，晚上老人出门看不见台阶，上周有人摔倒。"


def query(**what: object) -> str:
    return base64.b64encode(json.dumps(what).encode()).decode()


call_command("migrate", verbosity=0)
Ticket.objects.all().delete()
queue, _made = Queue.objects.get_or_create(title="Cases", slug="cases")
staff, _made = get_user_model().objects.get_or_create(
    username="bench", defaults={"is_staff": True, "is_superuser": True}
)
Ticket.objects.bulk_create(
    (
        Ticket(title=f"路灯坏了 {number}", description=f"{SAID} {number}", queue=queue, status=1)
        for number in range(int(sys.argv[1]))
    ),
    batch_size=1000,
)
client = Client()
client.force_login(staff)
everything = {"filtering": {"status__in": [1, 2]}, "sorting": "created", "search_string": ""}
print(
    json.dumps(
        {
            "session": client.cookies["sessionid"].value,
            "csrf": _get_new_csrf_string(),
            "ticket": str(Ticket.objects.order_by("-id").values_list("pk", flat=True)[0]),
            "all": query(**everything),
            "search": query(**{**everything, "search_string": "路灯"}),
        }
    )
)
