"""The API as a whole: every app's doors under one version, and who may come through which."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from lianxin.cases import api as cases
from lianxin.config.scopes import scope_of
from lianxin.kernel import limits, scope
from lianxin.kernel.clock import now
from lianxin.kernel.refused import Forbidden
from lianxin.people import api as people
from lianxin.people import services
from lianxin.people.enums import AccessScope
from lianxin.places import api as places
from lianxin.reception import api as reception
from lianxin.record import api as record
from lianxin.venues import api as venues
from lianxin.web.rest.engine import Api
from lianxin.web.rest.problems import Unknown
from lianxin.web.visitors import sender_of


class ReadOnlyKey(Forbidden):
    message = _("This access key may read only.")
    code = "read_only_key"


class AccessKey:
    """`Authorization: Bearer lxk_…` acts as the key's person. A session's cookie opens nothing."""

    openapi_security_schema = {
        "type": "http",
        "scheme": "bearer",
        "description": "An access key, made on the account page; it acts as its person.",
    }

    def __call__(self, request: HttpRequest) -> Any:
        """The key in force; from here on only the rows of its person are reached (kernel/scope.py).

        Raises Unknown, TooMany, ReadOnlyKey.
        """
        key = request.access_key
        if key is None:
            raise Unknown
        most = settings.API_REQUESTS_PER_HOUR
        limits.check("api.key", str(key.pk), per_hour=most, burst=max(most // 6, 1))
        if request.method != "GET" and key.scope != AccessScope.WRITE:
            raise ReadOnlyKey
        services.note_use(key=key, sender=sender_of(request), at=now())
        scope.settle(scope_of(request.actor))
        return key


def _assembled() -> Api:
    made = Api(
        title="Lianxin",
        version="1",
        urls_namespace="api",
        description=str(DESCRIPTION),
        servers=[{"url": settings.API_PATH.rstrip("/")}],
    )
    for doors in (
        places.open_doors,
        venues.open_doors,
        cases.open_doors,
        reception.open_doors,
    ):
        made.add_router("", doors)
    for doors in (people.staff_doors, cases.staff_doors, record.staff_doors):
        made.add_router("", doors, auth=AccessKey())
    return made


#: Plain English here; the page for partners says it in the reader's language.
DESCRIPTION = (
    "JSON in, JSON out. Refusals are problem+json (RFC 9457), with sentences in the language of "
    "Accept-Language. Lists go on with `next`. What is done once carries an Idempotency-Key. "
    "Texts hold no NUL and no half of a character."
)
api = _assembled()
