from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import translation

from lianxin.congress import queries
from lianxin.congress.enums import OrganKind
from lianxin.congress.models import Organ, Post
from lianxin.people.models import Account, Person
from lianxin.record.models import Entry
from tests.congress import factories as make

pytestmark = pytest.mark.django_db
WORDS = ("make_first_administrator", "security", "--name", "普安", "--organ", "连心平台运维")


def run(*words):
    out = StringIO()
    call_command(*words, stdout=out, stderr=StringIO())
    return out.getvalue()


def test_the_first_administrator_can_sign_in_and_appoint_others():
    make.divisions()
    password = run(*WORDS).splitlines()[0].removeprefix("security: ")
    account = Account.objects.get(username="security")
    assert account.check_password(password)
    assert Client().login(username="security", password=password)
    post = Post.objects.get(person_id=account.person_id)
    assert (post.role.code, post.division_code) == ("security_admin", "53")
    assert post.organ.kind == OrganKind.OPERATOR
    assert queries.actor_of(account.person_id).posts
    assert set(Entry.objects.values_list("action", flat=True)) >= {
        "people.person.create",
        "people.account.create",
        "congress.organ.open",
        "congress.post.give",
    }


def test_there_is_one_first_administrator():
    """Whoever gets at the machine later makes no second one behind the first one's back."""
    make.divisions()
    run(*WORDS)
    before = Person.objects.count(), Organ.objects.count()
    with translation.override("en"), pytest.raises(CommandError, match="already"):
        run("make_first_administrator", "other", "--name", "安普", "--organ", "别处")
    assert (Person.objects.count(), Organ.objects.count()) == before
