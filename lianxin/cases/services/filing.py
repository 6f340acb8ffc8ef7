"""Filing: by a resident without an account, or by a clerk for somebody at the desk."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import MATTER_KIND, CaseState, VoiceKind
from lianxin.cases.events import CaseFiled
from lianxin.cases.models import Case, CaseCounter, Category, FarPlace, Receiver, Voice
from lianxin.cases.rules import permissions
from lianxin.congress.models import Actor
from lianxin.handling.enums import ClockPurpose, Urgency
from lianxin.handling.queries.derive import end
from lianxin.kernel import bus, codes, idempotency, phones, scope, search, statements
from lianxin.kernel.clock import local
from lianxin.kernel.db import retry_on_conflict
from lianxin.kernel.fields import blind_index, draw_key
from lianxin.kernel.private_numbers import cover, covered, kept_apart
from lianxin.kernel.refused import Refused
from lianxin.record import services as record
from lianxin.venues.models import Venue
from lianxin.venues.queries import nearest_venue

#: The version of the consent text shown beside name and phone; change it with the text.
CONSENT_VERSION = "2026-11"
MOST_WORDS = 5000
_SENTENCE = re.compile(r"[。！？!?\n；;]")


class NoVenue(Refused):
    message = _("No venue serves this place yet. Please choose a place nearby or a venue.")
    code = "no_venue"
    status = 422


class WordsMissing(Refused):
    message = _("Please say what it is about.")
    code = "words_missing"
    status = 422


class WordsTooMany(Refused):
    message = _("This is longer than 5,000 characters. Please shorten it; photos can help.")
    code = "words_too_many"
    status = 422


class BadPhone(Refused):
    message = _("This is no phone number we can call. Please check it, or leave it empty.")
    code = "bad_phone"
    status = 422


class ConsentMissing(Refused):
    message = _("To keep your name, phone or address we need your consent.")
    code = "consent_missing"
    status = 422
    hint = _("You can also report without leaving them: you follow the matter by its code.")


@dataclass(frozen=True, slots=True)
class Draft:
    """What a resident says. Personal fields may all be empty; `position` is (lat, lon), WGS-84.

    `receiver_ids` are the deputies who received the resident in person.
    """

    words: str
    division_code: str
    channel: str
    category_id: UUID | None = None
    venue_id: UUID | None = None
    deputy_id: UUID | None = None
    grid_id: UUID | None = None
    title: str = ""
    address: str = ""
    position: tuple[float, float] | None = None
    details: Mapping[str, Any] = field(default_factory=dict)
    name: str = ""
    phone: str = ""
    home: str = ""
    consents: bool = False
    may_publish: bool = False
    urgency: str = ""
    uploads: Sequence[str] = ()
    receiver_ids: Sequence[UUID] = ()
    foreign_id: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the resident keeps. `code` is shown once and stored nowhere in the clear."""

    case_id: UUID
    number: str
    code: str


@retry_on_conflict
def file_case(
    *,
    draft: Draft,
    key: str,
    actor: str,
    route: str,
    by: Actor | None,
    at: datetime,
    admit: Callable[[], None] | None = None,
) -> Receipt:
    """File a matter once per idempotency key; two identical sends get the same receipt.

    `by` is the clerk at the desk, None for a resident; `admit` is asked before anything new is filed
    and may refuse.
    Effects, in one transaction: idempotency row; counter and case; the far place of its desk, where
    it lies in one; voice with sealed name, phone and address; receivers; photos bound; journal;
    announcement CaseFiled. Raises WordsMissing, NoVenue, BadPhone, ConsentMissing, and what
    idempotency raises.
    """
    body_hash = idempotency.hash_body(_plain(draft))

    def act() -> str:
        if admit is not None:
            admit()
        if isinstance(ready, Refused):
            raise ready
        return _as_text(_file(ready, draft, by=by, at=at))

    with scope.everywhere("a matter may lie in another place than where it is told"):
        ready = _ready(draft, by=by, at=at)
        stored = idempotency.once(key=key, actor=actor, route=route, body_hash=body_hash, act=act)
    return _as_receipt(stored)


def _plain(draft: Draft) -> dict[str, Any]:
    return {name: str(getattr(draft, name)) for name in Draft.__dataclass_fields__}


def _as_text(receipt: Receipt) -> str:
    return json.dumps([str(receipt.case_id), receipt.number, receipt.code])


def _as_receipt(stored: str) -> Receipt:
    case_id, number, code = json.loads(stored)
    return Receipt(case_id=UUID(case_id), number=number, code=code)


@dataclass(frozen=True, slots=True)
class _Ready:
    """A filing but for its number: read together and sealed before anything is locked."""

    case: Case
    is_far: bool
    voice: Voice
    code: str
    keys: statements.Prepared
    case_row: statements.Prepared
    voice_row: statements.Prepared


def _ready(draft: Draft, *, by: Actor | None, at: datetime) -> _Ready | Refused:
    """A refusal is kept for later: what was filed before is answered from its key."""
    try:
        case, is_far = _new_case(draft, by=by, at=at)
        code = codes.new_code()
        keys = draw_key(case)
        voice = _new_voice(case, draft, code=code, kind=VoiceKind.FILED, at=at)
        keys += draw_key(voice)
    except Refused as refused:
        return refused
    rows = (statements.prepare(*one) for one in (keys, (case,), (voice,)))
    return _Ready(case, is_far, voice, code, *rows)


def _new_case(draft: Draft, *, by: Actor | None, at: datetime) -> tuple[Case, bool]:
    """The case, and whether it lies outside the division of its desk."""
    words = draft.words.strip()
    if not words:
        raise WordsMissing
    if len(words) > MOST_WORDS:
        raise WordsTooMany
    venue_id, desk_id, desk_place = _venue_of(draft)
    if by is not None:
        permissions.check_register(by, desk_id, draft.receiver_ids)
    category = Category.objects.filter(pk=draft.category_id).first() if draft.category_id else None
    urgency = draft.urgency or (category.urgency if category else Urgency.ORDINARY)
    case = statements.new(
        Case,
        division_code=draft.division_code,
        title=(covered(draft.title) or title_from(covered(words)))[:120],
        foreign_id=draft.foreign_id,
        channel=draft.channel,
        category_id=category.pk if category else None,
        desk_id=desk_id,
        venue_id=venue_id,
        deputy_id=draft.deputy_id,
        grid_id=draft.grid_id,
        urgency=urgency,
        may_publish=draft.may_publish,
        filed_at=at,
        filed_by_id=by.person_id if by else None,
    )
    case.address = draft.address.strip()[:200]
    case.position = f"{draft.position[0]:.6f},{draft.position[1]:.6f}" if draft.position else ""
    _cover(case, words, draft.details)
    case.search_text = search.tokens(f"{case.title} {case.words}")
    start_screening(case, at)
    return case, not case.division_code.startswith(desk_place)


def _cover(case: Case, words: str, details: Mapping[str, Any]) -> None:
    """Words and answers go in with their private numbers covered; these are sealed apart."""
    case.words, in_words = cover(words)
    found, case.details = {"words": in_words}, dict(details)
    for name, value in details.items():
        if isinstance(value, str):
            case.details[name], found[f"details.{name}"] = cover(value)
    case.hidden = kept_apart(found)


def _file(ready: _Ready, draft: Draft, *, by: Actor | None, at: datetime) -> Receipt:
    """Write the case with everything that belongs to it; short, for others wait meanwhile."""
    case = ready.case
    number = _next_number(draft.division_code, at)
    ready.case_row.change(number=number, search_text=f"{search.tokens(number)} {case.search_text}")
    statements.write(ready.keys, ready.case_row, ready.voice_row)
    if ready.is_far:
        far = FarPlace(desk_id=case.desk_id, division_code=case.division_code)
        FarPlace.objects.bulk_create([far], ignore_conflicts=True)
    receivers = dict.fromkeys(draft.receiver_ids)
    statements.insert(*(Receiver(case=case, deputy_id=deputy_id) for deputy_id in receivers))
    if draft.uploads:
        record.bind(draft.uploads, subject=case, by=by, at=at, division_code=case.division_code)
    record.write(
        action="cases.case.filed",
        by=by,
        at=at,
        division_code=case.division_code,
        subject=case,
        data={"number": case.number, "channel": case.channel},
        public=True,
        content=case.said,
    )
    bus.announce(
        CaseFiled(case_id=case.pk, voice_id=ready.voice.pk, at=at),
        key=case.pk,
        division_code=case.division_code,
    )
    return Receipt(case_id=case.pk, number=case.number, code=ready.code)


def start_screening(case: Case, at: datetime) -> None:
    """Set the screening clock (受理时限) on an unsaved or locked case."""
    case.screen_due_at = case.due_at = end(
        purpose=ClockPurpose.SCREEN,
        urgency=case.urgency,
        start=at,
        division_code=case.division_code,
        kind=MATTER_KIND,
    )
    case.state, case.is_open = CaseState.FILED, True


def _venue_of(draft: Draft) -> tuple[UUID, UUID, str]:
    """The venue named, else one of the addressed deputy, else the nearest that serves the place.

    Its key, that of its desk and the division of the desk.
    """
    if draft.venue_id:
        return _keys().get(pk=draft.venue_id)
    if draft.deputy_id:
        own = (
            _keys()
            .filter(stationings__deputy_id=draft.deputy_id, stationings__until_date__isnull=True)
            .first()
        )
        if own:
            return own
    nearest = nearest_venue(draft.division_code)
    if nearest is None:
        raise NoVenue
    return nearest


def _keys() -> Any:
    return Venue.objects.filter(is_active=True).values_list("pk", "desk_id", "desk__division_code")


def _next_number(division_code: str, at: datetime) -> str:
    """A short number per county and year, such as 530112-2026-0312."""
    county, year = division_code[:6], local(at).year
    last = statements.count_up(CaseCounter, "last", county_code=county, year=year)
    return f"{county}-{year}-{last:04d}"


def title_from(words: str) -> str:
    """The first sentence, 30 characters at most: a clerk may find a better one."""
    first = _SENTENCE.split(words.strip(), maxsplit=1)[0].strip() or words.strip()
    return first if len(first) <= 30 else f"{first[:29]}…"


def add_voice(case: Case, draft: Draft, *, code: str, kind: str, at: datetime) -> Voice:
    """A voice with what it left of itself, sealed. Raises BadPhone, ConsentMissing."""
    voice = _new_voice(case, draft, code=code, kind=kind, at=at)
    statements.insert(voice)
    return voice


def _new_voice(case: Case, draft: Draft, *, code: str, kind: str, at: datetime) -> Voice:
    e164 = phones.to_e164(draft.phone) if draft.phone.strip() else None
    if draft.phone.strip() and e164 is None:
        raise BadPhone
    is_personal = bool(draft.name.strip() or e164 or draft.home.strip())
    if is_personal and not draft.consents:
        raise ConsentMissing
    voice = statements.new(
        Voice,
        case_id=case.pk,
        data_key=case.data_key if kind == VoiceKind.FILED else None,
        division_code=case.division_code,
        kind=kind,
        phone_index=blind_index("phone", e164) if e164 else None,
        code_digest=codes.digest_of_written(code),
        consented_at=at if is_personal else None,
        consent_version=CONSENT_VERSION if is_personal else "",
        joined_at=at,
    )
    voice.name, voice.phone, voice.home = draft.name.strip()[:60], e164 or "", draft.home.strip()
    return voice


def me_too(
    *, case_id: UUID, draft: Draft, key: str, actor: str, route: str, at: datetime
) -> Receipt:
    """Join a matter somebody else reported ("我也一样"): an own voice, receipt and verdict.

    Joins the case into which the named one was merged. Raises as file_case.
    """

    def join() -> str:
        case = root_of(Case.objects.select_for_update().get(pk=case_id))
        code = codes.new_code()
        voice = add_voice(case, draft, code=code, kind=VoiceKind.ME_TOO, at=at)
        count_voices(case)
        record.write(
            action="cases.case.joined",
            by=None,
            at=at,
            division_code=case.division_code,
            subject=case,
            data={"voices": case.voices_count},
            public=True,
        )
        bus.announce(
            CaseFiled(case_id=case.pk, voice_id=voice.pk, at=at),
            key=case.pk,
            division_code=case.division_code,
        )
        return _as_text(Receipt(case_id=case.pk, number=case.number, code=code))

    body = idempotency.hash_body({**_plain(draft), "case": str(case_id)})
    stored = idempotency.once(key=key, actor=actor, route=route, body_hash=body, act=join)
    return _as_receipt(stored)


def root_of(case: Case) -> Case:
    """The case that speaks for this one after merging."""
    while case.merged_into_id:
        case = Case.objects.select_for_update().get(pk=case.merged_into_id)
    return case


@transaction.atomic
def count_voices(case: Case) -> None:
    """Voices of the case and of all merged into it, kept on the row for the lists."""
    ids, layer = [case.pk], [case.pk]
    while layer:
        layer = list(Case.objects.filter(merged_into__in=layer).values_list("pk", flat=True))
        ids += layer
    case.voices_count = Voice.objects.filter(case_id__in=ids).count()
    case.save(update_fields=("voices_count",))
