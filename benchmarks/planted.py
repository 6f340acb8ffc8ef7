"""`make planted`: invented names, phones and identity numbers go in by the product's own doors; then
every byte that an installation leaves behind is searched for them.

Searched: the database's files (PostgreSQL: the whole data directory, pg_wal too), logs, files, static
files, back-ups; each secret in UTF-8, UTF-16, percent signs, JSON escapes and Base64. Pages are read
as each role meanwhile. Names inside of free text are not recognised, so none are planted there.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import json
import os
import re
import secrets
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit, urlunsplit

from benchmarks import results
from benchmarks.client import Client
from benchmarks.filings import walked
from benchmarks.installation import PLAIN, Installation, _connect

#: Signs that no name of the demo world holds.
GIVEN = "骁翊珩琤昶颢彧勰翀晔旸炜烨焜煊燚璟瓒琬琰璇玥瑄瑾瑜珺珵"
TALKATIVE = {"LOG_LEVEL": "INFO", "NOTICE_BACKEND": "console"}
PEOPLE = 1000  # that the promise names
LONGEST = 400  # bytes of the longest form of a secret


def invent(number: int) -> list[dict[str, str]]:
    """So many people, no two alike. The beginnings are the same, so that the search is quick."""
    names: dict[str, None] = {}
    while len(names) < number:
        names["欧阳" + "".join(secrets.choice(GIVEN) for _ in range(3))] = None
    return [
        {
            "name": name,
            "phone": f"138017{n:05d}",
            "other": f"139017{n:05d}",
            "card": f"530129199{secrets.randbelow(10**8):08d}X",
        }
        for n, name in enumerate(names)
    ]


def forms(text: str) -> Iterator[bytes]:
    """The bytes by which a text may stand in a file."""
    raw = text.encode()
    yield raw
    yield text.encode("utf-16-le")
    yield text.encode("utf-16-be")
    if not text.isascii():
        yield quote(text).encode()
        yield quote(text).lower().encode()
        yield json.dumps(text)[1:-1].encode()
    for shift in range(3):
        coded = base64.b64encode(b"\0" * shift + raw)
        yield coded[(0, 2, 3)[shift] : len(coded) - 4]


def found_in(data: bytes, wanted: Iterable[bytes]) -> set[bytes]:
    """Which of the forms stand in the bytes: by their first bytes first, which few others share."""
    by_start: dict[bytes, set[bytes]] = {}
    for form in wanted:
        by_start.setdefault(form[:6], set()).add(form)
    starts = re.compile(b"|".join(re.escape(start) for start in by_start))
    found: set[bytes] = set()
    for match in starts.finditer(data):
        rest = data[match.start() : match.start() + LONGEST]
        found |= {form for form in by_start[match.group()] if rest.startswith(form)}
    return found


def search(places: Iterable[Path], people: list[dict[str, str]]) -> tuple[Counter[str], int, int]:
    """Where which secrets were found, how many files and how many bytes were read."""
    wanted = {form for one in people for text in one.values() for form in forms(text)}
    hits, files, size = Counter[str](), 0, 0
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and not path.is_symlink():
                data = path.read_bytes()
                files, size = files + 1, size + len(data)
                hits[path.name] += len(found_in(data, wanted))
    return +hits, files, size


def run(number: int, *, url: str = "", http: int = 20) -> dict[str, Any]:
    """Plants, reads pages, backs up, stops, searches. The figures of one run.

    Two more people are the control: one is left unsealed and one logged, on purpose. A search that
    does not find them is blind.
    """
    people = invent(number + 2)
    with Installation(url, settings=PLAIN) as home:
        home.manage("migrate", "-v0")
        listed = home.folder.parent / f"{home.folder.name}.people.json"
        listed.write_text(json.dumps(people), encoding="utf-8")
        try:
            planted = home.ask("tests.reliability.planting", str(listed), **TALKATIVE)
        finally:
            listed.unlink()
        filed = 0
        if http:
            with home.serve(**TALKATIVE) as server:
                filed = sum(_filed(server.port, one) == 302 for one in people[:http])
                home.manage("backup", str(home.folder / "backups"))
        else:
            home.manage("backup", str(home.folder / "backups"))
        places = [home.folder, *_data_directory(home)]
        hits, files, size = search(places, people[:-2])
        controls, _files, _size = search(places, people[-2:])
    return {
        "people": number,
        **planted,
        "sent over HTTP": len(people[:http]),
        "filed over HTTP": filed,
        "files": files,
        "MiB": round(size / 1_048_576, 1),
        "hits": sum(hits.values()),
        "where": dict(hits),
        "controls found in": sorted(controls),
    }


def _filed(port: int, one: dict[str, str]) -> int:
    with Client(port) as client:
        words = f"路灯坏了，请打{one['other']}，身份证{one['card']}。"
        typed = {"name": one["name"], "phone": one["phone"], "sensitive": "on"}
        form = {**walked(client, words), **typed}
        return client.post("/file/send/", form).status


def _data_directory(home: Installation) -> list[Path]:
    """PostgreSQL's whole folder, pages written out first; of SQLite it is in the installation's.

    Only a superuser may ask for both: DATABASE_ADMIN_URL, or `postgres` of the same server.
    """
    if home.is_sqlite:
        return []
    server = urlsplit(home.server)
    place = server.netloc.rpartition("@")[2]
    same = urlunsplit(server._replace(netloc=f"postgres@{place}"))
    with contextlib.closing(_connect(os.environ.get("DATABASE_ADMIN_URL", same))) as connection:
        connection.autocommit = True
        connection.execute("CHECKPOINT")
        (folder,) = connection.execute("SHOW data_directory").fetchone()
    return [Path(folder)]


@results.trial("planted", engines=True)
def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--people", type=int, default=PEOPLE)
    asked = parser.parse_args()
    url = os.environ.get("DATABASE_URL", "")
    figures = run(asked.people, url=url)
    print(json.dumps(figures, ensure_ascii=False, indent=1))
    clean = figures["hits"] == 0 and figures["pages that tell"] == 0
    went_in = figures["filed over HTTP"] == figures["sent over HTTP"] and figures["pages read"] > 20
    sees = "own.log" in figures["controls found in"] and len(figures["controls found in"]) > 1
    plain = {k: v for k, v in figures.items() if not isinstance(v, (dict, list))}
    results.record(f"planted-{results.engine(url)}", plain, clean and sees and went_in,
                    short=results.fewer(people=(asked.people, PEOPLE)))  # fmt: skip
    return 0 if clean and sees and went_in else 1


if __name__ == "__main__":
    sys.exit(main())
