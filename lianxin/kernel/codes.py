"""Receipt codes: 110 random bits that can be read out over the telephone.

24 signs of Crockford's base 32 in six groups of four. The last two are check signs of a
Reed–Solomon code over GF(32): every one or two wrong signs, and so every swap of two
signs, are found.
"""

import hmac
import secrets
import unicodedata

from lianxin.kernel.keys import index_key

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH, CHECKS, GROUP = 24, 2, 4
_VALUE = {sign: number for number, sign in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_SKIPPED = frozenset(" -_.\t\r\n\u00a0\u2010\u2011\u2012\u2013\u2014\u2015\u2212·、,")

# Powers of the generator of GF(32), polynomial x⁵+x²+1, twice over to save a modulo.
_POWER = [1]
for _ in range(61):
    _POWER.append((_POWER[-1] << 1) ^ (0x25 if _POWER[-1] & 16 else 0))
_LOG = {value: exponent for exponent, value in enumerate(_POWER[:31])}


def new_code() -> str:
    """A fresh code, such as `7K3F-92QX-…`, with its check signs."""
    chance = secrets.randbits(5 * (LENGTH - CHECKS))
    data = [chance >> 5 * place & 31 for place in range(LENGTH - CHECKS)]
    return _written(data + _check_signs(data))


def normalise(text: str) -> str | None:
    """The code as `new_code` writes it, from whatever a person typed; None when it is no code.

    Takes small letters, full-width letters, spaces and dashes anywhere, O for 0, I and L for 1.
    """
    if len(text) > 200:
        return None
    numbers = [_VALUE.get(sign, -1) for sign in typed(text)]
    if len(numbers) != LENGTH or -1 in numbers or any(_syndromes(numbers)):
        return None
    return _written(numbers)


def typed(text: str) -> str:
    """What was meant by a typed code of any kind: half-width capitals, without spaces and dashes."""
    plain = unicodedata.normalize("NFKC", text).upper()
    return "".join(sign for sign in plain if sign not in _SKIPPED)


def digest(code: str) -> bytes:
    """What the database keeps of a code: HMAC-SHA-256, 32 bytes. Raises ValueError on no code."""
    written = normalise(code)
    if written is None:
        raise ValueError("This is no receipt code.")
    return digest_of_written(written)


def digest_of_written(code: str) -> bytes:
    """The same of a code as `new_code` wrote it, which need not be read again."""
    return hmac.digest(index_key("code"), code.encode(), "sha256")


def _written(numbers: list[int]) -> str:
    signs = "".join(ALPHABET[number] for number in numbers)
    return "-".join(signs[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def _times(a: int, b: int) -> int:
    return _POWER[_LOG[a] + _LOG[b]] if a and b else 0


def _syndromes(numbers: list[int]) -> tuple[int, int]:
    """Σ n and Σ n·αⁱ; both are 0 exactly for a right code."""
    plain = weighted = 0
    for place, number in enumerate(numbers):
        plain ^= number
        weighted ^= _times(number, _POWER[place])
    return plain, weighted


def _check_signs(data: list[int]) -> list[int]:
    plain, weighted = _syndromes(data)
    last, other = _POWER[LENGTH - 1], _POWER[LENGTH - 2]
    # x + y = plain and x·other + y·last = weighted, solved for y.
    y = _times(weighted ^ _times(plain, other), _POWER[31 - _LOG[last ^ other]])
    return [plain ^ y, y]
