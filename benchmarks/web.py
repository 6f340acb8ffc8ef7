"""python -m benchmarks.web TARGET: the web part of `manage.py serve`, with another application.

The same server with the same options; only what it serves differs.
"""

from __future__ import annotations

import os
import sys


def main() -> None:
    import django

    django.setup()
    from lianxin.config.management.commands.serve import _parts

    web = next(part for part in _parts() if part.name == "web")
    os.execve(sys.executable, [*web.command[:-1], sys.argv[1]], {**os.environ, **web.environment})


if __name__ == "__main__":
    main()
