"""Addresses of the room on the day: screen, queue, record, signing."""

from __future__ import annotations

from django.urls import URLPattern, path

from lianxin.reception.views import record, room, screen

urlpatterns: list[URLPattern] = [
    path("screen/<str:token>/", screen.screen, name="screen"),
    path("screen/<str:token>/state/", screen.state, name="screen-state"),
    path("desk/reception/screens/", screen.screens, name="screens"),
    path(
        "desk/reception/screens/<uuid:screen_id>/take-down/",
        screen.take_down,
        name="screen-take-down",
    ),
    path("desk/reception/room/", room.room, name="room"),
    path("desk/reception/room/<uuid:day_id>/number/", room.draw, name="room-draw"),
    path("desk/reception/room/<uuid:day_id>/record/", record.visit, name="visit"),
    path("desk/reception/room/<uuid:day_id>/paper/", record.paper, name="room-paper"),
    path("desk/reception/room/<uuid:day_id>/<slug:act>/", room.day_act, name="room-act"),
    path("desk/reception/room/tickets/<uuid:ticket_id>/", room.ticket, name="ticket"),
    path(
        "desk/reception/room/tickets/<uuid:ticket_id>/<slug:act>/",
        room.ticket_act,
        name="ticket-act",
    ),
    path(
        "desk/reception/room/bookings/<uuid:booking_id>/<slug:act>/",
        room.booking_act,
        name="room-booking-act",
    ),
    path(
        "desk/reception/room/visits/<uuid:visit_id>/verdict/", record.verdict, name="visit-verdict"
    ),
    path("deputy/reception/days/<uuid:day_id>/record/", record.sign, name="record"),
]
