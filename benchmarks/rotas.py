"""The rotas of a whole province: how long, how fair, how near to the best, against what.

python -m benchmarks.rotas [--scale 1.0] [--workers 2] [--compare 20] [--publish] [--keep]

Makes a province of its own (benchmarks/province.py) on the engine of DATABASE_URL and runs
`manage.py plan_rotas --province` on it. Figures are of this machine in this hour: the load is told.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time

from benchmarks.installation import PLAIN, ROOT, Installation


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m benchmarks.rotas")
    words.add_argument("--scale", type=float, default=1.0)
    words.add_argument("--year", type=int, default=2027)
    words.add_argument("--workers", type=int, default=2)
    words.add_argument("--compare", type=int, default=20)
    words.add_argument("--publish", action="store_true")
    said = words.parse_args()
    with Installation(os.environ.get("DATABASE_URL", ""), settings=PLAIN) as home:
        print("engine:", "SQLite" if home.is_sqlite else "PostgreSQL", "cores:", os.cpu_count())
        made = home.ask("benchmarks.province", "--scale", str(said.scale), "--year", str(said.year))
        print("province:", made)
        command = ["plan_rotas", "--year", str(said.year), "--province"]
        command += ["--workers", str(said.workers), "--compare", str(said.compare)]
        command += ["--publish"] if said.publish else []
        before, began = os.getloadavg(), time.perf_counter()
        done = subprocess.run(
            [sys.executable, str(ROOT / "manage.py"), *command],
            cwd=ROOT,
            env=home.environment(),
            text=True,
            stdout=subprocess.PIPE,
        )
        print(done.stdout)
        print(f"whole command: {time.perf_counter() - began:.1f} s")
        print("load of the machine before and after:", before, os.getloadavg())
    sys.exit(done.returncode)


if __name__ == "__main__":
    main()
