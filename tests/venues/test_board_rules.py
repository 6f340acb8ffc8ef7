"""What differs between two boards is named exactly; cards fill sheets by plain arithmetic."""

import copy
from datetime import datetime, timedelta

import pytest
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from lianxin.kernel.clock import LOCAL
from lianxin.venues.rules.boards import (
    DEPUTY_FIELDS,
    SENTENCES,
    VENUE_FIELDS,
    Change,
    differences,
    digest,
    sentence,
)
from lianxin.venues.rules.layout import SIZES, Box, Field, Text, packed, shares, type_size, width_of

AT = datetime(2026, 11, 2, 10, tzinfo=LOCAL)
WORDS = st.text(alphabet="甲乙丙丁戊123", max_size=6)


def deputy(key):
    return {
        "id": f"d{key}", "code": "7K3F-92QX", "name": f"代表{key}", "levels": [["county", "西山区"]],
        "unit": "小学", "constituency": "一选区", "profession": "教师", "field": "", "phone": "0871-1",
        "languages": ["普通话"], "grids": [], "photo": "",
    }  # fmt: skip


def day(key, hours_ahead):
    starts = AT + timedelta(hours=hours_ahead)
    return {
        "id": f"x{key}", "starts": starts.isoformat(),
        "ends": (starts + timedelta(hours=2)).isoformat(), "place": "", "topic": "", "note": "",
        "off": False, "who": ["d0"], "names": ["代表0"],
    }  # fmt: skip


def facts(deputies=3, days=4):
    return {
        "on": "2026-11-02", "until": "2027-05-01",
        "venue": {"name": "室", "place": "区", "address": "路", "phone": "1", "hours": "周一"},
        "deputies": [deputy(key) for key in range(deputies)],
        "days": [day(key, 24 * (key + 1)) for key in range(days)],
    }  # fmt: skip


#: One edit each, and the change it must be told as.
def edits():
    yield from (
        ("venue", name, lambda f, name=name: f["venue"].update({name: "别的"}))
        for name in VENUE_FIELDS
    )
    for name in DEPUTY_FIELDS:
        value = ["别的"] if name in ("languages", "grids") else "别的"
        value = [["township", "前卫镇"]] if name == "levels" else value
        yield (
            "deputy",
            name,
            lambda f, name=name, value=value: f["deputies"][1].update({name: value}),
        )
    yield "deputy_gone", "", lambda f: f["deputies"].pop(1)
    yield "deputy_new", "", lambda f: f["deputies"].append(deputy(9))
    yield "deputy_name", "", lambda f: f["deputies"][1].update(name="改名")
    yield "photo", "", lambda f: f["deputies"][1].update(photo="p")
    yield "day_off", "", lambda f: f["days"].pop(1)
    yield "day_off", "", lambda f: f["days"][1].update(off=True, note="停电")
    yield "day_new", "", lambda f: f["days"].append(day(9, 30))
    yield "day_names", "", lambda f: f["days"][1].update(who=["d2"], names=["代表2"])
    yield "day_place", "", lambda f: f["days"][1].update(place="二楼")
    yield (
        "day_moved",
        "",
        lambda f: f["days"][1].update(
            starts=(AT + timedelta(hours=50)).isoformat(),
            ends=(AT + timedelta(hours=52)).isoformat(),
        ),
    )


EDITS = list(edits())


@given(st.sets(st.integers(0, len(EDITS) - 1), max_size=1))
def test_one_edit_is_one_change_and_none_is_none(picked):
    printed, now = facts(), facts()
    for number in picked:
        EDITS[number][2](now)
    found = [
        (one.kind, one.name if one.kind in ("venue", "deputy") else "")
        for one in differences(printed, now, at=AT)
    ]
    assert found == [EDITS[number][:2] for number in picked]


@given(
    st.lists(st.sampled_from(sorted(VENUE_FIELDS)), unique=True),
    st.lists(st.sampled_from(sorted(DEPUTY_FIELDS)), unique=True),
    WORDS,
)
def test_exactly_the_edited_fields_are_named(of_venue, of_deputy, word):
    printed, now = facts(), facts()
    for name in of_venue:
        now["venue"][name] = f"{word}新"
    for name in of_deputy:
        now["deputies"][2][name] = (
            [["province", "云南省"]]
            if name == "levels"
            else [f"{word}新"]
            if name in ("languages", "grids")
            else f"{word}新"
        )
    found = {(one.kind, one.name) for one in differences(printed, now, at=AT)}
    assert found == {("venue", name) for name in of_venue} | {
        ("deputy", name) for name in of_deputy
    }
    assert (digest(printed) == digest(now)) == (not found)


@given(st.permutations(range(3)))
def test_the_order_of_fields_is_no_part_of_the_digest(order):
    one = facts()
    other = {key: one[key] for key in sorted(one, reverse=True)}
    other["on"] = "2026-12-24"
    assert digest(one) == digest(other)
    assert differences(one, other, at=AT) == []


@given(st.integers(0, 120))
def test_time_alone_changes_nothing_until_all_days_are_over(hours):
    printed, now = facts(), facts()
    later = AT + timedelta(hours=hours)
    now["days"] = [one for one in now["days"] if datetime.fromisoformat(one["ends"]) > later]
    found = [one.kind for one in differences(printed, now, at=later)]
    assert found == (["days_over"] if not now["days"] else [])


def test_days_beyond_the_last_listed_one_are_not_compared():
    printed, now = facts(), facts()
    printed["until"] = printed["days"][1]["starts"][:10]
    printed["days"] = printed["days"][:2]
    assert differences(printed, now, at=AT) == []
    now["days"].append(day(9, 30))
    assert [one.kind for one in differences(printed, now, at=AT)] == ["day_new"]


def test_what_was_cancelled_when_printed_may_come_back():
    printed, now = facts(), facts()
    printed["days"][0]["off"] = True
    assert [one.kind for one in differences(printed, now, at=AT)] == ["day_new"]
    now["days"].pop(0)
    assert differences(printed, now, at=AT) == []


@pytest.mark.parametrize("kind", sorted(SENTENCES))
@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("after", ["", "0871-1"])
def test_every_change_has_its_sentence(kind, language, after):
    moment = AT.isoformat()
    name = {"venue": "phone", "deputy": "phone"}.get(kind, "")
    subject = moment if kind.startswith("day") else "周明远"
    after = moment if kind == "day_moved" else after
    with override(language):
        said = sentence(Change(kind, subject, name, "旧的", after))
    assert said
    assert "%(" not in said
    if language == "zh-hans":
        assert not any("a" <= sign <= "z" for sign in said.lower())


# --- layout ---------------------------------------------------------------------------------


@given(st.integers(0, 200), st.integers(1, 20), st.integers(1, 24))
def test_cards_are_shared_out_whole_and_no_sheet_is_overfull(count, first, further):
    sizes = shares(count, first, further)
    assert sum(sizes) == count
    assert sizes[0] <= first
    assert all(size <= further for size in sizes[1:])
    if len(sizes) > 1:
        assert count > first + further * (len(sizes) - 2)


@given(st.integers(1, 24))
def test_cards_stand_in_the_field(count):
    field = Field(271, 240)
    columns = field.columns(count)
    box = field.card(count, columns)
    assert 1 <= columns <= 5
    assert 0 < box.width < 271 / columns
    assert 0 < box.height <= 240


@given(st.integers(1, 12), st.floats(20, 120), st.floats(20, 200))
def test_type_is_the_largest_that_fits(lines, width, height):
    text = Text(3, (6.0,), (9.0,) * lines)
    size = type_size([text], Box(width, height))
    larger = [one for one in SIZES if one > size]
    assert all(text.height(one, width) > height * 0.95 for one in larger)
    assert size == SIZES[-1] or text.height(size, width) <= height


@given(st.lists(st.floats(1, 30), max_size=12), st.floats(5, 40))
def test_packing_never_takes_more_rows_than_two_a_text(widths, room):
    assert packed(widths, room) <= 2 * len(widths)
    assert packed(widths, 10_000) <= 1


def test_widths():
    assert width_of("代表") == 2
    assert 2 < width_of("0871-") < 3
    assert copy.copy(Text(1, (), ())).height(4, 50) > 0
