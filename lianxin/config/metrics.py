"""The figures of the installation in the text format that Prometheus reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lianxin.config.health import Figures

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


def as_text(figures: Figures) -> str:
    """All of them, each with its meaning and its type."""
    return "\n".join([*_lines(figures), ""])


def _lines(figures: Figures) -> Iterator[str]:
    yield from _gauge("lianxin_database_up", "1 while the database answers.", int(figures.database))
    yield from _gauges(
        "lianxin_disk_free_bytes", "Room below a folder.", "folder", dict(figures.disks)
    )
    if not figures.database:
        return
    messages = {str(state).lower(): number for state, number in figures.messages.items()}
    yield from _gauges(
        "lianxin_outbox_messages", "Messages not delivered yet, or given up.", "state", messages
    )
    yield from _gauge(
        "lianxin_outbox_oldest_seconds",
        "Age of the oldest message that waits.",
        figures.oldest_message,
    )
    yield from _gauge(
        "lianxin_ledger_waiting_leaves",
        "Leaves that are not ordered and signed yet.",
        figures.leaves_waiting,
    )
    yield from _gauge(
        "lianxin_ledger_lag_seconds",
        "Age of the oldest of them; promised: 60.",
        figures.oldest_leaf,
    )
    ran = {job.name: job.ran_ago for job in figures.jobs if job.ran_ago is not None}
    yield from _gauges("lianxin_job_ran_ago_seconds", "Since a job ran last.", "job", ran)
    late = {job.name: int(job.late) for job in figures.jobs}
    yield from _gauges("lianxin_job_late", "1 when a job is overdue.", "job", late)
    failures = {job.name: job.failures for job in figures.jobs}
    yield from _gauges(
        "lianxin_job_failures", "Times a job failed since it last went well.", "job", failures
    )


def _gauge(name: str, meaning: str, value: float) -> Iterator[str]:
    yield from (f"# HELP {name} {meaning}", f"# TYPE {name} gauge", f"{name} {value:g}")


def _gauges(name: str, meaning: str, label: str, values: Mapping[str, float]) -> Iterator[str]:
    yield from (f"# HELP {name} {meaning}", f"# TYPE {name} gauge")
    for key, value in values.items():
        yield f'{name}{{{label}="{key}"}} {value:.15g}'
