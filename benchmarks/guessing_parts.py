"""How long the look-up of a right and of a wrong code takes, inside of an installation:

python -m benchmarks.guessing_parts CODE COUNT     median milliseconds of each, as JSON
"""

from __future__ import annotations

import json
import statistics
import sys
import time


def main() -> None:
    import django

    django.setup()
    from lianxin.cases.queries.cases import voice_by_code
    from lianxin.kernel import codes, scope

    scope.open_for_process("run by hand")
    right, took = sys.argv[1], dict[str, list[float]](hit=[], miss=[])
    voice_by_code(right)
    for number in range(2 * int(sys.argv[2])):
        kind = ("hit", "miss")[number % 2]
        code = right if kind == "hit" else codes.new_code()
        began = time.perf_counter()
        found = voice_by_code(code)
        took[kind].append(1000 * (time.perf_counter() - began))
        assert (found is None) == (kind == "miss")
    print(json.dumps({kind: round(statistics.median(one), 3) for kind, one in took.items()}))


if __name__ == "__main__":
    main()
