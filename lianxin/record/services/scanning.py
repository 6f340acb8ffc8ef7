"""Files that came while the scanner was down, shown to it later."""

from __future__ import annotations

import logging
from datetime import datetime

from lianxin.kernel.refused import Absent
from lianxin.record.enums import AttachmentState, Scan
from lianxin.record.models import Attachment
from lianxin.record.queries import body_of
from lianxin.record.services.attachments import remove
from lianxin.record.services.scanner import ScannerDownError, scan

log = logging.getLogger(__name__)

#: Files looked at in one turn.
MOST = 200


def scan_waiting(at: datetime) -> int:
    """Shows clamd the files that wait for it; returns how many it looked at. A job.

    A clean one can be seen from now on; one with something in it is removed, with a journal entry.
    The rest waits on when clamd is down.
    """
    waiting = Attachment.objects.filter(scan=Scan.WAITING).exclude(state=AttachmentState.REMOVED)
    looked = 0
    for attachment in waiting.order_by("uploaded_at", "id")[:MOST]:
        try:
            verdict = scan(body_of(attachment))
        except ScannerDownError:
            log.warning("the scanner cannot be reached; files wait for it")
            break
        except Absent:
            continue  # Lost from the disk; the comparison of files and rows reports it.
        looked += 1
        attachment.scan = verdict
        attachment.save(update_fields=("scan",))
        if verdict == Scan.FOUND:
            remove(attachment_id=attachment.pk, by=None, at=at, ground="scanner")
    return looked
