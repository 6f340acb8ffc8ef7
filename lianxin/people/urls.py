from django.urls import path

from lianxin.people.views import accounts, residents

app_name = "people"

urlpatterns = [
    path("sign-in/", accounts.sign_in, name="sign-in"),
    path("sign-out/", accounts.sign_out, name="sign-out"),
    path("start/", accounts.start, name="start"),
    path("account/", accounts.account, name="account"),
    path("account/password/", accounts.password, name="password"),
    path("account/views/", accounts.save_view, name="save-view"),
    path("account/views/<uuid:view_id>/name/", accounts.rename_view, name="rename-view"),
    path("account/views/<uuid:view_id>/delete/", accounts.delete_view, name="delete-view"),
    path("my/", residents.mine, name="my"),
    path("my/sign-in/", residents.sign_in, name="my-sign-in"),
    path("my/sign-out/", residents.sign_out, name="my-sign-out"),
    path("my/sign-out-everywhere/", residents.sign_out_everywhere, name="my-sign-out-everywhere"),
]
