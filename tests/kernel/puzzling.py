"""Devices that do their sums."""

import altcha

from lianxin.kernel.puzzles import new_puzzle


def solution_of(puzzle):
    """The answer of a device to a puzzle as it was sent to it."""
    challenge = altcha.Challenge.from_dict(puzzle)
    return altcha.Payload(challenge, altcha.solve_challenge(challenge)).to_base64()


def solved(*, at):
    return solution_of(new_puzzle(at=at))
