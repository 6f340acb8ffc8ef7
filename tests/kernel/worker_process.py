"""An outbox worker in a process of its own, with a short lease: killed by test_outbox.py."""

from datetime import timedelta

import django
from django.core.management import call_command


def main() -> None:
    django.setup()
    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    from lianxin.kernel import bus, outbox
    from tests.kernel import world

    outbox.LEASE = timedelta(seconds=2)
    outbox.FIRST_PAUSE = timedelta(milliseconds=50)
    outbox.BATCH = 40
    bus.subscribe(world.Counted, world.stumble)
    world.PAUSE = 0.004
    print("ready", flush=True)
    call_command("work_outbox")


if __name__ == "__main__":
    main()
