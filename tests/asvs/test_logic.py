"""ASVS 5.0, chapter 2: each field says what it takes, steps keep their order, limits hold."""

import pkgutil
from importlib import import_module

import pytest
from django import forms
from django.db import connection
from django.test import Client

import lianxin
from lianxin.cases.models import Case, Voice
from lianxin.cases.services import residents, screening
from lianxin.handling.services import dispatches
from lianxin.kernel.ids import uuid7
from lianxin.kernel.models import IdempotencyRecord, OutboxMessage
from lianxin.kernel.puzzles import PuzzleOwed
from lianxin.kernel.refused import IllegalMove, Refused, TooMany
from lianxin.people.enums import Purpose
from lianxin.people.services import phone_proofs
from lianxin.reception.services.held_slots import SlotFull
from lianxin.record.models import Entry, Leaf
from lianxin.web.forms import LONGEST, LxForm
from tests import factories as f
from tests.kernel.puzzling import solved
from tests.reception import factories as reception
from tests.reception.bookings_world import booked, slot

pytestmark = pytest.mark.django_db


class FaultError(Exception):
    pass


def form_classes():
    for module in pkgutil.walk_packages(lianxin.__path__, "lianxin."):
        if ".forms" in module.name:
            for value in vars(import_module(module.name)).values():
                if isinstance(value, type) and issubclass(value, forms.BaseForm):
                    yield value


def filed(sender="1.2.3.4", key=None, **more):
    return residents.file_case(
        draft=f.draft(), key=key or str(uuid7()), sender=sender, at=f.MONDAY, **more
    )


def written():
    return [m.objects.count() for m in (Case, Voice, Entry, Leaf, OutboxMessage, IdempotencyRecord)]


def test_asvs_2_2_1_each_field_of_text_has_an_end():
    free = set()
    for form in set(form_classes()):
        for name, field in getattr(form, "base_fields", {}).items():
            endless = isinstance(field, forms.CharField) and field.max_length is None
            ours = form.__module__.startswith("lianxin.")
            if endless and ours and not issubclass(form, LxForm):
                free.add(f"{form.__name__}.{name}")
    assert free == set()

    class Endless(LxForm, forms.Form):
        words = forms.CharField()

    assert Endless({"words": "好" * LONGEST}).is_valid()
    assert not Endless({"words": "好" * (LONGEST + 1)}).is_valid()


@pytest.mark.parametrize("address", ["/my/sign-in/", "/file/send/", "/sign-in/"])
def test_asvs_2_2_2_the_server_checks_what_the_browser_did_not(address):
    f.world()
    answer = Client().post(
        address, {"phone": "x" * 500, "code": "\0", "username": "", "draft": "x"}
    )
    assert answer.status_code in (200, 400, 422)
    assert Case.objects.count() == 0


def test_asvs_2_3_1_no_step_is_skipped():
    world = f.world()
    case = f.accepted(world)
    with pytest.raises(Refused):
        screening.accept(case_id=case.pk, by=world.clerk, at=f.MONDAY)
    sent = f.assigned(world, Case.objects.get(pk=case.pk))
    dispatches.sign(dispatch_id=sent.pk, by=world.handler, at=f.MONDAY)
    with pytest.raises(IllegalMove):
        dispatches.sign(dispatch_id=sent.pk, by=world.handler, at=f.MONDAY)


def test_asvs_2_3_2_limits_hold_as_documented(settings):
    f.world()
    settings.FILINGS_WITHOUT_PUZZLE, settings.FILINGS_PER_HOUR, settings.PUZZLE_ROUNDS = 2, 2, 1
    filed(), filed()
    with pytest.raises(PuzzleOwed):
        filed()
    for _ in range(2):
        filed(answer=solved(at=f.MONDAY))
    with pytest.raises(TooMany):
        filed(answer=solved(at=f.MONDAY))
    filed("5.6.7.8")
    settings.FILINGS_WITHOUT_PUZZLE = 0
    for _ in range(2):
        with pytest.raises(PuzzleOwed):
            filed("9.9.9.9")
    filed("9.9.9.9", answer=solved(at=f.MONDAY))


def test_asvs_2_3_3_a_filing_that_fails_anywhere_leaves_nothing():
    f.world()
    filed()
    before, at_statement = written(), 0

    while True:
        left = at_statement

        def breaks(execute, sql, params, many, context):
            nonlocal left
            if not sql.startswith(("SAVEPOINT", "RELEASE", "ROLLBACK")):
                if left == 0:
                    raise FaultError
                left -= 1
            return execute(sql, params, many, context)

        try:
            with connection.execute_wrapper(breaks):
                filed(sender=f"1.2.3.{at_statement}")
        except FaultError:
            assert written() == before
            at_statement += 1
            continue
        break
    assert at_statement > 10


def test_asvs_2_3_4_a_place_is_given_once():
    world = f.world()
    first = slot(reception.day(world.venue))
    for _ in range(first.capacity):
        booked(first)
    with pytest.raises(SlotFull):
        booked(first)


def test_asvs_2_4_1_machines_that_try_in_bulk_owe_a_sum(settings):
    settings.PUZZLE_ROUNDS = 1
    for number in range(5):
        phone_proofs.send_code(
            phone=f"1380013{1000 + number}", purpose=Purpose.SIGN_IN, sender="x", at=f.MONDAY
        )
    with pytest.raises(PuzzleOwed):
        phone_proofs.send_code(
            phone="13800138000", purpose=Purpose.SIGN_IN, sender="x", at=f.MONDAY
        )


def test_asvs_2_4_1_after_five_wrong_codes_the_box_asks_for_a_sum():
    from lianxin.kernel.codes import new_code

    f.world()
    client = Client()
    answers = [client.post("/track/", {"code": new_code()}) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [404] * 5 + [429]
    assert "data-puzzle" in answers[-1].content.decode()


def test_asvs_2_4_1_after_five_wrong_passwords_the_sign_in_asks_for_a_sum():
    f.world()
    client = Client()
    wrong = [
        client.post("/sign-in/", {"username": f"somebody{n}", "password": "wrong"})
        for n in range(6)
    ]
    assert [answer.status_code for answer in wrong] == [200] * 5 + [429]
    assert "data-puzzle" in wrong[-1].content.decode()
