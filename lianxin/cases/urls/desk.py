"""Addresses for the desk's pages, and for the staff page of a case with its acts."""

from __future__ import annotations

from django.urls import URLPattern, path

from lianxin.cases.views import case, case_acts, case_data, case_dispatch_acts, desk, desk_register

urlpatterns: list[URLPattern] = [
    path("desk/", desk.desk, name="desk"),
    path("desk/lists/<slug:where>/", desk.desk, name="desk-list"),
    path("desk/bulk/", desk.bulk, name="desk-bulk"),
    path("desk/register/", desk_register.register, name="desk-register"),
    path("desk/register/callers/", desk_register.callers, name="desk-callers"),
    path("case/<uuid:case_id>/", case.case, name="case"),
    *(
        path(f"case/<uuid:case_id>/{code}/", case_acts.view_of(code), name=f"case-{code}")
        for code in case_acts.PAGES
    ),
    *(
        path(
            f"case/dispatch/<uuid:dispatch_id>/{code}/",
            case_dispatch_acts.view_of(code),
            name=f"case-{code}",
        )
        for code in case_dispatch_acts.PAGES
    ),
    path("case/follow-up/<uuid:row_id>/", case_dispatch_acts.follow_up, name="case-follow-up"),
    path("case/promise/<uuid:row_id>/", case_dispatch_acts.commitment, name="case-commitment"),
    path("case/contact/<uuid:voice_id>/", case_dispatch_acts.reveal, name="case-reveal"),
    path("case/data/<uuid:voice_id>/", case_data.requests, name="case-data"),
]
