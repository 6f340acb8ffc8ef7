"""Somebody from a sibling county, from above or from below gets nothing but what is written down.

The default suite tries a share of the pairs; `make matrix`, in .ci/run too, tries all.
"""

from __future__ import annotations

import re
from uuid import UUID, uuid4

import pytest
from django.db import transaction
from django.urls import reverse

from tests.architecture.source import none
from tests.authorisation import matrix, relations, things
from tests.authorisation.test_matrix import ROWS, answer

NAMED = relations.named(ROWS)
#: What differs between any two pages: a nonce, a token, the id that was asked for.
FLEETING = re.compile(
    rb'nonce="[^"]+"|csrf\w*" value="\w+"|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}'
)
FILES = sorted({row.file for row in NAMED.values()})


@pytest.fixture
def world(db):
    return relations.build()


def judge(row, world, *, share, turn):
    """Where somebody from elsewhere got another answer than relations.yaml says."""
    arguments = {name: world.thing(value) for name, value in row.arguments.items()}
    data = {name: world.thing(value) for name, value in row.data.items()}
    address, sign_in = reverse(row.name, kwargs=arguments), reverse("people:sign-in")
    for method, actor in relations.pairs(row, share=share, turn=turn):
        expected = relations.answer(row, method, actor)
        status, location = answer(world, actor, method, address, data)
        if not matrix.meets(expected, status, location, sign_in):
            yield f"{method} {row.name} as {actor}: {status} {location}, not {expected}"


def test_exceptions_name_what_is_asked():
    none(relations.faults(ROWS))


def test_every_row_with_an_object_is_asked_and_there_are_enough_pairs():
    asked = [pair for row in NAMED.values() for pair in relations.pairs(row, share=1, turn=0)]
    own = sum(len(matrix.METHODS) * len(matrix.ROLES) for row in ROWS.values())
    assert len(NAMED) > 100
    assert len(asked) + own > 10_000


@pytest.mark.parametrize("file", FILES)
def test_who_is_from_elsewhere_gets_what_is_written(file, world, record_property):
    found, rows = [], [row for row in NAMED.values() if row.file == file]
    pairs = (
        relations.pairs(row, share=matrix.FOREIGN_SHARE, turn=turn) for turn, row in enumerate(rows)
    )
    record_property("pairs", sum(len(list(some)) for some in pairs))
    for number, row in enumerate(rows):
        with transaction.atomic():
            world.made.clear()
            found += judge(row, world, share=matrix.FOREIGN_SHARE, turn=number)
            transaction.set_rollback(True)
    none(found)


def page(world, actor, address):
    response = things.browser(world.sessions[actor]).get(address)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return response.status_code, FLEETING.sub(b"", body)


def test_a_foreign_object_answers_like_an_absent_one(world):
    """Same status, same bytes, same length: nobody learns that it exists (ASVS 8.2.2)."""
    found = []
    for row in NAMED.values():
        if "get" not in row.expected or row.answer("get", "stranger") != 404:
            continue
        with transaction.atomic():
            world.made.clear()
            there = {name: world.thing(value) for name, value in row.arguments.items()}
            absent = {n: uuid4() if isinstance(v, UUID) else v for n, v in there.items()}
            if absent != there:
                for actor in ("clerk@sibling", "handler@parent"):
                    one, other = (
                        page(world, actor, reverse(row.name, kwargs=kwargs))
                        for kwargs in (there, absent)
                    )
                    if one != other:
                        found.append(f"{row.name} as {actor}: {one[0]} and {other[0]}")
            transaction.set_rollback(True)
    none(found)


def test_an_opened_rule_is_found(world):
    """The row says that the office above may; were it not written, it would be a fault."""
    row = NAMED["cases:case"]
    closed = matrix.Row("cases:case-closed", row.expected, row.arguments)
    assert relations.answer(row, "get", "supervisor@parent") == 200
    assert 200 not in relations.answer(closed, "get", "supervisor@parent")
    moved = matrix.Row(row.name, {"get": row.expected["get"]}, {"case_id": "case_at_desk"})
    none(list(judge(moved, world, share=1, turn=0)))
    wrong = matrix.Row("venues:find", {"get": {"all": 404}}, {})
    assert len(list(judge(wrong, world, share=1, turn=0))) == len(relations.ACTORS)
