"""Addresses for the deputy's pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from lianxin.cases.views import deputy

urlpatterns: list[URLPattern] = [
    path("deputy/", deputy.today, name="deputy"),
    path("deputy/matters/", deputy.matters, name="deputy-matters"),
    path("deputy/remind/", deputy.remind_picked, name="deputy-remind"),
    path("dispatch/<uuid:dispatch_id>/pass-on/", deputy.pass_on, name="dispatch-pass-on"),
    path("dispatch/<uuid:dispatch_id>/remind/", deputy.remind, name="dispatch-remind"),
    path("dispatch/<uuid:dispatch_id>/visit/", deputy.visit, name="dispatch-visit"),
]
