"""Sessions, with what is needed to list them, to end them and to let them end."""

from __future__ import annotations

from django.contrib.sessions.base_session import BaseSessionManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from lianxin.people.models.accounts import Account


class Session(models.Model):
    """A browser's session. The row's key is a keyed digest of what the cookie holds, so that whoever
    reads the table signs in as nobody.

    The columns are drawn from the session's own data at each save.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    account = models.ForeignKey(
        Account, null=True, on_delete=models.CASCADE, related_name="sessions"
    )
    session_data = models.TextField()
    expire_date = models.DateTimeField(db_index=True)
    started_at = models.DateTimeField(_("signed in at"))
    seen_at = models.DateTimeField(_("last seen"))
    idle_minutes = models.PositiveIntegerField()
    has_second = models.BooleanField(_("with second factor"), default=False)
    device = models.CharField(_("device"), max_length=60, blank=True, default="")
    place = models.CharField(_("network"), max_length=50, blank=True, default="")

    objects = BaseSessionManager()

    class Meta:
        ordering = ("-seen_at", "id")
        verbose_name = _("session")

    def __str__(self) -> str:
        return f"{self.account_id} {self.device}"
