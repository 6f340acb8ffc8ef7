"""Keeping a venue's page: as the public sees it, with a way to change each part."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lianxin.kernel.refused import Forbidden
from lianxin.venues.views.base import StaffRequest


@login_required
@never_cache
@require_safe
def index(request: StaffRequest) -> HttpResponse:
    """The own venue, or the ones to choose from."""
    raise Forbidden


@login_required
@never_cache
@require_safe
def venue(request: StaffRequest, code: str) -> HttpResponse:
    raise Forbidden
