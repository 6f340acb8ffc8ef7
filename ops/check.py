"""`make check`: everything that can be judged without running the product. All faults at once.

python ops/check.py [name ...]      only the named checks
"""

import os
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
MODULE = [sys.executable, "-m"]
MANAGE = [sys.executable, "manage.py"]
FOLDERS = ["lianxin", "tests", "ops", "benchmarks", "verify", "manage.py"]
SOURCES = [name for name in FOLDERS if os.path.exists(os.path.join(ROOT, name))]
LINTER = "from importlinter.cli import lint_imports_command; lint_imports_command()"

CHECKS = [
    ("format", MODULE + ["ruff", "format", "--check", "--quiet"] + SOURCES),
    ("lint", MODULE + ["ruff", "check", "--quiet"] + SOURCES),
    ("types", MODULE + ["mypy", "--no-error-summary"]),
    ("contracts", [sys.executable, "-c", LINTER, "--no-logo"]),
    ("templates", MODULE + ["djlint", "lianxin", "--lint", "--quiet"]),
    ("system", MANAGE + ["check", "--fail-level", "WARNING"]),
    ("migrations", MANAGE + ["makemigrations", "--check", "--dry-run"]),
    ("diagrams", MANAGE + ["write_docs", "--check"]),
    (
        "translations",
        MODULE + ["pytest", "-q", "-p", "no:randomly", "tests/architecture/test_texts.py"],
    ),
]


def main():
    wanted, failed = sys.argv[1:], []
    for name, command in CHECKS:
        if wanted and name not in wanted:
            continue
        start = time.monotonic()
        done = subprocess.run(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        seconds = time.monotonic() - start
        fine = done.returncode == 0
        print("%-4s %-12s %5.1f s" % ("ok" if fine else "FAIL", name, seconds), flush=True)
        if not fine:
            failed.append(name)
            print(done.stdout.rstrip(), flush=True)
    if failed:
        sys.exit("make check failed: " + ", ".join(failed))


main()
