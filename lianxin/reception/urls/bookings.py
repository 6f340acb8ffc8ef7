"""Addresses of bookings: public pages, links, the desk's list."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from lianxin.reception.views import booking_desk, booking_link, bookings

DESK = "desk/reception/bookings/"
ONE = f"{DESK}<uuid:booking_id>/"

urlpatterns: list[URLPattern] = [
    path("reception/slots/<uuid:slot_id>/", bookings.book, name="book"),
    path("reception/bookings/", booking_link.code_box, name="booking-box"),
    path("reception/bookings/<str:code>/", booking_link.show, name="booking"),
    path("reception/bookings/<str:code>/slip/", booking_link.slip, name="booking-slip"),
    path("reception/bookings/<str:code>/reception.ics", booking_link.calendar, name="booking-ics"),
    path("reception/bookings/<str:code>/confirm/", booking_link.confirm, name="booking-confirm"),
    path("reception/bookings/<str:code>/move/", booking_link.move, name="booking-move"),
    path("reception/bookings/<str:code>/cancel/", booking_link.cancel, name="booking-cancel"),
    path(DESK, booking_desk.bookings_list, name="bookings"),
    path(f"{DESK}new/", booking_desk.register, name="booking-register"),
    path(ONE, booking_desk.show, name="booking-desk"),
    path(f"{ONE}slip/", booking_desk.slip, name="booking-desk-slip"),
    path(f"{ONE}cancel/", booking_desk.cancel, name="booking-desk-cancel"),
    path(f"{ONE}move/", booking_desk.move, name="booking-desk-move"),
    path(f"{ONE}contact/", booking_desk.reveal, name="booking-desk-reveal"),
    re_path(
        rf"^{DESK}(?P<booking_id>[0-9a-f-]{{36}})/(?P<act>confirm|arrive|miss)/$",
        booking_desk.mark,
        name="booking-desk-mark",
    ),
]
