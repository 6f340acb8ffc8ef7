"""The OpenAPI description: what ninja draws, with every problem an operation may answer."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from lianxin.web.rest.schemas import Problem

#: What any operation may answer, what acts may, and what needs an access key.
ALWAYS = (400, 404, 406, 422, 503)
ACTS = (403, 409, 413, 415, 429)
KEYED = (401, 403, 429)
_RETRY = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait"}}
_AGAIN = "Seconds to wait, where the first request under this Idempotency-Key is not finished"
_HEADERS = {
    401: {"WWW-Authenticate": {"schema": {"type": "string"}, "description": "Bearer"}},
    409: {"Retry-After": {"schema": {"type": "integer"}, "description": _AGAIN}},
    429: _RETRY,
    503: _RETRY,
}
_PROBLEM = "application/problem+json"


def completed(drawn: dict[str, Any]) -> dict[str, Any]:
    """Adds problems, their headers and media type, and drops what says nothing."""
    for path in drawn["paths"].values():
        for method, operation in path.items():
            _complete(method, operation)
    parts = drawn["components"]
    schema = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    parts["schemas"] |= {**schema.pop("$defs"), "Problem": schema}
    parts["responses"] = {str(status): _problem(status) for status in sorted(_statuses())}
    used = _used(drawn["paths"], parts["schemas"]) | _used(schema, parts["schemas"]) | {"Problem"}
    parts["schemas"] = {name: parts["schemas"][name] for name in sorted(used)}
    return drawn


def _used(part: Any, schemas: dict[str, Any]) -> set[str]:
    """Names of the schemas that a part leads to."""
    found: set[str] = set()
    waiting = [part]
    while waiting:
        for ref in _refs(waiting.pop()):
            name = ref.removeprefix("#/components/schemas/")
            if name in schemas and name not in found:
                found.add(name)
                waiting.append(schemas[name])
    return found


def _refs(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        part = list(part.values())
    if isinstance(part, list):
        for inner in part:
            yield from _refs(inner)


def _statuses() -> set[int]:
    return {*ALWAYS, *ACTS, *KEYED}


def _complete(method: str, operation: dict[str, Any]) -> None:
    wanted = {*ALWAYS}
    if method != "get":
        wanted |= {*ACTS}
    if operation.get("security"):
        wanted |= {*KEYED}
    found = {str(status): told for status, told in operation["responses"].items()}
    if "304" in found:
        found["200"]["headers"] = {"ETag": {"schema": {"type": "string"}}}
    for status in sorted(wanted):
        found.setdefault(str(status), {"$ref": f"#/components/responses/{status}"})
    operation["responses"] = dict(sorted(found.items()))


def _problem(status: int) -> dict[str, Any]:
    told: dict[str, Any] = {
        "description": HTTPStatus(status).phrase,
        "content": {_PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    if status in _HEADERS:
        told["headers"] = _HEADERS[status]
    return told
