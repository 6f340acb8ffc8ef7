"""Keys change while others write; short forms for single rows stand with fields and with data keys."""

from threading import Event, Thread

import pytest
from django.db import connection

from lianxin.kernel import data_keys, resealing
from lianxin.kernel.models import DataKey
from tests.kernel.world import Note


class Writer(Thread):
    """Somebody who commits one row after the other, on a connection of his own."""

    def __init__(self):
        super().__init__(daemon=True)
        self.began, self.over, self.wrote = Event(), Event(), 0

    def run(self):
        while not self.over.is_set():
            Note.objects.create(phone=f"+86138{self.wrote:08}")
            self.wrote += 1
            self.began.set()
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_all_rows_are_reached_while_somebody_writes_all_the_time(committed, settings, monkeypatch):
    """More rows than are read at once: nothing read before may keep the next piece from being written."""
    monkeypatch.setattr(resealing, "READ", 250)
    monkeypatch.setattr(resealing, "BATCH", 5)
    settings.LIANXIN_KEYS = {7: b"o" * 32}
    data_keys.make_many(300)
    Note.objects.bulk_create(Note(phone=f"+86139{n:08}") for n in range(300))
    settings.LIANXIN_KEYS = {8: b"n" * 32, 7: b"o" * 32}
    writer = Writer()
    writer.start()
    assert writer.began.wait(30)
    try:
        outcomes = {one.table: one for one in resealing.reseal_all()}
        (notes,) = resealing.reseal_all([Note])
    finally:
        writer.over.set()
        writer.join()
    assert outcomes[DataKey._meta.label].resealed == 300
    assert notes.resealed == 300
    assert resealing.left_over([Note]) == {}
    assert DataKey.objects.count() == 300
