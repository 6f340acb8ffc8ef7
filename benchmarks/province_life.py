"""The life of one case as rows: what is said, who has it when, and what the engine makes of it.

Events are invented along plausible rhythms; states, holders and clocks are derived from them by the
engine's own `fold`, with the rules and the calendar of the place. So the nightly check agrees.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from benchmarks.province_texts import Text

CHANNELS = ("web", "walk_in", "phone", "wechat", "grid", "reception", "letter")
CHANNELS_OFTEN = (38, 18, 12, 16, 8, 6, 2)
URGENCIES, URGENCIES_OFTEN = ("ordinary", "consult", "urgent", "complex"), (78, 12, 6, 4)
#: Filings by weekday from Monday, by month from January (quiet at the New Year), by hour.
BY_WEEKDAY = (19, 17, 16, 16, 15, 10, 7)
BY_MONTH = (7, 5, 9, 9, 9, 9, 8, 8, 9, 8, 9, 10)
BY_HOUR = (1, 0, 0, 0, 0, 1, 2, 5, 10, 13, 12, 8, 5, 6, 9, 10, 9, 6, 5, 6, 6, 4, 3, 2)
#: Of a hundred: refused, withdrawn, answered by the desk itself, by a deputy; units have the others.
REFUSED, WITHDRAWN, BY_DESK, BY_DEPUTY = 4, 2, 14, 10
NEVER = 0.006  # nobody ever answers
WARN_AFTER = timedelta(days=1)


@dataclass(slots=True)
class Desk:
    """A venue with its desk, as hex and UUID; `weight`: how often it is gone to."""

    code: str
    venue: str
    organ: UUID
    clerk: UUID
    clerk_name: str
    deputies: list[UUID]
    weight: float


@dataclass(slots=True)
class Unit:
    organ: UUID
    handler: UUID
    handler_name: str


@dataclass(slots=True)
class Fact:
    """An event as `fold` wants it, with what its row has besides."""

    act: str
    at: datetime
    dispatch_id: str | None = None
    person_id: UUID | None = None
    organ_id: UUID | None = None
    data: dict[str, Any] = field(default_factory=dict)
    public: bool = True


@dataclass(slots=True)
class Life:
    """A case with everything that came of it. Rows by model, journal notes for the ledger."""

    case: dict[str, Any]
    text: Text
    facts: list[Fact] = field(default_factory=list)
    dispatches: dict[str, dict[str, Any]] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    notes: list[tuple[datetime, str, UUID | None, str, UUID | None, dict[str, Any]]] = field(
        default_factory=list
    )

    def add(self, model: str, **row: Any) -> None:
        self.rows.setdefault(model, []).append(row)


def key_at(at: datetime, chance: random.Random) -> str:
    """A UUIDv7 of that moment, as hex."""
    moment = int(at.timestamp() * 1000)
    tail = 7 << 76 | chance.getrandbits(12) << 64 | 2 << 62 | chance.getrandbits(62)
    return f"{moment << 80 | tail:032x}"


def moments(count: int, until: datetime, chance: random.Random) -> list[datetime]:
    """Moments of filing in the three years before `until`, in order: more of them year by year."""
    days = [until.date() - timedelta(days=n) for n in range(1095, -1, -1)]
    often = [
        BY_WEEKDAY[day.weekday()] * BY_MONTH[day.month - 1] * (1 + n / 1500)
        for n, day in enumerate(days)
    ]
    hours = chance.choices(range(24), BY_HOUR, k=count)
    found = []
    for day, hour in zip(chance.choices(days, often, k=count), hours, strict=True):
        at = datetime(day.year, day.month, day.day, tzinfo=UTC)
        # Local hours: eight before UTC.
        at += timedelta(
            hours=hour - 8, seconds=chance.randrange(3600), microseconds=chance.randrange(10**6)
        )
        found.append(min(at, until - timedelta(minutes=chance.randrange(1, 600))))
    return sorted(found)


def lived(
    life: Life,
    desk: Desk,
    units: list[Unit],
    replies: list[str],
    now: datetime,
    chance: random.Random,
    due: Callable[[str, str, datetime], Any],
    refusals: list[UUID],
) -> None:
    """Tells the life of a filed case until `now`: fills its facts, its dispatches and its rows."""
    case, fate = life.case, chance.uniform(0, 100)
    at = case["filed_at"] + timedelta(hours=min(chance.lognormvariate(1.6, 1.2), 500))
    if at >= now:
        return
    if fate < REFUSED:
        case.update(state="refused", is_open=False, due_at=None, screened_at=at,
                    screened_by_id=desk.clerk, refusal_id=chance.choice(refusals),
                    refusal_note=chance.choice(replies)[:80])  # fmt: skip
        life.notes.append((at, "cases.case.refused", desk.clerk, desk.clerk_name, desk.organ, {}))
        return
    matter = key_at(at, chance)
    case.update(state="accepted", matter_id=matter, screened_at=at, screened_by_id=desk.clerk)
    life.notes.append((at, "cases.case.accepted", desk.clerk, desk.clerk_name, desk.organ, {}))
    urgency = case["urgency"]
    life.facts.append(Fact("open", at, None, desk.clerk, desk.organ, {"urgency": urgency}))
    if fate < REFUSED + WITHDRAWN:
        later = at + timedelta(hours=chance.expovariate(1 / 40))
        if later < now:
            life.facts.append(Fact("withdraw", later, None, desk.clerk, desk.organ))
            case.update(state="withdrawn", is_open=False, due_at=None)
        return
    end = _worked(life, desk, units, replies, now, chance, due, fate, at)
    if end is not None:
        _judged(life, end, now, chance, due)


def _worked(
    life: Life, desk: Desk, units: list[Unit], replies: list[str], now: datetime,
    chance: random.Random, due: Callable[[str, str, datetime], Any], fate: float, at: datetime,
) -> datetime | None:  # fmt: skip
    """Somebody has it and answers; returns when the resident had the answer, None where not yet."""
    urgency = life.case["urgency"]
    days = min(chance.lognormvariate(1.5 if urgency != "complex" else 2.3, 0.8), 400.0)
    if chance.random() < 0.02:
        days *= 8  # the long tail
    took = timedelta(days=days if chance.random() > NEVER else 5000)
    if fate < REFUSED + WITHDRAWN + BY_DESK:
        took /= 4
        return _delivered(
            life,
            desk,
            None,
            at + took,
            now,
            replies,
            chance,
            desk.clerk,
            desk.clerk_name,
            desk.organ,
        )
    if fate < REFUSED + WITHDRAWN + BY_DESK + BY_DEPUTY and desk.deputies:
        deputy = chance.choice(desk.deputies)
        sent = _sent(life, desk, at + timedelta(minutes=chance.randrange(1, 300)), chance,
                     kind="triage", part="each", to_deputy=deputy)  # fmt: skip
        who, name, organ, purpose = desk.clerk, desk.clerk_name, None, "triage"
    else:
        unit = chance.choice(units)
        sent = _sent(life, desk, at + timedelta(minutes=chance.randrange(1, 600)), chance,
                     kind="assign", part="lead", to_organ=unit.organ)  # fmt: skip
        who, name, organ, purpose = unit.handler, unit.handler_name, unit.organ, "answer"
    if sent is None or sent[1] >= now:
        life.facts = [fact for fact in life.facts if fact.at < now]
        life.dispatches = {
            f.dispatch_id: life.dispatches[f.dispatch_id] for f in life.facts if f.dispatch_id
        }
        return None
    key, begin = sent
    signed = begin + timedelta(hours=min(chance.expovariate(1 / 9), 90))
    end = signed + took
    if signed < now:
        life.facts.append(Fact("sign", signed, key, who, organ))
    _late(life, key, begin, min(end, now), purpose, due)
    if end >= now or signed >= now:
        return None
    life.facts.append(Fact("answer", end, key, who, organ, {"channel": "platform"}))
    taken = end + timedelta(hours=min(chance.expovariate(1 / 12), 100)) if organ else end
    if taken >= now:
        _answer(life, key, end, replies, chance, who, name, organ, state="given")
        return None
    life.facts.append(Fact("accept", taken, key, desk.clerk, desk.organ, public=False))
    return _delivered(life, desk, key, taken, now, replies, chance, who, name, organ, given=end)


def _sent(
    life: Life, desk: Desk, at: datetime, chance: random.Random, *, kind: str, part: str,
    to_organ: UUID | None = None, to_deputy: UUID | None = None,
) -> tuple[str, datetime]:  # fmt: skip
    key = key_at(at, chance)
    data = {"kind": kind, "part": part, "owes": True,
            "to_organ": str(to_organ) if to_organ else None,
            "to_deputy": str(to_deputy) if to_deputy else None}  # fmt: skip
    life.facts.append(Fact("send", at, key, desk.clerk, desk.organ, data))
    life.dispatches[key] = {"id": key, "kind": kind, "part": part, "from_organ_id": desk.organ,
                            "to_organ_id": to_organ, "to_deputy_id": to_deputy}  # fmt: skip
    return key, at


def _late(
    life: Life, key: str, begin: datetime, end: datetime, purpose: str,
    due: Callable[[str, str, datetime], Any],
) -> None:  # fmt: skip
    """Reminded at its share of the time, then marked as overdue, as the sweep would have done."""
    if end - begin < WARN_AFTER:
        return
    clock = due(purpose, life.case["urgency"], begin)
    if clock is None:
        return
    if clock.warn_at < end:
        life.facts.append(
            Fact("remind", max(clock.warn_at, begin), key, None, None, {"why": "clock"})
        )
    if clock.at < end:
        late = clock.at + timedelta(seconds=40)
        if late < end:
            life.facts.append(Fact("mark_overdue", late, key, data={"due": clock.at.isoformat()}))
            life.facts.append(Fact("step", late, data={"step": "1_reminder", "cause": "overdue"}))
            upward = due("escalate", life.case["urgency"], late)
            if upward and upward.at + timedelta(minutes=1) < end:
                life.facts.append(Fact("escalate", upward.at + timedelta(minutes=1), key))
    life.facts.sort(key=lambda fact: fact.at)


def _answer(
    life: Life, key: str | None, at: datetime, replies: list[str], chance: random.Random,
    who: UUID, name: str, organ: UUID | None, *, state: str, **more: Any,
) -> dict[str, Any]:  # fmt: skip
    outcome = chance.choices(("solved", "noted", "planned", "upward"), (62, 25, 9, 4))[0]
    row = {
        "id": key_at(at, chance), "dispatch_id": key, "text": chance.choice(replies),
        "outcome": outcome, "state": state, "organ_id": organ, "author_name": name, "given_at": at,
        "given_by_id": who, "division_code": life.case["division_code"], "round": 1,
        "matter_id": life.case["matter_id"],
        "promised_until": date(2028, 6, 30) if outcome == "planned" else None, **more,
    }  # fmt: skip
    life.add("Answer", **row)
    return row


def _delivered(
    life: Life, desk: Desk, key: str | None, at: datetime, now: datetime, replies: list[str],
    chance: random.Random, who: UUID, name: str, organ: UUID | None, *, given: datetime | None = None,
) -> datetime | None:  # fmt: skip
    if at >= now:
        return None
    row = _answer(life, key, given or at, replies, chance, who, name, organ, state="delivered",
                  delivered_at=at, delivered_by_id=desk.clerk)  # fmt: skip
    said = {"answer": str(UUID(row["id"])), "outcome": row["outcome"]}
    life.facts.append(Fact("deliver", at, None, desk.clerk, desk.organ, said))
    if life.case["may_publish"] and chance.random() < 0.6:
        life.add(
            "Publication", id=key_at(at, chance), division_code=life.case["division_code"],
            case_id=life.case["id"], title=life.case["title"], words=life.case["words"],
            answer=row["text"], outcome=row["outcome"], category_id=life.case["category_id"],
            venue_id=life.case["venue_id"], published_at=at, published_by_id=desk.clerk,
            days_taken=max((at - life.case["filed_at"]).days, 0), search_text=life.text.tokens,
        )  # fmt: skip
    return at


def _judged(
    life: Life, answered: datetime, now: datetime, chance: random.Random,
    due: Callable[[str, str, datetime], Any],
) -> None:  # fmt: skip
    """A verdict, or silence; then it is closed. Several voices: each may still speak."""
    at = answered + timedelta(hours=min(chance.lognormvariate(3, 1), 300))
    alone = life.case["voices_count"] == 1
    if chance.random() < 0.55:
        if at >= now:
            return
        result = chance.choices(("satisfied", "basically"), (72, 28))[0]
        life.facts.append(Fact("verdict", at, data={"result": result}))
        life.add(
            "Verdict", id=key_at(at, chance), matter_id=life.case["matter_id"], round=1,
            voice=life.rows["Voice"][0]["id"], attitude=result, result=result, is_done=True,
            given_at=at,
        )  # fmt: skip
        life.notes.append((at, "cases.case.judged", None, "", None, {"result": result}))
        if alone:
            life.facts.append(Fact("close", at, data={"reason": "satisfied"}))
            return
    silent = due("silence", life.case["urgency"], answered).at + timedelta(minutes=1)
    if silent < now:
        life.facts.append(Fact("close", silent, data={"reason": "silence"}))


def settled(life: Life, desk: Desk, book: Any, calendar: Any) -> None:
    """Numbers the events and writes what the engine derives from them into matter and dispatches."""
    from lianxin.handling.rules.fold import fold
    from lianxin.handling.services import settle

    if not life.facts:
        return
    case, division = life.case, life.case["division_code"]
    view = fold(life.facts, book, calendar)
    owner: Any = SimpleNamespace(owner_id=desk.organ)
    derived = settle.matter_columns(owner, view)
    life.add("Matter", id=case["matter_id"], division_code=division, kind="case", title=case["title"],
             owner_id=desk.organ, last_number=len(life.facts), last_event_at=life.facts[-1].at,
             **derived)  # fmt: skip
    if case["state"] == "accepted":
        case["due_at"] = derived["next_due_at"]
        case["is_open"] = view.state in ("open", "answered")
    for key, row in life.dispatches.items():
        life.add("Dispatch", **row, division_code=division, matter_id=case["matter_id"],
                 round=view.dispatches[key].round,
                 sent_at=view.dispatches[key].sent_at,
                 **settle.dispatch_columns(view.dispatches[key]))  # fmt: skip


__all__ = ["Desk", "Fact", "Life", "Unit", "key_at", "lived", "moments", "settled"]
