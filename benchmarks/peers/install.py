"""python -m benchmarks.peers.install: each peer into an environment of its own in var/peers."""

from __future__ import annotations

import subprocess
import sys
import venv

from benchmarks.peers import HOME, PACKAGES, installed


def main() -> None:
    for name, packages in PACKAGES.items():
        if name in installed():
            continue
        print(f"installing {name}", flush=True)
        venv.create(HOME / name, with_pip=True)
        pip = [str(HOME / name / "bin" / "pip"), "install", "-q", *packages]
        if subprocess.run(pip).returncode:
            sys.exit(f"{name} could not be installed.")


if __name__ == "__main__":
    main()
