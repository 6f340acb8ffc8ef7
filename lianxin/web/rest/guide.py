"""The page for partners, drawn from the OpenAPI description; nothing comes from a foreign host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from lianxin.web.kept import for_everybody
from lianxin.web.rest.engine import Api, View, guarded


@dataclass(frozen=True, slots=True)
class Value:
    """A parameter, a field of a body or of an answer."""

    name: str
    kind: str
    note: str
    is_required: bool = False


@dataclass(frozen=True, slots=True)
class Operation:
    method: str
    path: str
    summary: str
    anchor: str
    needs_key: bool
    asked: list[Value]
    body: list[Value]
    gives: list[Value]
    status: str
    refusals: str


@dataclass(frozen=True, slots=True)
class Chapter:
    title: str
    operations: list[Operation] = field(default_factory=list)


def document_view(api: Api) -> View:
    """The description itself, for programs."""

    def document(request: HttpRequest) -> HttpResponse:
        response = JsonResponse(api.document(), json_dumps_params={"ensure_ascii": False})
        response.headers["Cache-Control"] = "public, max-age=300"
        return response

    return guarded(require_safe(document))


def guide_view(api: Api) -> View:
    """The same as a page, for people."""

    @require_safe
    @for_everybody(300)
    def guide(request: HttpRequest) -> HttpResponse:
        context = {
            "chapters": chapters(api.document()),
            "base": settings.PUBLIC_URL + settings.API_PATH.rstrip("/"),
        }
        return render(request, "web/api.html", context)

    return guide


def chapters(document: dict[str, Any]) -> list[Chapter]:
    """Operations by their tag, in the order of the description."""
    found: dict[str, Chapter] = {}
    for path, methods in document["paths"].items():
        for method, told in methods.items():
            title = str(told["tags"][0])
            chapter = found.setdefault(title, Chapter(title))
            chapter.operations.append(_operation(method, path, told, document))
    return list(found.values())


def _operation(method: str, path: str, told: dict[str, Any], document: dict[str, Any]) -> Operation:
    statuses = list(told["responses"])
    status = statuses[0]
    answer = told["responses"][status].get("content", {}).get("application/json", {})
    return Operation(
        method=method.upper(),
        path=path,
        summary=str(told["summary"]),
        anchor=told["operationId"],
        needs_key="security" in told,
        asked=[_value(p["name"], p["schema"], document, p["required"]) for p in told["parameters"]],
        body=list(_fields(_body_of(told), document)),
        gives=list(_fields(answer.get("schema", {}), document)),
        status=status,
        refusals=" ".join(one for one in statuses if one >= "400"),
    )


def _body_of(told: dict[str, Any]) -> dict[str, Any]:
    content = told.get("requestBody", {}).get("content", {})
    first: dict[str, Any] = next(iter(content.values()), {})
    schema: dict[str, Any] = first.get("schema", {})
    return schema


def _resolved(schema: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        found: dict[str, Any] = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[-1]]
        return found
    return schema


def _fields(schema: dict[str, Any], document: dict[str, Any], above: str = "") -> Iterator[Value]:
    """The fields of an object or of a list's items, parts of parts one level deep."""
    plain = _resolved(schema, document)
    if plain.get("type") == "array":
        yield from _fields(plain["items"], document, f"{above}[].")
        return
    required = plain.get("required", [])
    for name, inner in plain.get("properties", {}).items():
        yield _value(above + name, inner, document, name in required)
        part = _resolved(inner.get("items", inner), document)
        if not above and "properties" in part:
            sign = "[]." if "items" in inner else "."
            yield from _fields(part, document, f"{name}{sign}")


def _value(name: str, schema: dict[str, Any], document: dict[str, Any], required: bool) -> Value:
    return Value(name, _kind(schema, document), str(schema.get("description", "")), required)


def _kind(schema: dict[str, Any], document: dict[str, Any]) -> str:
    plain = _resolved(schema, document)
    either = plain.get("anyOf")
    if either:
        return " | ".join(_kind(one, document) for one in either)
    if "enum" in plain:
        return " | ".join("null" if one is None else str(one) or "“”" for one in plain["enum"])
    if "const" in plain:
        return str(plain["const"])
    if plain.get("type") == "array":
        return f"[{_kind(plain['items'], document)}]"
    kind = str(plain.get("format") or plain.get("type", ""))
    return f"{kind} ≤ {plain['maxLength']}" if "maxLength" in plain else kind
