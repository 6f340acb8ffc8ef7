"""Reads a tree of the project's own source, for the guards."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "lianxin"


@dataclass(frozen=True)
class Source:
    """One Python file; `app` and `room` as in lianxin/<app>/<room>…"""

    path: Path
    root: Path

    @cached_property
    def text(self) -> str:
        return self.path.read_text(encoding="utf-8")

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text)

    @property
    def name(self) -> str:
        return self.path.relative_to(self.root).as_posix()

    @property
    def app(self) -> str:
        return self.path.relative_to(self.root).parts[0]

    @property
    def room(self) -> str:
        parts = self.path.relative_to(self.root).parts
        return parts[1].removesuffix(".py") if len(parts) > 1 else ""

    def functions(self) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node

    def docstrings(self) -> set[ast.Constant]:
        """Strings that stand alone as a statement: docstrings and such."""
        return {
            node.value
            for node in ast.walk(self.tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }


def sources(root: Path = PACKAGE) -> tuple[Source, ...]:
    """Every Python file of ours under `root`; migrations are written by Django."""
    return _house() if root == PACKAGE else _sources(root)


@cache
def _house() -> tuple[Source, ...]:
    """Read once: ten guards look at the same files."""
    return _sources(PACKAGE)


def _sources(root: Path) -> tuple[Source, ...]:
    return tuple(
        Source(path, root)
        for path in sorted(root.rglob("*.py"))
        if "migrations" not in path.parts and "node_modules" not in path.parts
    )


def none(faults: list[str]) -> None:
    """Fails with every fault on its own line."""
    if faults:
        pytest.fail("\n".join(map(str, faults)), pytrace=False)
