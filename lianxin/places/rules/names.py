"""What people call a division: its name without the officialese."""

from __future__ import annotations

import re
from functools import lru_cache

PEOPLES = (
    "彝族|哈尼族|白族|傣族|壮族|苗族|傈僳族|回族|拉祜族|佤族|纳西族|瑶族|藏族|景颇族|布朗族|布依族|"
    "普米族|阿昌族|怒族|基诺族|德昂族|蒙古族|水族|满族|独龙族|各族"
)
AUTONOMOUS = re.compile(rf"^(?P<place>.+?)(?:{PEOPLES})+自治(?P<kind>州|县)$")
NOTE = re.compile(r"[（(][^（()）]*[）)]$")
COMMITTEE = re.compile(r"(?P<kind>居民|村民|居|村)(?:委员会|委员|委会)$")
KINDS = ("街道", "社区", "省", "市", "州", "区", "县", "镇", "乡", "村")


@lru_cache(maxsize=4096)
def short_name(name: str) -> str:
    """石林彝族自治县 → 石林县; 五华山社区居民委员会 → 五华山社区; 老姆登村委会 → 老姆登村."""
    name = NOTE.sub("", name)
    if match := AUTONOMOUS.match(name):
        return match["place"] + match["kind"]
    if match := COMMITTEE.search(name):
        kind = "社区" if match["kind"].startswith("居") else "村"
        place = name[: match.start()]
        return place if place.endswith(("社区", kind)) else place + kind
    return name


@lru_cache(maxsize=4096)
def stem(name: str) -> str:
    """The short name without its kind, two characters or more: 石林, 五华山, 前卫; 云县 stays."""
    short = short_name(name)
    for kind in KINDS:
        if short.endswith(kind) and len(short) - len(kind) >= 2:
            return short.removesuffix(kind)
    return short


def is_street(code: str) -> bool:
    """Whether a code is a street's (街道: 001–099 below the county), which has no congress."""
    return len(code) == 9 and code[6] == "0"
