"""A small sum for the sender's device where tries come thick and fast: proof of work (altcha).

Nobody else's server is asked, no cookie is set, nothing is read off a picture. A puzzle is signed,
good for twenty minutes and taken once, whichever process is asked.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import altcha
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from lianxin.kernel import limits
from lianxin.kernel.foreign import read_json
from lianxin.kernel.keys import index_key
from lianxin.kernel.refused import Refused

#: Browsers know it without any library. 256 guesses on average, each of PUZZLE_ROUNDS rounds.
ALGORITHM = "PBKDF2/SHA-256"
PREFIX = "00"
VALID = timedelta(minutes=20)
LONGEST = 4000


class PuzzleOwed(Refused):
    message = _(
        "Many tries came from your network. Your device has to do a small sum first; "
        "it takes a few seconds, then please send again."
    )
    code = "puzzle"
    status = 429


@dataclass(frozen=True, slots=True)
class Gate:
    """`free` tries of one network, refilled at `per_hour`, cost nothing; each further one a sum.
    With 0 free ones every try costs a sum."""

    kind: str
    free: int
    per_hour: float


def new_puzzle(*, at: datetime) -> dict[str, Any]:
    """A fresh puzzle for the device, as altcha's worker reads it. Keeps nothing."""
    puzzle = altcha.create_challenge(
        ALGORITHM,
        settings.PUZZLE_ROUNDS,
        key_prefix=PREFIX,
        data={"until": int((at + VALID).timestamp())},
        hmac_secret=index_key("puzzle"),
    )
    return puzzle.to_dict()


def check_gate(gate: Gate, sender: str, *, answer: str, at: datetime) -> bool:
    """Lets a try of this network through: a free one (False), or one with a solved puzzle (True).

    Effects: a free try of the network is used up, or the puzzle is. Ask before the caller's
    transaction. Raises PuzzleOwed with the seconds until a try is free again.
    """
    if limits.allow(gate.kind, sender, per_hour=gate.per_hour, burst=gate.free, at=at):
        return False
    if not is_solved(answer, at=at):
        wait = limits.exhausted(gate.kind, sender, per_hour=gate.per_hour, burst=gate.free, at=at)
        raise PuzzleOwed(retry_after=wait or 1)
    return True


def is_solved(answer: str, *, at: datetime) -> bool:
    """Whether the answer solves one of our puzzles in time, and for the first time. It is used up."""
    payload = _read(answer)
    if payload is None or not _is_ours(payload, at):
        return False
    return limits.allow("puzzle", str(payload.challenge.signature), per_hour=0.0001, burst=1, at=at)


def _read(answer: str) -> altcha.Payload | None:
    if not answer or len(answer) > LONGEST:
        return None
    try:
        return altcha.Payload.from_dict(read_json(base64.b64decode(answer, validate=True)))
    except (binascii.Error, ValueError, KeyError, TypeError, AttributeError):
        return None


def _is_ours(payload: altcha.Payload, at: datetime) -> bool:
    """Signed by us, right, and not over. The signature is asked first: it vouches for the rest."""
    try:
        result = altcha.verify_solution(payload, index_key("puzzle"))
    except (ValueError, TypeError, AttributeError, OverflowError):
        return False
    said = payload.challenge.parameters.data or {}
    return bool(result.verified) and float(said["until"]) > at.timestamp()
