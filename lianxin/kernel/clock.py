"""Time. Stored and compared in UTC, read by people and by the law in Shanghai."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

LOCAL = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment, aware, in UTC. Services are given it (`at`), only the edges ask."""
    return datetime.now(UTC)


def local(moment: datetime) -> datetime:
    """The moment as the clocks on the wall show it. A naive datetime is refused."""
    if moment.tzinfo is None:
        raise ValueError("A datetime without time zone is no moment.")
    return moment.astimezone(LOCAL)


def local_date(moment: datetime) -> date:
    """The day of the moment in Shanghai."""
    return local(moment).date()
