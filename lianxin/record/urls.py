"""Addresses of attachments and of the ledger."""

from django.urls import path, re_path, register_converter

from lianxin.record.views import attachments, ledger


class Variant:
    regex = "full|preview"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(Variant, "attachment_variant")

LOG = r"^ledger/(?P<code>\d{1,6})/"
#: A tile's number in groups of three digits, and its width where it is not full yet.
TILE = r"(?P<place>(?:x\d{3}/)*\d{3})(?:\.p/(?P<width>\d{1,3}))?$"

app_name = "record"
urlpatterns = [
    path(
        "attachments/<uuid:attachment_id>/<attachment_variant:variant>",
        attachments.attachment,
        name="attachment",
    ),
    path("ledger/", ledger.ledgers, name="ledgers"),
    re_path(LOG + r"checkpoint$", ledger.checkpoint, name="checkpoint"),
    re_path(LOG + r"tile/(?P<level>\d{1,2})/" + TILE, ledger.tile, name="tile"),
    re_path(LOG + r"tile/entries/" + TILE, ledger.entries, name="entries"),
]
