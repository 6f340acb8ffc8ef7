"""Log lines that carry no receipt code, phone number or identity number."""

import logging
import re
import time
import traceback
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

# Receipt codes in groups of four, mobile and land-line numbers, identity numbers.
SECRETS = re.compile(
    r"(?<![0-9A-Za-z])(?:"
    r"[0-9A-Za-z]{4}(?:[- ][0-9A-Za-z*~$=]{1,5}){4,}"
    r"|[0-9A-Za-z]{20,}"
    r"|(?:\+?86[- ]?)?1[3-9]\d[- ]?\d{4}[- ]?\d{4}"
    r"|\d{17}[0-9Xx]"
    r")(?![0-9A-Za-z])"
)


def discreet(text: str) -> str:
    """`text` on one line, with whatever could be a code or a number of a person blotted out."""
    return SECRETS.sub("▒▒▒▒", text)


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The exception and what it came from, the first cause first."""
    if error is not None:
        yield from _chain(
            error.__cause__ or (None if error.__suppress_context__ else error.__context__)
        )
        yield error


def _named(error: BaseException) -> str:
    kind = type(error)
    if isinstance(error, OSError) and error.errno:
        return f"{kind.__name__}: [Errno {error.errno}] {error.strerror}"
    is_ours = kind.__module__.startswith("lianxin.") or isinstance(error, ImproperlyConfigured)
    return f"{kind.__name__}: {error}" if is_ours else f"{kind.__module__}.{kind.__qualname__}"


class DiscreetFormatter(logging.Formatter):
    """`time level logger message` in UTC. Traces keep their lines, everything is blotted."""

    converter = staticmethod(time.gmtime)

    def __init__(self) -> None:
        super().__init__("%(asctime)sZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  (logging's name)
        # A line feed in a message would forge a second line of the log.
        record.message = record.message.replace("\r", "\\r").replace("\n", "\\n")
        return super().formatMessage(record)

    def formatException(self, ei: Any) -> str:  # noqa: N802  (logging's name)
        """Where it happened and what kind it was. What an exception says may quote a person's
        words, name or number (a database quotes whole rows), so that it is left out, but for our own."""
        if settings.DEBUG:
            return super().formatException(ei)
        lines = ["Traceback (most recent call last):"]
        for error in _chain(ei[1]):
            frames = traceback.extract_tb(error.__traceback__)
            lines += [f'  File "{f.filename}", line {f.lineno}, in {f.name}' for f in frames]
            lines.append(_named(error))
        return "\n".join(lines)

    def format(self, record: logging.LogRecord) -> str:
        return discreet(super().format(record))


def to_console(level: str) -> dict[str, Any]:
    """The setting LOGGING: discreet lines from `level` on, for whoever runs the process to keep."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": {"()": "lianxin.config.logs.DiscreetFormatter"}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["console"], "level": level},
        # Django's own handlers would write the same lines again, undisguised.
        "loggers": {"django": {"handlers": [], "propagate": True, "level": "INFO"}},
    }
