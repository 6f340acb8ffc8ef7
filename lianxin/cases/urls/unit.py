"""Addresses for the unit's pages, and for acts on one dispatch."""

from __future__ import annotations

from django.urls import URLPattern, path

from lianxin.cases.views import unit, unit_acts

urlpatterns: list[URLPattern] = [
    path("unit/", unit.inbox, name="unit"),
    path("unit/sign/", unit.sign_picked, name="unit-sign"),
    path("dispatch/<uuid:dispatch_id>/", unit_acts.dispatch, name="dispatch"),
    path("dispatch/<uuid:dispatch_id>/sign/", unit_acts.sign, name="dispatch-sign"),
    path("dispatch/<uuid:dispatch_id>/return/", unit_acts.return_, name="dispatch-return"),
    path("dispatch/<uuid:dispatch_id>/extend/", unit_acts.extend, name="dispatch-extend"),
    path("dispatch/<uuid:dispatch_id>/answer/", unit_acts.answer, name="dispatch-answer"),
    path("dispatch/<uuid:dispatch_id>/approve/", unit_acts.approve, name="dispatch-approve"),
]
