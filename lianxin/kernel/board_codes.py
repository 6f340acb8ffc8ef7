"""Codes printed on boards (代表码, 站码): public, short enough to say, no secret.

Eight signs of Crockford's base 32 in two groups; the last is a check sign (CRC over GF(32)) that
finds every single wrong sign and every swap of two neighbours.
"""

from __future__ import annotations

import secrets

from lianxin.kernel.codes import ALPHABET

LENGTH = 8
_VALUE = {sign: number for number, sign in enumerate(ALPHABET)} | {"O": 0, "I": 1, "L": 1}


def new_board_code() -> str:
    """A fresh code such as `7K3F-92QX`. Seven random signs: the database keeps them unique."""
    numbers = [secrets.randbelow(32) for _ in range(LENGTH - 1)]
    return _written([*numbers, _remainder(numbers)])


def normalise_board_code(text: str) -> str | None:
    """The code as printed, from small letters, missing dashes, O for 0, I or L for 1; else None."""
    signs = [sign for sign in text[:40].upper() if sign not in " -_."]
    numbers = [_VALUE.get(sign, -1) for sign in signs]
    if len(numbers) != LENGTH or -1 in numbers or _remainder(numbers[:-1]) != numbers[-1]:
        return None
    return _written(numbers)


def _written(numbers: list[int]) -> str:
    text = "".join(ALPHABET[number] for number in numbers)
    return f"{text[:4]}-{text[4:]}"


def _remainder(numbers: list[int]) -> int:
    """Horner's scheme at the generator of GF(32), polynomial x⁵+x²+1."""
    rest = 0
    for number in numbers:
        rest = _times_x(rest ^ number)
    return rest


def _times_x(value: int) -> int:
    value <<= 1
    return value ^ 0x25 if value & 32 else value
