"""The ledger as anybody may read it: heads, tiles of hashes, bundles of commitments (C2SP tlog-tiles).

Nothing here says what happened: a leaf is a commitment, and only who holds its record and salt can
tell what it commits to.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from lianxin.kernel.merkle import TILE_WIDTH
from lianxin.record.queries import ledger as queries
from lianxin.web.kept import for_everybody

LASTING = cache_control(public=True, max_age=31_536_000, immutable=True)
SHORT = for_everybody(5)


@require_safe
@SHORT
def ledgers(request: HttpRequest) -> HttpResponse:
    """All logs with their heads, the key to check them, and how to."""
    return render(request, "record/ledgers.html", {"logs": queries.heads()})


@require_safe
@SHORT
def checkpoint(request: HttpRequest, code: str) -> HttpResponse:
    """The signed head of a log, with what witnesses signed on it."""
    log = queries.log_of(code)
    return HttpResponse(log.checkpoint + log.cosignatures, content_type="text/plain; charset=utf-8")


@require_safe
@LASTING
def tile(
    request: HttpRequest, code: str, level: str, place: str, width: str | None = None
) -> HttpResponse:
    """A tile of hashes: 8,192 bytes, or `width` times 32."""
    hashes = queries.tile_of(queries.log_of(code), int(level), _number(place), _width(width))
    return HttpResponse(hashes, content_type="application/octet-stream")


@require_safe
@LASTING
def entries(request: HttpRequest, code: str, place: str, width: str | None = None) -> HttpResponse:
    """The commitments below a tile of the lowest level."""
    bundle = queries.entry_bundle(queries.log_of(code), _number(place), _width(width))
    return HttpResponse(bundle, content_type="application/octet-stream")


def _number(place: str) -> int:
    return int("".join(part.removeprefix("x") for part in place.split("/")))


def _width(width: str | None) -> int:
    return int(width) if width else TILE_WIDTH
