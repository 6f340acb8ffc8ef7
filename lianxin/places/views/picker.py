"""What the division picker asks: children of a division, divisions by name. Public, cacheable."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from lianxin.places import queries

TOP = "0"
ANSWERS = 12


@require_safe
@cache_control(public=True, max_age=86400)
def children(request: HttpRequest, code: str) -> JsonResponse:
    """{"code", "path", "children": [{"code", "name", "more"}]}; code 0 lists the provinces."""
    above = None if code == TOP else queries.division(code)
    rows = queries.children(above.code if above else "")
    return _json(
        {
            "code": above.code if above else "",
            "path": above.path if above else "",
            "children": [
                {"code": row.code, "name": row.name, "more": row.has_children} for row in rows
            ],
        }
    )


@require_safe
@cache_control(public=True, max_age=3600)
def search(request: HttpRequest) -> JsonResponse:
    """?q=…&within=…: {"found": [{"code", "name", "path"}]}, at most twelve, best first."""
    place = request.GET.get("within", "")
    within = place if place.isdecimal() else ""
    found = queries.search(request.GET.get("q", ""), within=within, limit=ANSWERS)
    return _json(
        {"found": [{"code": row.code, "name": row.name, "path": row.path} for row in found]}
    )


def _json(answer: dict[str, object]) -> JsonResponse:
    return JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
