from django.urls import path

from lianxin.congress.views import absences, journal, organs, staff

app_name = "congress"

PERSON = "staff/people/<uuid:person_id>/"
urlpatterns = [
    path("account/absence/", absences.absence, name="absence"),
    path(
        "account/absence/<uuid:absence_id>/cancel/", absences.cancel_absence, name="cancel-absence"
    ),
    path("staff/organs/", organs.organs, name="organs"),
    path("staff/organs/<uuid:organ_id>/", organs.organ, name="organ"),
    path("staff/people/", staff.people, name="people"),
    path("staff/people/new/", staff.new_person, name="new-person"),
    path(PERSON, staff.person, name="person"),
    path(f"{PERSON}post/", staff.give_post, name="give-post"),
    path(f"{PERSON}posts/<uuid:post_id>/withdraw/", staff.withdraw_post, name="withdraw-post"),
    path(f"{PERSON}link/", staff.password_link, name="password-link"),
    path(f"{PERSON}second-factor/", staff.reset_factor, name="reset-factor"),
    path(f"{PERSON}close/", staff.close_account, name="close-account"),
    path(f"{PERSON}reopen/", staff.reopen_account, name="reopen-account"),
    path("staff/journal/", journal.journal, name="journal"),
]
