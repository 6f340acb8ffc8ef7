"""Telephone numbers, and how little of a number or a name is shown."""

import functools
import re
import unicodedata

import phonenumbers

REGION = "CN"
COMPOUND_SURNAMES = frozenset(
    (
        "欧阳",
        "司马",
        "上官",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "夏侯",
        "长孙",
        "宇文",
        "司徒",
        "端木",
        "独孤",
        "南宫",
        "西门",
    )
)


def to_e164(text: str) -> str | None:
    """`+8613800138000` from any usual spelling of a valid number, else None."""
    if len(text) > 60:
        return None
    if _mobiles().fullmatch(text):
        return f"+86{text}"
    try:
        number = phonenumbers.parse(unicodedata.normalize("NFKC", text), REGION)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


@functools.cache
def _mobiles() -> re.Pattern[str]:
    """Mobile numbers as nearly everybody writes them, by the library's own pattern: at once."""
    known = phonenumbers.PhoneMetadata.metadata_for_region(REGION)
    assert known is not None
    assert known.mobile is not None
    return re.compile(f"(?=[0-9]{{11}}$)(?:{known.mobile.national_number_pattern})")


def show_phone(text: str) -> str:
    """A stored number as people write it in China: without +86, land lines with their 0."""
    if not text.startswith("+86"):
        return text
    try:
        number = phonenumbers.parse(text, REGION)
    except phonenumbers.NumberParseException:
        return text
    written = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    return written.replace(" ", "") if len(written.replace(" ", "")) == 11 else written


def mask_phone(text: str) -> str:
    """`138****1234`: enough to recognise one's own number, not enough to call it."""
    signs = show_phone(text).replace(" ", "").replace("-", "")
    if len(signs) < 7:
        return "*" * len(signs)
    return f"{signs[:3]}****{signs[-4:]}" if len(signs) >= 11 else f"{signs[:2]}****{signs[-2:]}"


def mask_name(text: str) -> str:
    """`张*`, `张**`, `欧阳**`; of other names the first letter."""
    name = text.strip()
    if not name:
        return ""
    kept = 2 if name[:2] in COMPOUND_SURNAMES and len(name) > 2 else 1
    return name[:kept] + "*" * min(max(len(name) - kept, 1), 2)
