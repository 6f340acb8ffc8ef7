"""Addresses for machines: alive, ready, figures. None of them opens a session."""

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.config import health, metrics
from lianxin.kernel.clock import now
from lianxin.kernel.refused import Absent


@never_cache
@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """This process answers; the database is not asked."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """A word per part; 503 while the database is away."""
    figures = health.figures(now())
    return JsonResponse(figures.words, status=200 if figures.ready else 503)


@never_cache
@require_safe
def figures(request: HttpRequest) -> HttpResponse:
    """For this machine, or with METRICS_TOKEN; for everybody else there is nothing here."""
    if not (_from_here(request) or _with_token(request)):
        raise Absent
    return HttpResponse(metrics.as_text(health.figures(now())), content_type=metrics.CONTENT_TYPE)


def _from_here(request: HttpRequest) -> bool:
    """From this machine itself, and not through its reverse proxy."""
    address = request.META.get("REMOTE_ADDR") or "0.0.0.0"  # noqa: S104  (stands for nobody)
    passed_on = "X-Forwarded-For" in request.headers or "Forwarded" in request.headers
    return not passed_on and ipaddress.ip_address(address).is_loopback


def _with_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    return bool(settings.METRICS_TOKEN) and hmac.compare_digest(
        given.encode(), settings.METRICS_TOKEN.encode()
    )
