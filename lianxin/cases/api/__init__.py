"""The API of cases: what residents do without an account, and what staff do with an access key."""

from lianxin.cases.api import (  # noqa: F401  (each opens its doors)
    case,
    case_acts,
    dispatch_acts,
    filing,
    lists,
    receipts,
    results,
)
from lianxin.cases.api.doors import open_doors, staff_doors

__all__ = ["open_doors", "staff_doors"]
