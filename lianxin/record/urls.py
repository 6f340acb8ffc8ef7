"""Addresses of attachments; included by config/urls.py under `attachments/`."""

from django.urls import path, register_converter

from lianxin.record import views


class Variant:
    regex = "full|preview"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Variant, "attachment_variant")

app_name = "record"
urlpatterns = [
    path("<uuid:attachment_id>/<attachment_variant:variant>", views.attachment, name="attachment"),
]
