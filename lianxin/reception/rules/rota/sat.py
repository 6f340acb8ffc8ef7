"""The solver, brought in when the first rota is computed.

It brings pandas along: 0.2 to 0.4 s of every start and 50 MB of every process that serves pages, most
of which never compute one.
"""

from __future__ import annotations

from functools import cache
from typing import Any


@cache
def sat() -> Any:
    """OR-Tools' CP-SAT: models, solvers, the names of outcomes."""
    from ortools.sat.python import cp_model

    return cp_model
