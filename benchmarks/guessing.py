"""`make guessing`: somebody guesses receipt codes, from one network and from a thousand.

Guessed are codes with right check signs: others never reach the database. A hit shows itself by its
page, of course; what must tell nothing is how long a wrong code takes, however much of it is right,
and the look-up itself. Where the strength comes from is said in figures: the bits of a code, what is
left of them for whoever is content with any of the province's receipts, and what a network may try.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import sys
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from random import SystemRandom
from typing import Any

from benchmarks import results
from benchmarks.client import Client, together
from benchmarks.installation import PLAIN, Installation
from lianxin.kernel import codes

GUESSES = 10_000  # that the promise names, from one network and from many
FREE = 10  # an hour, of one network
EACH = 10  # guesses of each of many networks
BITS, APART_MS = 100, 1.0  # at least; at most
#: Residents of the province: as if each of them had a matter open.
RECEIPTS = 46_700_000
#: A code without its check signs, which follow from it.
RANDOM_SIGNS = codes.LENGTH - codes.CHECKS
CLIENTS = 4
TIMED = 400  # answers of each kind whose time is taken

_dice = SystemRandom()


def near(code: str) -> str:
    """A wrong code that agrees with this one in all signs but the last few."""
    start = code.replace("-", "")[: codes.LENGTH - 4]
    while True:
        end = "".join(_dice.choices(codes.ALPHABET, k=4))
        found = codes.normalise(start + end)
        if found and found != code:
            return found


def guessed(port: int, senders: Iterable[str], count: int) -> tuple[Counter[int], float]:
    """`count` fresh codes, each from the next of the senders; how they were answered, and seconds."""
    statuses, lock, source = Counter[int](), threading.Lock(), iter(senders)
    left = iter(range(count))

    def guess() -> None:
        with Client(port) as client:
            while True:
                with lock:
                    if next(left, None) is None:
                        return
                    sender = next(source)
                status = looked_up(client, codes.new_code(), sender)
                with lock:
                    statuses[status] += 1

    began = time.monotonic()
    together(guess, CLIENTS)
    return statuses, time.monotonic() - began


def looked_up(client: Client, code: str, sender: str) -> int:
    """The status of the code's page, asked for from this address."""
    head = {"X-Forwarded-For": sender}
    return client.send(client.request("GET", f"/t/{code}/", more=head)).status


def one_network() -> Iterator[str]:
    """Ever another address of the /56 that one customer gets."""
    while True:
        yield f"2001:db8:1:{_dice.randrange(256):x}::{_dice.randrange(2**64):x}"[:39]


def many_networks(each: int) -> Iterator[str]:
    """IPv4 addresses, none more than `each` times."""
    for number in range(2**24):
        for _ in range(each):
            yield f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}"


def apart(port: int, code: str, count: int) -> dict[str, float]:
    """Median milliseconds of wrong codes, near the right one and far from it, one after the other;
    each pair from a network of its own."""
    took: dict[str, list[float]] = {"near": [], "far": []}
    with Client(port) as client:
        for number in range(count):
            pairs = [("near", near(code)), ("far", codes.new_code())]
            for kind, wrong in pairs[:: 1 if number % 2 else -1]:
                sender, began = f"172.16.{number >> 8}.{number & 255}", time.perf_counter()
                status = looked_up(client, wrong, sender)
                took[kind].append(1000 * (time.perf_counter() - began))
                if status != 404:
                    raise RuntimeError(f"A wrong code was answered with {status}.")
    return {kind: statistics.median(found) for kind, found in took.items()}


def trial(home: Installation, guesses: int) -> dict[str, Any]:
    known = home.ask("benchmarks.worlds", "one")
    with home.serve(TRUSTED_PROXIES="1") as server:
        one, seconds = guessed(server.port, one_network(), guesses)
        many, _seconds = guessed(server.port, many_networks(EACH), guesses)
        with Client(server.port) as client:
            opens = looked_up(client, known["code"], "192.0.2.1")
        wrong = apart(server.port, known["code"], TIMED)
    found = home.ask("benchmarks.guessing_parts", known["code"], str(TIMED))
    bits = RANDOM_SIGNS * math.log2(len(codes.ALPHABET))
    return {
        "guesses": guesses,
        "one network looked up": one[404],
        "one network put off": one[429],
        "one network may have": FREE + math.ceil(seconds * FREE / 3600),
        "many networks looked up": many[404],
        "hits": one[200] + many[200],
        "other answers": sum(n for at, n in (one + many).items() if at not in (200, 404, 429)),
        "the right code opens": opens == 200,
        "bits": bits,
        "bits against any of 46.7 million": round(bits - math.log2(RECEIPTS), 1),
        "wrong near ms": round(wrong["near"], 2),
        "wrong far ms": round(wrong["far"], 2),
        "look-up hit ms": found["hit"],
        "look-up miss ms": found["miss"],
    }


def held(found: dict[str, Any]) -> bool:
    return (
        found["one network looked up"] <= found["one network may have"]
        and found["one network looked up"] + found["one network put off"] == found["guesses"]
        and found["many networks looked up"] == found["guesses"]
        and not found["hits"]
        and found["the right code opens"]
        and found["bits"] >= BITS
        and abs(found["wrong near ms"] - found["wrong far ms"]) < APART_MS
        and abs(found["look-up hit ms"] - found["look-up miss ms"]) < APART_MS
    )


@results.trial("guessing")
def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.guessing", description=__doc__)
    words.add_argument("--guesses", type=int, default=GUESSES, help="of each kind")
    asked = words.parse_args()
    with Installation(os.environ.get("DATABASE_URL", ""), settings=PLAIN) as home:
        found = trial(home, asked.guesses)
    print(json.dumps(found, indent=1))
    short = results.fewer(guesses=(asked.guesses, GUESSES))
    results.record("guessing", found, held(found), short=short)
    sys.exit(0 if held(found) else 1)


if __name__ == "__main__":
    main()
