"""A few divisions, and people who keep calendars."""

from datetime import datetime
from uuid import uuid4

import pytest

from lianxin.congress.models import Actor, PostGrant
from lianxin.kernel.clock import LOCAL
from lianxin.places.services import DivisionRow, load_divisions

AT = datetime(2026, 11, 23, 10, tzinfo=LOCAL)
ROWS = [
    ("53", "云南省"),
    ("5301", "昆明市"),
    ("530112", "西山区"),
    ("530112005", "前卫街道"),
    ("530112005001", "润城社区居民委员会"),
    ("530112005002", "玉龙社区居民委员会"),
    ("530126", "石林彝族自治县"),
    ("530126101", "圭山镇"),
    ("5309", "临沧市"),
    ("530902", "临翔区"),
    ("530902002", "忙畔街道"),
    ("530902002005", "玉龙社区居民委员会"),
    ("5328", "西双版纳傣族自治州"),
    ("532801", "景洪市"),
    ("532801401", "东风农场"),
    ("5333", "怒江傈僳族自治州"),
    ("533323", "福贡县"),
    ("533323201", "匹河怒族乡"),
    ("533323201204", "老姆登村委会"),
]


def parent(code: str) -> str:
    return code[: {4: 2, 6: 4, 9: 6, 12: 9}.get(len(code), 0)]


def rows(pairs=ROWS):
    return [DivisionRow(code, name, parent(code)) for code, name in pairs]


@pytest.fixture
def divisions(db):
    return load_divisions(rows=rows(), at=AT)


def keeper(code: str, ability: str = "calendar.manage") -> Actor:
    grant = PostGrant("operator", uuid4(), "系统运行处", "OPERATOR", code, frozenset({ability}))
    return Actor(person_id=uuid4(), name="甲", posts=(grant,))
