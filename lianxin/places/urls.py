"""Addresses of places: the picker's questions, and the pages of working days."""

from django.urls import path, register_converter

from lianxin.places.views import calendar, picker


class YearConverter:
    regex = "20[0-9]{2}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(YearConverter, "year")

app_name = "places"
urlpatterns = [
    path("places/children/<slug:code>/", picker.children, name="children"),
    path("places/search/", picker.search, name="search"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/days/", calendar.day, name="new_day"),
    path("calendar/days/<uuid:day_id>/", calendar.day, name="day"),
    path("calendar/days/<uuid:row_id>/remove/", calendar.remove_day, name="remove_day"),
    path("calendar/notices/<year:year>/", calendar.notice, name="notice"),
    path("calendar/hours/", calendar.hours, name="new_hours"),
    path("calendar/hours/<uuid:hours_id>/", calendar.hours, name="hours"),
    path("calendar/hours/<uuid:row_id>/remove/", calendar.remove_hours, name="remove_hours"),
]
