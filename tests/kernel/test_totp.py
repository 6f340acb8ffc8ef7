"""Codes of an app, against the tables of the RFCs."""

import base64
from datetime import UTC, datetime

import pytest

from lianxin.kernel import totp

SECRET = base64.b32encode(b"12345678901234567890").decode()
#: RFC 6238 appendix B (SHA-1), the last six of eight digits.
TABLE = {
    59: "287082",
    1111111109: "081804",
    1111111111: "050471",
    1234567890: "005924",
    2000000000: "279037",
    20000000000: "353130",
}
#: RFC 4226 appendix D.
COUNTED = ("755224", "287082", "359152", "969429", "338314", "254676", "287922", "162583")


def at(seconds):
    return datetime.fromtimestamp(seconds, UTC)


@pytest.mark.parametrize(("seconds", "code"), TABLE.items())
def test_the_codes_of_rfc_6238(seconds, code):
    assert totp.code_of(SECRET, totp.step_at(at(seconds))) == code


def test_the_codes_of_rfc_4226():
    assert [totp.code_of(SECRET, step) for step in range(8)] == list(COUNTED)


def test_a_clock_may_be_half_a_minute_off_and_no_more():
    code = totp.code_of(SECRET, totp.step_at(at(3000)))
    fits = [s for s in (2939, 2970, 3000, 3029, 3059, 3060) if totp.step_of(SECRET, code, at(s))]
    assert fits == [2970, 3000, 3029, 3059]


def test_a_code_is_none_after_its_step_was_used():
    step = totp.step_of(SECRET, "287082", at(59))
    assert step == 1
    assert totp.step_of(SECRET, "287082", at(59), after=step) is None


@pytest.mark.parametrize("code", ["２８７０８２", " 287 082 ", "287-082"])
def test_a_code_is_read_as_it_was_meant(code):
    assert totp.step_of(SECRET, code, at(59)) == 1


@pytest.mark.parametrize("code", ["", "两八七零八二", "28708２é", "²8708"])
def test_what_is_no_code_fits_no_step(code):
    assert totp.step_of(SECRET, code, at(59)) is None


def test_secrets_are_160_random_bits_and_apps_can_read_them():
    assert len({totp.new_secret() for _ in range(50)}) == 50
    assert len(base64.b32decode(totp.new_secret())) == 20
    address = totp.address(SECRET, account="陈 明", issuer="lianxin.example")
    assert address.startswith("otpauth://totp/lianxin.example:%E9%99%88%20%E6%98%8E?secret=GEZD")
    assert "&issuer=lianxin.example&digits=6&period=30" in address


def test_what_is_no_secret_is_refused():
    with pytest.raises(ValueError, match="base 32"):
        totp.code_of("!!", 1)
