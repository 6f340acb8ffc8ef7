"""Reading what was sent: strict JSON, and nothing that a database cannot keep."""

from __future__ import annotations

from typing import Any, NoReturn

from django.http import HttpRequest
from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header
from ninja.parser import Parser
from ninja.types import DictStrAny

from lianxin.kernel.foreign import read_json
from lianxin.web.rest.problems import NotInThatForm, Unreadable, WrongForm

#: Nesting that is read; a body of ours has four levels.
DEEPEST = 32
#: Integers up to here are exact in every reader of JSON (RFC 8259, 6).
EXACT = 2**53 - 1


def language_of(request: HttpRequest) -> str:
    """The language that Accept-Language asks for among ours, else the installation's own."""
    for asked, _weight in parse_accept_lang_header(
        request.headers.get("Accept-Language", "")[:200]
    ):
        try:
            return translation.get_supported_language_variant(asked)
        except LookupError:
            continue
    return translation.get_supported_language_variant("zh-hans")


def check_request(request: HttpRequest) -> None:
    """Raises NotInThatForm."""
    if not request.accepts("application/json"):
        raise NotInThatForm


class StrictJSON(Parser):
    """JSON as RFC 8259 has it: no NaN, no Infinity, no NUL and no half of a character in texts."""

    def parse_body(self, request: HttpRequest) -> DictStrAny:
        if request.content_type != "application/json":
            raise WrongForm
        try:
            said = read_json(request.body, parse_constant=_no_number, parse_float=_number)
        except ValueError:
            raise Unreadable from None
        _check(said)
        return said


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is no number of JSON.")


def _number(text: str) -> float | int:
    """JSON knows one kind of number: 4.0 is the integer 4 (JSON Schema, "integer")."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) <= EXACT else value


def _check(value: Any, depth: int = 0) -> None:
    """Raises Unreadable for what no column can hold."""
    if depth > DEEPEST:
        raise Unreadable
    if isinstance(value, str):
        if "\x00" in value or any("\ud800" <= sign <= "\udfff" for sign in value):
            raise Unreadable
    elif isinstance(value, dict):
        for name, inner in value.items():
            _check(name, depth + 1)
            _check(inner, depth + 1)
    elif isinstance(value, list):
        for inner in value:
            _check(inner, depth + 1)
