"""The pages that are measured, and how many queries each of them needs.

python -m benchmarks.pages KNOWN    prints {page: queries} as JSON; KNOWN is what `worlds one` said
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Page:
    """`account`: who is signed in, nobody where it is empty. In the path `code` is the receipt's,
    `venue` the venue whose ledger is read, and so on for what is known. `most`: the queries it may
    cost when warm."""

    name: str
    path: str
    account: str = ""
    most: int = 12

    def at(self, known: dict[str, Any]) -> str:
        return self.path.format(**known)


PAGES = (
    Page("home", "/", most=2),
    Page("tracking page", "/t/{code}/"),
    Page("public results", "/results/", most=2),
    Page("Chinese search", "/results/?q=%E8%B7%AF%E7%81%AF", most=2),
    Page("desk, today", "/desk/", "clerk"),
    Page("desk, all matters", "/desk/lists/all/", "clerk"),
    Page("unit's inbox", "/unit/", "unit"),
    Page("supervision board", "/office/", "office"),
    Page("supervised matters", "/office/matters/", "office"),
    Page("deputy's day", "/deputy/", "deputy"),
    Page("venue's ledger", "/ledgers/{venue}/", "clerk"),
)


def cookies(page: Page, known: dict[str, Any]) -> dict[str, str]:
    """What the browser of the page's account holds."""
    return {"sessionid": known["sessions"][page.account]} if page.account else {}


def counted(known: dict[str, Any], pages: Iterable[Page] = PAGES) -> dict[str, list[str]]:
    """The statements of each page, the session's own among them, when it is asked the second time:
    what a process remembers is there by then. Raises on any answer but 200."""
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    found = {}
    for page in pages:
        client = Client(headers={"host": "localhost"})
        client.cookies.load(cookies(page, known))
        path = page.at(known)
        client.get(path)
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(path)
        if answer.status_code != 200:
            raise RuntimeError(f"{page.path}: {answer.status_code}")
        found[page.name] = [query["sql"] for query in queries]
    return found


def main() -> None:
    import django

    django.setup()
    from lianxin.kernel import scope

    scope.open_for_process("run by hand")
    found = counted(json.loads(sys.argv[1]))
    print(json.dumps({name: len(statements) for name, statements in found.items()}))


if __name__ == "__main__":
    main()
