"""The tests that run on one database engine alone, as docs/testing.md lists them:
python -m ops.one_engine [--write].

They carry the mark `only_sqlite` or `only_postgresql` with a reason. Nothing is collected: the marks
are read from the source of the tests.
"""

import ast
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TESTS = ROOT / "tests"
PAGE = ROOT / "docs" / "testing.md"
ENGINES = {"only_sqlite": "SQLite", "only_postgresql": "PostgreSQL"}
#: All below this line of the page is drawn.
LINE = "<!-- drawn by make fix -->\n"


def marked(folder=TESTS):
    """(engine, place, reason) of every such mark, in the order of the files."""
    found = []
    for path in sorted(folder.rglob("*.py")):
        for name, expressions in _places(ast.parse(path.read_text(encoding="utf-8"))):
            place = path.relative_to(folder).as_posix() + name
            for one in expressions:
                engine = ENGINES.get(getattr(getattr(one, "func", one), "attr", ""))
                if engine:
                    found.append((engine, place, _reason(one)))
    return found


def _places(tree):
    """What can be marked, and with what it is: the module, its classes, its functions."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == "pytestmark":
            yield "", getattr(node.value, "elts", [node.value])
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef)):
            yield "::" + node.name, node.decorator_list


def _reason(mark):
    words = [one.value for one in getattr(mark, "args", []) if isinstance(one, ast.Constant)]
    return words[0] if words else ""


def faults(rows):
    return [f"{place} owes its reason" for _engine, place, reason in rows if not reason]


def drawn(rows):
    lines = ["| engine | test | why |", "|---|---|---|"]
    lines += [f"| {engine} | `{place}` | {reason} |" for engine, place, reason in sorted(rows)]
    return "\n".join(lines) + "\n"


def page(text, rows):
    """The page with its table drawn anew."""
    head, line, _old = text.partition(LINE)
    return f"{head}{line}\n{drawn(rows)}"


if __name__ == "__main__":
    if "--write" in sys.argv:
        PAGE.write_text(page(PAGE.read_text(encoding="utf-8"), marked()), encoding="utf-8")
    else:
        print(drawn(marked()))
