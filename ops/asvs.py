"""The chosen requirements of ASVS 5.0.0 and where each is shown: python -m ops.asvs [--write].

Prints the list, or writes docs/asvs.md. The list is tests/asvs/chosen.yaml; a requirement is shown by
the functions test_asvs_<number>_… in tests/asvs.
"""

import re
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "asvs"
PAGE = ROOT / "docs" / "asvs.md"
STATES = {"pass": "shown by a test", "na": "not applicable", "open": "open"}
HEAD = """\
# OWASP ASVS 5.0.0

The requirements that bear on this product, in our own words, and the test that shows each. Drawn
from `tests/asvs/chosen.yaml` by `make fix`; a test fails when this page is stale, or when a
requirement that is said to hold has no test.

"""


def chosen():
    """{number: {level, text, status, why}}, in the order of the numbers."""
    return yaml.safe_load((FOLDER / "chosen.yaml").read_text(encoding="utf-8"))


def shown(folder=FOLDER):
    """{number: ["file::function", …]} of every test_asvs_ function."""
    found = {}
    for path in sorted(folder.glob("test_*.py")):
        names = re.findall(
            r"^def (test_asvs_(\d+)_(\d+)_(\d+)\w*)", path.read_text(encoding="utf-8"), re.M
        )
        for name, *number in names:
            found.setdefault(".".join(number), []).append(f"{path.name}::{name}")
    return found


def faults(rows, tests):
    """Requirements that are said to hold and have no test; reasons that are owed."""
    found = [
        f"{number} has no test"
        for number, row in rows.items()
        if row["status"] == "pass" and number not in tests
    ]
    found += [
        f"{number}: {row['status']} is no status"
        for number, row in rows.items()
        if row["status"] not in STATES
    ]
    found += [
        f"{number} needs its reason"
        for number, row in rows.items()
        if row["status"] == "na" and not row.get("why")
    ]
    found += [f"{number} is tested and not chosen" for number in tests if number not in rows]
    return sorted(found)


def page(rows, tests):
    lines = [HEAD]
    for status, words in STATES.items():
        count = sum(row["status"] == status for row in rows.values())
        lines.append(f"- {words}: {count} of {len(rows)}\n")
    lines.append("\n| number | level | what | state | where, or why |\n|---|---|---|---|---|\n")
    for number, row in rows.items():
        where = "<br>".join(f"`{test}`" for test in tests.get(number, ()))
        where = " ".join(filter(None, (row.get("why", ""), where))) or "–"
        lines.append(
            f"| {number} | {row['level']} | {row['text']} | {STATES[row['status']]} | {where} |\n"
        )
    return "".join(lines)


if __name__ == "__main__":
    drawn = page(chosen(), shown())
    if "--write" in sys.argv:
        PAGE.write_text(drawn, encoding="utf-8")
    else:
        sys.stdout.write(drawn)
