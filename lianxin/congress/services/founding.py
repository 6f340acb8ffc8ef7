"""The first hand of an installation: nobody is there yet who could appoint it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.enums import OrganKind
from lianxin.congress.models import Organ, Post
from lianxin.congress.services.organs import open_organ
from lianxin.congress.services.posts import give_post
from lianxin.kernel.clock import local_date
from lianxin.kernel.refused import Refused
from lianxin.people import services as people
from lianxin.people.models import Account

ROLE = "security_admin"


class Founded(Refused):
    message = _("There is a security administrator already, who makes all others.")
    code = "founded"


@transaction.atomic
def appoint_first_administrator(
    *, name: str, username: str, password: str, organ: str, division_code: str, at: datetime
) -> Account:
    """Person, account and, from today, the post of security administrator at the operator of this
    installation, which is opened where there is none of this name. All or nothing; journal entries.

    Raises Founded once anybody was given this post, UsernameTaken or PasswordRefused.
    """
    if Post.objects.filter(role__code=ROLE, is_withdrawn=False).exists():
        raise Founded
    person = people.create_person(name=name, by=None, at=at)
    account = people.create_account(
        person_id=person.pk, username=username, password=password, by=None, at=at
    )
    kind = OrganKind.OPERATOR
    home = Organ.objects.filter(name=organ, kind=kind, division_code=division_code).first()
    home = home or open_organ(name=organ, kind=kind, division_code=division_code, by=None, at=at)
    give_post(
        person_id=person.pk,
        role=ROLE,
        organ_id=home.pk,
        from_date=local_date(at),
        by=None,
        at=at,
    )
    return account
