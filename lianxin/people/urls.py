from django.urls import path

from lianxin.people import views

app_name = "people"

urlpatterns = [
    path("sign-in/", views.sign_in, name="sign-in"),
    path("sign-out/", views.sign_out, name="sign-out"),
    path("start/", views.start, name="start"),
    path("account/", views.account, name="account"),
    path("account/password/", views.password, name="password"),
    path("account/views/", views.save_view, name="save-view"),
    path("account/views/<uuid:view_id>/name/", views.rename_view, name="rename-view"),
    path("account/views/<uuid:view_id>/delete/", views.delete_view, name="delete-view"),
]
