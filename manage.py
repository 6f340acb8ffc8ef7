#!/usr/bin/env python
"""The command line of the installation: `manage.py help` lists what it can do."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lianxin.config.settings")
    from django.core.management import execute_from_command_line

    from lianxin.kernel import scope

    scope.open_for_process("who may run a command here holds the whole installation")
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
