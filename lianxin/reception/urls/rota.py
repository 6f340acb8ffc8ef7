"""Addresses of rotas and how they are made."""

from __future__ import annotations

from django.urls import URLPattern, path

from lianxin.reception.views import rota

urlpatterns: list[URLPattern] = [
    path("desk/reception/rota/", rota.rota, name="rota"),
    path("desk/reception/rota/print/", rota.rota_print, name="rota-print"),
    path("desk/reception/rota/plan/", rota.plan, name="rota-plan"),
    path("desk/reception/rota/wishes/", rota.setting, name="rota-setting"),
    path("desk/reception/rota/deputies/<uuid:deputy_id>/", rota.member, name="rota-member"),
    path("desk/reception/rota/plans/<uuid:plan_id>/", rota.draft, name="rota-draft"),
    path("desk/reception/rota/plans/<uuid:plan_id>/publish/", rota.publish, name="rota-publish"),
    path("desk/reception/rota/plans/<uuid:plan_id>/discard/", rota.discard, name="rota-discard"),
    path("desk/reception/days/<uuid:day_id>/seats/", rota.seats, name="seats"),
]
