"""One case for staff, what it can be handed to, and registering somebody at the desk."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from ninja import Query
from pydantic import Field

from lianxin.cases.api.doors import staff_doors
from lianxin.cases.api.filing import ReceiptShown, receipt_shown
from lianxin.cases.api.lists import CaseShown, case_facts
from lianxin.cases.api.shown import CustodyShown, StepShown, custody_shown, step_shown
from lianxin.cases.enums import DESK_CHANNELS
from lianxin.cases.forms.desk import RegisterForm
from lianxin.cases.models import Case, RefusalReason
from lianxin.cases.queries.acts import acts_for
from lianxin.cases.queries.desk import answer_classes, venues_of
from lianxin.cases.queries.desk_case import VoiceLine, case_for, chain, voice_lines
from lianxin.cases.queries.desk_timeline import steps_of
from lianxin.cases.queries.desk_units import deputies_at, organs_elsewhere, units_near
from lianxin.cases.rules.permissions import NotYourDesk
from lianxin.cases.services.desk import register as register_case
from lianxin.cases.services.filing import MOST_WORDS, Draft
from lianxin.congress.models import Actor
from lianxin.handling.enums import DispatchKind, DispatchState, Outcome
from lianxin.kernel.clock import now
from lianxin.places.queries import calendars
from lianxin.web.rest.fields import IdempotencyKey, Key, Moment, OneOf, Place, Sought, one_of
from lianxin.web.rest.problems import of_form
from lianxin.web.rest.schemas import Said, Shown


class VoiceShown(Shown):
    """Masked. Who needs the contact reveals it, with a reason that the resident reads."""

    id: Key
    kind: str
    name: str
    phone: str
    has_home: bool
    joined_at: Moment


class HandedShown(Shown):
    id: Key
    kind: str = Field(json_schema_extra=one_of(DispatchKind))
    state: str = Field(json_schema_extra=one_of(DispatchState))
    target: str
    due_at: Moment | None


class ActShown(Shown):
    code: str
    label: str
    dispatch: Key | None = Field(description="set where the act is on something handed over")


class CasePageShown(CaseShown):
    words: str
    custody: CustodyShown
    voices_masked: list[VoiceShown]
    dispatches: list[HandedShown]
    steps: list[StepShown]
    acts: list[ActShown]


class NamedShown(Shown):
    id: Key
    name: str


class ChoicesShown(Shown):
    """What the acts on this case can be given."""

    units: list[NamedShown]
    elsewhere: list[NamedShown]
    deputies: list[NamedShown]
    answer_classes: list[NamedShown]
    refusal_reasons: list[NamedShown]


class ChoicesAsked(Said):
    q: Sought = ""


class RegisterSaid(Said):
    words: str = Field(min_length=1, max_length=MOST_WORDS, description="as it was said")
    channel: Annotated[str, OneOf(one.value for one in DESK_CHANNELS)]
    division: Place
    venue: Key | None = Field(None, description="where the key has several")
    category: Key | None = None
    address: str = Field("", max_length=200)
    name: str = Field("", max_length=60)
    phone: str = Field("", max_length=40)
    consents: bool = False
    may_publish: bool = False
    answer: str = Field("", max_length=5000, description="given on the spot")
    outcome: Annotated[str, OneOf(one for one in Outcome.values if one != Outcome.PLANNED)] = (
        Outcome.SOLVED
    )


NAMES = {"place": "division", "venue_id": "venue", "category_id": "category"}


@staff_doors.read("/cases/{uuid:case_id}", CasePageShown, _("One case, masked"))
def case(request: HttpRequest, case_id: UUID) -> CasePageShown:
    actor, at = request.actor, now()
    row = case_for(actor, case_id)
    return CasePageShown(
        **case_facts(row),
        words=row.words,
        custody=custody_shown(chain(row, calendars(), at)),
        voices_masked=[_voice(line) for line in voice_lines(row)],
        dispatches=_handed(row),
        steps=[step_shown(one) for one in steps_of(row)],
        acts=_acts(actor, row),
    )


@staff_doors.read(
    "/cases/{uuid:case_id}/choices", ChoicesShown, _("Units, deputies and classes for its acts")
)
def case_choices(request: HttpRequest, case_id: UUID, asked: Query[ChoicesAsked]) -> ChoicesShown:
    row = case_for(request.actor, case_id)
    near, _usual = units_near(row, asked.q, ())
    reasons = RefusalReason.objects.filter(is_active=True)
    return ChoicesShown(
        units=[NamedShown(id=one.pk, name=one.name) for one in near],
        elsewhere=[
            NamedShown(id=one.pk, name=one.name) for one in organs_elsewhere(row, asked.q, ())
        ],
        deputies=[NamedShown(id=one.id, name=one.name) for one in deputies_at(row)],
        answer_classes=[
            NamedShown(id=one.pk, name=str(one)) for one in answer_classes(row.division_code)
        ],
        refusal_reasons=[NamedShown(id=one.pk, name=str(one)) for one in reasons],
    )


@staff_doors.act("/cases", ReceiptShown, _("Register somebody at the desk"), status=201)
def register(request: HttpRequest, said: RegisterSaid, key: IdempotencyKey) -> ReceiptShown:
    actor: Actor = request.actor
    venues = venues_of(actor)
    if not venues:
        raise NotYourDesk
    form = RegisterForm(
        {
            **said.model_dump(exclude={"division", "venue", "category"}),
            "place_code": said.division,
            "venue_id": str(said.venue or venues[0].pk),
            "category_id": str(said.category or ""),
            "key": "x",
        },
        {},
        venues=venues,
    )
    if not form.is_valid():
        raise of_form(form, NAMES)
    draft = Draft(
        words=form.cleaned_data["words"],
        division_code=form.cleaned_data["place"],
        channel=said.channel,
        category_id=said.category,
        venue_id=said.venue or venues[0].pk,
        address=said.address,
        name=said.name,
        phone=said.phone,
        consents=said.consents,
        may_publish=said.may_publish,
    )
    receipt = register_case(draft=draft, key=key, by=actor, at=now(), reply=form.reply)
    return receipt_shown(receipt)


def _voice(line: VoiceLine) -> VoiceShown:
    return VoiceShown(
        id=line.id,
        kind=str(line.kind),
        name=line.name,
        phone=line.phone,
        has_home=line.has_home,
        joined_at=line.joined_at,
    )


def _handed(row: Case) -> list[HandedShown]:
    dispatches = row.matter.dispatches.all() if row.matter else ()
    return [
        HandedShown(
            id=one.pk, kind=one.kind, state=one.state, target=one.target.name, due_at=one.due_at
        )
        for one in dispatches
    ]


def _acts(actor: Actor, row: Case) -> list[ActShown]:
    return [
        ActShown(code=one.code, label=str(one.label), dispatch=one.dispatch_id)
        for one in acts_for(actor, row)
    ]
