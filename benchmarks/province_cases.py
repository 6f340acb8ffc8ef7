"""Cases of a province, county by county: some processes invent, one writes.

A county's cases are told whole, so that their numbers count up and its log is ordered and signed.
"""

from __future__ import annotations

import hmac
import multiprocessing
import os
import random
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from benchmarks import bulk
from benchmarks.province_life import (
    CHANNELS,
    CHANNELS_OFTEN,
    URGENCIES,
    URGENCIES_OFTEN,
    Desk,
    Life,
    Unit,
    key_at,
    lived,
    moments,
    settled,
)
from benchmarks.province_texts import Text, answers, texts

#: In the order of writing.
MODELS = ("DataKey", "Matter", "Case", "Voice", "Receiver", "Dispatch", "Event", "Answer",
          "Verdict", "Publication", "Entry", "Leaf", "CaseCounter", "Log", "Tile")  # fmt: skip
AT_ONCE = 2000
VOICES_WITH_NAME = 0.55
Parcel = tuple[str, bulk.Packed, int]


@dataclass(slots=True)
class County:
    """What cases are about and who has them there. `code` is the code of its log."""

    code: str
    desks: list[Desk]
    units: list[Unit]
    cases: int = 0
    book: Any = None
    calendar: Any = None


@dataclass(slots=True)
class Told:
    """What a county's telling needs besides, alike everywhere."""

    texts: list[Text]
    replies: list[str]
    categories: list[UUID]
    refusals: list[UUID]
    now: datetime
    seed: int
    known: dict[str, str] = field(default_factory=dict)  # code of a log → receipt code of a case


class Telling:
    """The cases of one county as parcels of rows."""

    def __init__(self, county: County, told: Told) -> None:
        self.county, self.told = county, told
        self.chance = random.Random(f"{told.seed} {county.code}")
        self.book, self.calendar = county.book, county.calendar
        self.due = lru_cache(4096)(
            lambda purpose, urgency, start: self.book.due(purpose, urgency, start, self.calendar)
        )
        self.numbers: Counter[int] = Counter()
        self.leaves: list[tuple[str, bytes, bytes]] = []
        self.tables = bulk.tables()
        self.waiting: dict[str, list[dict[str, Any]]] = {}

    def parcels(self) -> Iterator[Parcel]:
        weights = [desk.weight for desk in self.county.desks]
        often = self.chance.choices(self.county.desks, weights, k=self.county.cases)
        for number, at in enumerate(moments(self.county.cases, self.told.now, self.chance), 1):
            self._tell(often[number - 1], at)
            if number % AT_ONCE == 0:
                yield from self._flush()
        for year, last in self.numbers.items():
            county = self.county.code
            self._add("CaseCounter", {"id": key_at(self.told.now, self.chance),
                                      "county_code": county, "year": year, "last": last})  # fmt: skip
        self._ledger()
        yield from self._flush()

    def _add(self, model: str, row: dict[str, Any]) -> None:
        self.waiting.setdefault(model, []).append(row)

    def _flush(self) -> Iterator[Parcel]:
        for model in MODELS:
            if rows := self.waiting.pop(model, []):
                yield model, self.tables[model].pack(rows), len(rows)

    # --- one case ------------------------------------------------------------------------

    def _tell(self, desk: Desk, at: datetime) -> None:
        chance, told = self.chance, self.told
        text = chance.choice(told.texts)
        urgency = chance.choices(URGENCIES, URGENCIES_OFTEN)[0]
        self.numbers[at.year] += 1
        number = f"{self.county.code}-{at.year}-{self.numbers[at.year]:04d}"
        screen = self.due("screen", urgency, at)
        case = {
            "id": key_at(at, chance), "division_code": desk.code, "number": number,
            "title": text.title, "words": text.words, "channel": chance.choices(CHANNELS, CHANNELS_OFTEN)[0],
            "category_id": chance.choice(told.categories), "desk_id": desk.organ,
            "venue_id": desk.venue, "urgency": urgency, "filed_at": at, "state": "filed",
            "may_publish": chance.random() < 0.5, "voices_count": 1, "is_open": True,
            "screen_due_at": screen.at, "due_at": screen.at,
            "search_text": f"{number.replace('-', ' ')} {text.tokens}",
        }  # fmt: skip
        life = Life(case, text)
        self._voices(life, at)
        life.notes.append(
            (at, "cases.case.filed", None, "", None, {"number": number, "channel": case["channel"]})
        )
        lived(
            life, desk, self.county.units, told.replies, told.now, chance, self.due, told.refusals
        )
        settled(life, desk, self.book, self.calendar)
        if case["channel"] == "reception" and desk.deputies:
            life.add("Receiver", id=key_at(at, chance), case_id=case["id"],
                     deputy_id=chance.choice(desk.deputies))  # fmt: skip
        self._journal(life)
        life.add("Case", **case)
        for model, rows in life.rows.items():
            self.waiting.setdefault(model, []).extend(rows)

    def _voices(self, life: Life, at: datetime) -> None:
        count = 1 if self.chance.random() < 0.94 else self.chance.choice((2, 2, 2, 3, 5))
        life.case["voices_count"] = count
        for number in range(count):
            self._voice(life, at, "filed" if number == 0 else "me_too")

    def _voice(self, life: Life, at: datetime, kind: str) -> None:
        from lianxin.kernel import codes
        from lianxin.kernel.fields import blind_index
        from lianxin.kernel.seals import OwnKey, seal, wrap

        chance, key = self.chance, key_at(at, self.chance)
        row = {"id": key, "division_code": life.case["division_code"], "case_id": life.case["id"],
               "kind": kind, "joined_at": at, "code_digest": os.urandom(32)}  # fmt: skip
        if self.county.code not in self.told.known and life.case["may_publish"]:
            # The first case of a county: its receipt is known, so that its page can be measured.
            self.told.known[self.county.code] = code = codes.new_code()
            row["code_digest"] = codes.digest(code)
        if chance.random() < VOICES_WITH_NAME:
            own = OwnKey(UUID(key_at(at, chance)), os.urandom(32))
            phone = f"+86138{chance.randrange(10**8):08d}"
            place = UUID(key)
            row |= {
                "data_key": own.id, "phone_index": blind_index("phone", phone),
                "name": seal("段小梅", column="cases_voice.name", row=place, key=own),
                "phone": seal(phone, column="cases_voice.phone", row=place, key=own),
                "consented_at": at, "consent_version": "2026-11",
            }  # fmt: skip
            self._add("DataKey", {"id": own.id, "wrapped": wrap(own)})
            if kind == "filed":
                life.case["data_key"] = own.id
        life.add("Voice", **row)

    # --- journal and ledger ---------------------------------------------------------------

    def _journal(self, life: Life) -> None:
        matter = life.case.get("matter_id")
        for number, fact in enumerate(life.facts, 1):
            life.add("Event", id=key_at(fact.at, self.chance), matter_id=matter, number=number,
                     dispatch_id=fact.dispatch_id, act=fact.act, at=fact.at, person_id=fact.person_id,
                     organ_id=fact.organ_id, is_public=fact.public, data=fact.data)  # fmt: skip
            what = "dispatch" if fact.dispatch_id else "matter"
            sent = str(UUID(fact.dispatch_id)) if fact.dispatch_id else ""
            data = {"number": number, "dispatch": sent, "act": fact.act}
            self._entry(life, fact.at, f"handling.{what}.{fact.act}", fact.person_id, "",
                        fact.organ_id, data, ("handling.matter", str(matter)), public=False)  # fmt: skip
        for at, action, person, name, organ, data in life.notes:
            subject = ("cases.case", str(life.case["id"]))
            self._entry(life, at, action, person, name, organ, data, subject, public=True)

    def _entry(
        self, life: Life, at: datetime, action: str, person: UUID | None, name: str,
        organ: UUID | None, data: dict[str, Any], subject: tuple[str, str], *, public: bool,
    ) -> None:  # fmt: skip
        from lianxin.record.queries import ledger

        key, salt, division = key_at(at, self.chance), os.urandom(32), life.case["division_code"]
        life.add("Entry", id=key, division_code=division, at=at, action=action, actor_id=person,
                 actor_name=name, organ_id=organ, subject_type=subject[0], subject_id=subject[1],
                 data=data, public=public)  # fmt: skip
        said = {"id": str(UUID(key)), "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
                "action": action, "actor": str(person) if person else None,
                "organ": str(organ) if organ else None, "division": division,
                "subject": [subject[0], str(UUID(subject[1]))], "data": data}  # fmt: skip
        self.leaves.append((key, salt, hmac.digest(salt, ledger.canonical(said), "sha256")))

    def _ledger(self) -> None:
        """The county's log: leaves in the order of their entries, tiles, root, signed head."""
        from lianxin.kernel import merkle
        from lianxin.kernel.notes import Checkpoint
        from lianxin.record.queries import ledger

        code, at, chance = ledger.log_code(self.county.code), self.told.now, self.chance
        log = key_at(at, chance)
        self.leaves.sort()
        hashes = []
        for index, (entry, salt, commitment) in enumerate(self.leaves):
            hashes.append(merkle.leaf_hash(commitment))
            self._add("Leaf", {"id": entry[:16] + key_at(at, chance)[16:], "division_code": code,
                               "entry_id": entry, "salt": salt, "commitment": commitment,
                               "index": index})  # fmt: skip
        if not hashes:
            return
        root = merkle.root(len(hashes), merkle.reader(hashes))
        head = Checkpoint(ledger.origin(code), len(hashes), root)
        self._add("Log", {"id": log, "division_code": code, "size": len(hashes), "root": root,
                          "checkpoint": ledger.signer(code).sign(head.text()), "signed_at": at})  # fmt: skip
        level, row = 0, hashes
        while row:
            tiles = [row[i : i + merkle.TILE_WIDTH] for i in range(0, len(row), merkle.TILE_WIDTH)]
            for index, tile in enumerate(tiles):
                self._add("Tile", {"id": key_at(at, chance), "log_id": log, "level": level,
                                   "index": index, "hashes": b"".join(tile)})  # fmt: skip
            full = [tile for tile in tiles if len(tile) == merkle.TILE_WIDTH]
            level, row = level + 1, [merkle.full_tile_hash(b"".join(tile)) for tile in full]


def invent(counties: list[County], told: Told, tellers: int) -> Iterator[Parcel]:
    """All parcels, told by other processes so that this one can write meanwhile."""
    context = multiprocessing.get_context("fork")
    pipe: Any = context.Queue(maxsize=4 * tellers)

    def work(share: list[County]) -> None:
        try:
            for county in share:
                for parcel in Telling(county, told).parcels():
                    pipe.put(parcel)
            pipe.put(("known", told.known, 0))
        except BaseException as error:
            pipe.put(("failed", repr(error), 0))
            raise

    order = sorted(counties, key=lambda county: county.cases, reverse=True)
    children = [
        context.Process(target=work, args=(order[number::tellers],), daemon=True)
        for number in range(tellers)
    ]
    for child in children:
        child.start()
    known: dict[str, str] = {}
    ended = 0
    while ended < tellers:
        model, packed, count = pipe.get()
        if model == "failed":
            raise RuntimeError(packed)
        if model == "known":
            known |= packed
            ended += 1
        else:
            yield model, packed, count
    told.known = known


def load(counties: list[County], told: Told, say: Any = print) -> dict[str, Any]:
    """Writes the cases of all counties; returns counts, seconds and the rate beside the raw one."""
    from django.apps import apps
    from django.db import connection, transaction

    read_rules(counties)
    by_name = {model.__name__: model for model in apps.get_models()}
    tables, counted = bulk.tables(), Counter[str]()
    sample: list[tuple[bulk.Table, bulk.Packed, int]] = []
    connection.ensure_connection()
    began = time.perf_counter()
    with bulk.bare([by_name[name] for name in MODELS]):
        with transaction.atomic():
            for model, packed, count in invent(counties, told, os.cpu_count() or 1):
                tables[model].write(packed)
                counted[model] += count
                if len(sample) < 12 and count > 100:
                    sample.append((tables[model], packed, count))
            raw = bulk.raw_rate(sample)
        written = time.perf_counter() - began
        say(f"rows written in {written:.0f} s, now the indexes")
    seconds, rows = time.perf_counter() - began, sum(counted.values())
    return {
        "rows": rows, "seconds": round(seconds, 1), "seconds_of_indexes": round(seconds - written, 1),
        "rows_per_second": round(rows / seconds), "raw_rows_per_second": round(raw),
        "share_of_raw": round(rows / seconds / raw, 3), **counted,
    }  # fmt: skip


def read_rules(counties: list[County]) -> None:
    """Before the other process begins: it must not touch this one's connection."""
    from lianxin.handling.queries.derive import rule_book
    from lianxin.places.queries import calendars

    known = calendars()
    for county in counties:
        county.calendar, county.book = known.of(county.code), rule_book(county.code, "case")


def sources(seed: int, pool: int, now: datetime) -> Told:
    """Texts, answers, categories and reasons: what is alike everywhere."""
    from lianxin.cases.models import Category, RefusalReason

    chance = random.Random(seed)
    return Told(
        texts=texts(pool, chance),
        replies=answers(chance),
        categories=list(
            Category.objects.filter(is_active=True, parent__isnull=False).values_list(
                "pk", flat=True
            )
        ),
        refusals=list(RefusalReason.objects.values_list("pk", flat=True)),
        now=now,
        seed=seed,
    )
