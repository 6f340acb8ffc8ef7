"""What schemathesis is told beside its own checks; loaded by SCHEMATHESIS_HOOKS=benchmarks.fuzz_hooks.

Every answer goes to a tape (FUZZ_TAPE), a line each: status, seconds, method, path.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import schemathesis

_tape = Path(os.environ.get("FUZZ_TAPE", os.devnull))


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    line = f"{response.status_code} {response.elapsed:.4f} {case.method} {case.operation.path}"
    with _tape.open("a", encoding="utf-8") as file:
        file.write(line + "\n")


@schemathesis.check
def well_formed_is_understood(ctx: Any, response: Any, case: Any) -> None:
    """What fits the schema is never called ill-formed: a rule may refuse it, its shape is right."""
    mode = getattr(getattr(case.meta, "generation", None), "mode", None)
    if mode is None or not mode.is_positive or response.status_code != 422:
        return
    said = response.json()
    if said.get("code") == "invalid":
        raise AssertionError(f"fits the schema and is called ill-formed: {said.get('fields')}")
