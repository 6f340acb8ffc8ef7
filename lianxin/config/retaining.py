"""What is forgotten, after how long, and why: the one list of the rules of retention.

The journal is no part of it: it is never deleted, and holds no personal data of residents. The law
asks for at least six months (网络安全法 21).
"""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from lianxin.kernel.retention import rule

PROJECT = "the project's own choice"
LEAST_NEEDED = "no longer than needed, Personal Information Protection Law 19"


def offer_rules() -> None:
    """Registers every rule. Called once, in config/wiring.py."""
    _of_the_machine()
    _of_residents()


def _of_the_machine() -> None:
    from lianxin.kernel import idempotency, limits, outbox
    from lianxin.record import services as record

    rule("outbox", outbox.purge, kept="delivered events: 14 days", source=PROJECT)
    rule("idempotency", idempotency.purge, kept="outcomes of forms sent: 30 days", source=PROJECT)
    rule("limits", limits.purge, kept="counts of attempts: 2 days", source=LEAST_NEEDED)
    rule("staged", record.purge_staged, kept="photos never sent: 1 day", source=LEAST_NEEDED)
    previews = record.imports.purge_previews
    rule("previews", previews, kept="tables looked through, never taken over", source=LEAST_NEEDED)


def _of_residents() -> None:
    from lianxin.cases.services.retaining import forget_old_contacts
    from lianxin.notices import services as notices
    from lianxin.reception.services.forgetting import KEPT, forget_old_bookings, forget_old_calls

    def forget_sent(at: datetime) -> int:
        return notices.forget_sent(at=at)

    def forget_told(at: datetime) -> int:
        return notices.forget_old(at=at)

    rule("messages", forget_sent, kept="messages out: 183 days, failed 30", source=LEAST_NEEDED)
    rule("notices", forget_told, kept="lines in the bell: 183 days", source=LEAST_NEEDED)
    visitors = f"names and phones of visitors: {KEPT.days} days after the day"
    rule("bookings", forget_old_bookings, kept=visitors, source=LEAST_NEEDED)
    calls = f"what was said in calls to a grid: {KEPT.days} days"
    rule("calls", forget_old_calls, kept=calls, source=LEAST_NEEDED)
    contacts = f"contacts of matters: {settings.RETAIN_CONTACT_DAYS} days after their last act"
    rule(
        "contacts",
        forget_old_contacts,
        kept=contacts,
        source="time limit of claims, Civil Code 188",
    )
