"""Addresses of grid duty, of calls, and of the figures of use."""

from __future__ import annotations

from django.urls import URLPattern, path

from lianxin.reception.views import calls, duty, use

urlpatterns: list[URLPattern] = [
    path("desk/reception/duty/", duty.today, name="duty"),
    path("desk/reception/duty/call/", calls.new, name="call-new"),
    path("desk/reception/duty/calls/", calls.listed, name="calls"),
    path("desk/reception/duty/calls/<uuid:call_id>/", calls.page, name="call"),
    path("desk/reception/duty/table/", duty.table, name="duty-table"),
    path("desk/reception/duty/table/print/", duty.table_print, name="duty-print"),
    path("desk/reception/duty/table/make/", duty.make, name="duty-make"),
    path("desk/reception/duty/table/<uuid:duty_id>/", duty.turn, name="duty-turn"),
    path("desk/reception/duty/wishes/", duty.wishes, name="duty-wishes"),
    path("deputy/calls/", calls.mine, name="my-calls"),
    path("deputy/calls/<uuid:call_id>/", calls.my_call, name="my-call"),
    path("deputy/calls/<uuid:call_id>/go/", calls.go, name="my-call-go"),
    path("deputy/calls/<uuid:call_id>/pass/", calls.hand_on, name="my-call-pass"),
    path("deputy/calls/<uuid:call_id>/case/", calls.to_case, name="my-call-case"),
    path("office/reception/use/", use.page, name="use"),
    path("office/reception/use.xlsx", use.xlsx, name="use-xlsx"),
]
