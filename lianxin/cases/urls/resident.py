"""Addresses for residents: no account, no session."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from lianxin.cases.views import resident, resident_data, resident_filing, resident_tracking

SAYS = "reply|supplement|urge|objection"

urlpatterns: list[URLPattern] = [
    path("", resident.home, name="home"),
    path("file/", resident_filing.start, name="file"),
    path("file/send/", resident_filing.send, name="file-send"),
    path("file/hints/", resident_filing.hints, name="file-hints"),
    path("file/grids/", resident_filing.grids, name="file-grids"),
    path("file/photos/", resident_filing.photos, name="file-photos"),
    path("file/photos/<str:token>/", resident_filing.photo, name="file-photo"),
    re_path(r"^file/(?P<to>what|where|contact)/$", resident_filing.step, name="file-step"),
    path("track/", resident_tracking.track_box, name="track-box"),
    path("t/<str:code>/", resident_tracking.track, name="track"),
    path("t/<str:code>/receipt/", resident_tracking.receipt, name="receipt"),
    path("t/<str:code>/slip/", resident_tracking.slip, name="receipt-slip"),
    path("t/<str:code>/proof/", resident_tracking.proof, name="track-proof"),
    path("t/<str:code>/verdict/", resident_tracking.verdict, name="track-verdict"),
    path("t/<str:code>/data/", resident_data.mine, name="track-data"),
    path("t/<str:code>/withdraw/", resident_tracking.withdraw, name="track-withdraw"),
    re_path(rf"^t/(?P<code>[^/]+)/(?P<kind>{SAYS})/$", resident_tracking.say, name="track-say"),
    path(
        "t/<str:code>/files/<uuid:attachment_id>/<slug:variant>/",
        resident_tracking.file,
        name="track-file",
    ),
    path("results/", resident.published, name="results"),
    path("results/<uuid:result_id>/", resident.result, name="result"),
    path("results/<uuid:result_id>/join/", resident.join, name="join"),
]
