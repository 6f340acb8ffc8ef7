from django.urls import path

from lianxin.notices import views

app_name = "notices"

urlpatterns = [
    path("notices/", views.notices, name="list"),
    path("notices/read/", views.read_all, name="read-all"),
    path("notices/<uuid:notice_id>/", views.open_notice, name="open"),
]
