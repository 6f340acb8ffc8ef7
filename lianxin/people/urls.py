from django.urls import path

from lianxin.people.views import (
    account,
    factors,
    keys,
    outside,
    residents,
    saved_views,
    sessions,
    sign_in,
)

app_name = "people"

FACTORS = "account/second-factor/"
urlpatterns = [
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/confirm/", sign_in.confirm, name="confirm"),
    path("sign-in/passkey/", sign_in.passkey, name="passkey"),
    path("sign-in/passkey/options/", sign_in.passkey_options, name="passkey-options"),
    path("sign-in/go-on/", sign_in.go_on, name="go-on"),
    path("sign-in/password/", sign_in.new_password, name="new-password"),
    path("sign-in/link/<str:account>/<str:token>/", sign_in.password_link, name="password-link"),
    path("sign-in/elsewhere/", outside.leave, name="outside"),
    path("sign-in/elsewhere/back/", outside.back, name="outside-back"),
    path("account/elsewhere/", outside.leave_to_link, name="outside-link"),
    path("account/elsewhere/unlink/", outside.unlink, name="outside-unlink"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("start/", account.start, name="start"),
    path("account/", account.account, name="account"),
    path("account/password/", account.password, name="password"),
    path("account/prove/", sign_in.prove, name="prove"),
    path(FACTORS, factors.factors, name="factors"),
    path(f"{FACTORS}app/", factors.add_app, name="add-app"),
    path(f"{FACTORS}app/remove/", factors.remove_app, name="remove-app"),
    path(f"{FACTORS}codes/", factors.make_codes, name="make-codes"),
    path(f"{FACTORS}passkey/", factors.add_passkey, name="add-passkey"),
    path(f"{FACTORS}passkey/options/", factors.new_passkey_options, name="new-passkey-options"),
    path(
        f"{FACTORS}passkey/<uuid:passkey_id>/remove/",
        factors.remove_passkey,
        name="remove-passkey",
    ),
    path("account/keys/", keys.keys, name="keys"),
    path("account/keys/<uuid:key_id>/revoke/", keys.revoke_key, name="revoke-key"),
    path("account/sessions/", sessions.sessions, name="sessions"),
    path("account/sessions/end-others/", sessions.end_others, name="end-others"),
    path("account/sessions/<uuid:session_id>/end/", sessions.end_session, name="end-session"),
    path("account/views/", saved_views.save_view, name="save-view"),
    path("account/views/<uuid:view_id>/name/", saved_views.rename_view, name="rename-view"),
    path("account/views/<uuid:view_id>/delete/", saved_views.delete_view, name="delete-view"),
    path("my/", residents.mine, name="my"),
    path("my/sign-in/", residents.sign_in, name="my-sign-in"),
    path("my/sign-out/", residents.sign_out, name="my-sign-out"),
    path("my/sign-out-everywhere/", residents.sign_out_everywhere, name="my-sign-out-everywhere"),
]
