"""python -m benchmarks.bare.fill: the tables, and rows for the page."""

import django


def main() -> None:
    django.setup()
    from django.core.management import call_command

    from benchmarks.bare.models import Line
    from benchmarks.filings import SAID
    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    call_command("migrate", verbosity=0, run_syncdb=True)
    Line.objects.bulk_create(Line(words=SAID[number % len(SAID)]) for number in range(100))


if __name__ == "__main__":
    main()
