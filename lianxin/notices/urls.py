from django.urls import path

from lianxin.notices.views import bell, undelivered

app_name = "notices"

urlpatterns = [
    path("notices/", bell.notices, name="list"),
    path("notices/read/", bell.read_all, name="read-all"),
    path("notices/<uuid:notice_id>/", bell.open_notice, name="open"),
    path("undelivered/", undelivered.undelivered, name="undelivered"),
    path("undelivered/<uuid:event_id>/<str:handler>/", undelivered.event, name="event"),
    path(
        "undelivered/<uuid:event_id>/<str:handler>/retry/",
        undelivered.retry_event,
        name="retry-event",
    ),
    path(
        "undelivered/messages/<uuid:delivery_id>/retry/",
        undelivered.retry_delivery,
        name="retry-delivery",
    ),
]
