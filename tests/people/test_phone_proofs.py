"""A phone is proven by six digits: few tries, few messages, nothing told."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from lianxin.kernel.puzzles import PuzzleOwed
from lianxin.kernel.refused import TooMany
from lianxin.notices.models import Delivery
from lianxin.notices.services.deliveries import SECRET
from lianxin.people.enums import Purpose
from lianxin.people.models import PhoneProof
from lianxin.people.services import phone_proofs
from tests import factories as f
from tests.kernel.puzzling import solved
from tests.reception.bookings_world import PHONE, code_sent

pytestmark = pytest.mark.django_db
AT = f.MONDAY


def send(phone=PHONE, sender="1.2.3.4", at=AT, purpose=Purpose.BOOKING, answer=""):
    phone_proofs.send_code(phone=phone, purpose=purpose, sender=sender, answer=answer, at=at)
    return code_sent()


def prove(code, phone=PHONE, at=AT, purpose=Purpose.BOOKING):
    return phone_proofs.prove(phone=phone, code=code, purpose=purpose, at=at)


def is_proven(phone=PHONE, *, token, at=AT, purpose=Purpose.BOOKING):
    return phone_proofs.is_proven(phone=phone, token=token, purpose=purpose, at=at)


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


@pytest.fixture(autouse=True)
def places():
    f.divisions()


def test_the_right_code_proves_this_phone_for_half_an_hour():
    token = prove(send())
    assert is_proven(phone="+86 138 0013 8000", token=token, at=AT)
    assert not is_proven(phone="13900139000", token=token, at=AT)
    late = AT + phone_proofs.HOLDS
    assert is_proven(phone=PHONE, token=token, at=late - timedelta(seconds=1))
    assert not is_proven(phone=PHONE, token=token, at=late)
    with pytest.raises(phone_proofs.NotProven):
        phone_proofs.check_proven(phone=PHONE, token="x", purpose=Purpose.BOOKING, at=AT)


def test_a_token_is_signed():
    proof = prove(send())
    assert not is_proven(phone=PHONE, token=proof.split(":")[0], at=AT)
    assert not is_proven(phone=PHONE, token=proof[:-1] + "~", at=AT)


@pytest.mark.parametrize("asked", Purpose)
def test_a_token_opens_what_it_was_asked_for_alone(asked):
    token = prove(send(purpose=asked), purpose=asked)
    assert [one for one in Purpose if is_proven(token=token, purpose=one)] == [asked]


def test_digits_may_be_full_width():
    code = send().translate(str.maketrans("0123456789", "０１２３４５６７８９"))
    assert prove(f" {code} ")


def test_five_tries_and_no_more():
    code = send()
    for _ in range(phone_proofs.TRIES):
        with pytest.raises(phone_proofs.WrongCode):
            prove(wrong(code), at=AT)
    with pytest.raises(phone_proofs.WrongCode):
        prove(code)
    assert PhoneProof.objects.get().tries == phone_proofs.TRIES


def test_ten_minutes_and_no_longer():
    code = send()
    with pytest.raises(phone_proofs.WrongCode):
        prove(code, at=AT + phone_proofs.VALID)
    assert prove(f" {code} ", at=AT + timedelta(minutes=9))


def test_only_the_latest_code_counts_and_an_unsent_one_is_wrong():
    first = send()
    second = send(at=AT + timedelta(seconds=1))
    if first != second:
        with pytest.raises(phone_proofs.WrongCode):
            prove(first, at=AT + timedelta(seconds=2))
    assert prove(second, at=AT + timedelta(seconds=2))
    with pytest.raises(phone_proofs.WrongCode):
        prove(second, phone="13900139000")


def test_a_code_is_used_once_and_for_what_it_was_asked_for():
    code = send()
    with pytest.raises(phone_proofs.WrongCode):
        prove(code, purpose=Purpose.SIGN_IN)
    assert prove(code)
    with pytest.raises(phone_proofs.WrongCode):
        prove(code)


def test_a_phone_gets_three_codes_and_a_sender_forty(settings):
    settings.PUZZLE_ROUNDS = 1
    for _ in range(3):
        send()
    with pytest.raises(TooMany):
        send(sender="5.6.7.8")
    assert send(at=AT + timedelta(minutes=13))
    for number in range(39):
        send(phone=f"1380013{1000 + number}", answer=solved(at=AT))
    with pytest.raises(TooMany):
        send(phone="13800132000", answer=solved(at=AT))
    assert send(phone="13800132000", sender="5.6.7.8")


def test_after_five_codes_a_network_owes_a_sum_for_each(settings):
    settings.PUZZLE_ROUNDS = 1
    for number in range(5):
        send(phone=f"1380013{1000 + number}")
    with pytest.raises(PuzzleOwed) as owed:
        send(phone="13800132000")
    assert 0 < owed.value.retry_after <= 360
    assert Delivery.objects.count() == 5
    assert send(phone="13800132000", answer=solved(at=AT))
    assert send(phone="13800132001", at=AT + timedelta(minutes=6))
    assert send(phone="13800132002", sender="5.6.7.8")


def test_a_known_phone_and_an_unknown_one_get_the_same_work(django_assert_num_queries):
    """ASVS 6.3.8: nobody learns from the answer who reported something here."""
    f.world()
    f.filed(phone=PHONE, consents=True)
    with CaptureQueriesContext(connection) as known:
        send()
    with django_assert_num_queries(len(known)):
        send(phone="13900139000", sender="5.6.7.8")


def test_the_digits_are_kept_as_a_digest_and_leave_no_trace():
    code = send()
    proof, message = PhoneProof.objects.get(), Delivery.objects.get()
    assert code.encode() not in bytes(proof.code_digest)
    assert code not in message.text
    assert SECRET in message.text


def test_what_is_no_number_is_refused():
    with pytest.raises(phone_proofs.BadPhone):
        send(phone="12345")


def test_old_proofs_are_swept_out():
    send()
    assert phone_proofs.purge(AT + timedelta(hours=20)) == 0
    assert phone_proofs.purge(AT + timedelta(hours=25)) == 1
