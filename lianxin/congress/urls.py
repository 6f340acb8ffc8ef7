from django.urls import path

from lianxin.congress import views

app_name = "congress"

urlpatterns = [
    path("account/absence/", views.absence, name="absence"),
    path("account/absence/<uuid:absence_id>/cancel/", views.cancel_absence, name="cancel-absence"),
    path("staff/organs/", views.organs, name="organs"),
    path("staff/organs/<uuid:organ_id>/", views.organ, name="organ"),
]
