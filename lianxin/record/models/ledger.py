"""The ledger with proofs: one log per county, a leaf for each entry of the journal, tiles of hashes."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.models import Entity, Scoped
from lianxin.kernel.rowsecurity import ReadByAll, Through
from lianxin.record.models.journal import Entry


class Log(Scoped):
    """The log of a county (or of the prefecture, the province, for what belongs to none below).

    `division_code` is its scope, `size` how many leaves are ordered and signed, `checkpoint` the
    signed note that says so; `cosignatures` are the lines of witnesses on that very note,
    `cosigners` the addresses at which they were given.
    """

    row_rule = ReadByAll("its checkpoint is public")

    size = models.PositiveBigIntegerField(_("leaves"), default=0)
    root = models.BinaryField(max_length=32)
    checkpoint = models.TextField(_("checkpoint"))
    cosignatures = models.TextField(blank=True, default="")
    cosigners: models.JSONField[list[str]] = models.JSONField(blank=True, default=list)
    witnessed_size = models.PositiveBigIntegerField(default=0)
    signed_at = models.DateTimeField(_("signed"))

    class Meta:
        ordering = ("division_code",)
        constraints = (
            models.UniqueConstraint(fields=("division_code",), name="record_log_one_per_place"),
        )

    def __str__(self) -> str:
        return f"{self.division_code or '*'} {self.size}"


class Leaf(Scoped):
    """What the ledger holds of an entry: a commitment with a salt, never the entry itself.

    Written in the transaction of the act; `index` is given by the sequencer within a minute.
    `division_code` is the log's. When an entry has to be forgotten its salt goes with it: the leaf
    then says nothing any more, and every proof still holds.
    """

    row_rule = Through("entry", append="each entry has its leaf")

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="leaf")
    salt = models.BinaryField(max_length=32, null=True)
    commitment = models.BinaryField(max_length=32)
    index = models.PositiveBigIntegerField(null=True)

    class Meta:
        verbose_name_plural = "leaves"
        constraints = (
            models.UniqueConstraint(fields=("division_code", "index"), name="record_leaf_place"),
        )
        indexes = (
            models.Index(
                fields=("division_code", "entry"),
                condition=models.Q(index__isnull=True),
                name="record_leaf_waiting",
            ),
        )

    def __str__(self) -> str:
        return f"{self.division_code} {self.index}"


class Tile(Entity):
    """Up to 256 hashes side by side at one level of a log's tree (C2SP tlog-tiles)."""

    log = models.ForeignKey(Log, on_delete=models.PROTECT, related_name="tiles")
    level = models.PositiveSmallIntegerField()
    index = models.PositiveBigIntegerField()
    hashes = models.BinaryField(max_length=8192)

    class Meta:
        constraints = (
            models.UniqueConstraint(fields=("log", "level", "index"), name="record_tile_once"),
        )

    def __str__(self) -> str:
        return f"{self.level}/{self.index}"
