"""What a province to measure in is mixed from: sizes, repetitions, names. Invented, but for the
repetitions, which are those that places publish.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

T = TypeVar("T")

#: Deputies of a room: how many, how often.
SIZES = ((3, 4, 5, 6, 7, 8, 9, 10, 11, 12), (6, 12, 18, 18, 14, 11, 8, 6, 4, 3))
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR")
#: Repetitions and how often, by kind of venue. {d}: a weekday, {n}: a day of the month.
RULES: dict[str, tuple[tuple[str, int], ...]] = {
    "home": (
        ("FREQ=WEEKLY;BYDAY={d}", 60),
        ("FREQ=WEEKLY;BYDAY=MO,WE", 20),
        ("FREQ=MONTHLY;BYDAY=1{d}", 20),
    ),
    "station": (
        ("FREQ=WEEKLY;BYDAY={d}", 35),
        ("FREQ=MONTHLY;BYDAY=1{d},3{d}", 35),
        ("FREQ=MONTHLY;BYMONTHDAY={n}", 30),
    ),
    "room": (
        ("FREQ=WEEKLY;BYDAY={d}", 10),
        ("FREQ=MONTHLY;BYDAY=1{d},3{d}", 20),
        ("FREQ=MONTHLY;BYMONTHDAY={n}", 45),
        ("FREQ=MONTHLY;BYDAY=1{d}", 10),
        ("FREQ=YEARLY;BYMONTH=1,3,5,7,9,11;BYMONTHDAY=15", 15),
    ),
}
SURNAMES = "李杨王张赵刘陈和段普白木高罗何马周余孙胡岩沙"
GIVEN = "明远文秀建国春燕志强丽华学军金花云龙翠仙家富光小梅永康秋月"
PROFESSIONS = (
    "农民", "教师", "医生", "村党总支书记", "社区工作者", "企业负责人", "工程师", "律师",
    "农艺师", "驾驶员", "茶农", "护林员", "会计", "护士", "民警", "个体户",
)  # fmt: skip
LANGUAGES = ("彝语", "白语", "哈尼语", "傣语", "壮语", "苗语", "傈僳语")


def tongue(code: str) -> str:
    """What is spoken in the prefecture beside Chinese."""
    return LANGUAGES[int(code[2:4]) % len(LANGUAGES)]


def codes() -> Iterator[str]:
    from lianxin.kernel.board_codes import new_board_code

    seen: set[str] = set()
    while True:
        code = new_board_code()
        if code not in seen:
            seen.add(code)
            yield code


def evenly(rows: list[T], count: int) -> list[T]:
    """So many of the rows, spread over all."""
    return [rows[index * len(rows) // count] for index in range(min(count, len(rows)))]


def with_second(rows: list[T], count: int) -> list[T]:
    """So many; where there are more than rows, some come twice."""
    if count <= len(rows):
        return evenly(rows, count)
    return sorted([*rows, *evenly(rows, count - len(rows))])  # type: ignore[type-var]
