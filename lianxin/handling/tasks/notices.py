"""Who is told what the engine did: a line in the bell, once per event, never to the doer.

`DISPATCH_NOTICES` and `MATTER_NOTICES` state the decision for every act; None: nobody is told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Deputy, Organ
from lianxin.congress.queries import people_of, supervisor_of
from lianxin.handling.enums import Act, DispatchKind
from lianxin.handling.events import AnswerDelivered, DispatchMoved, MatterMoved
from lianxin.handling.models import Dispatch, Event, Matter
from lianxin.handling.queries import pages
from lianxin.notices import services as notices
from lianxin.web.dates import cn_day

Who = Callable[[Dispatch], set[UUID]]


@dataclass(frozen=True, slots=True)
class Decision:
    """`words` know %(title)s, %(day)s, %(note)s, %(target)s. `holds`: the link is the holder's page.

    `reminds`: it appears in service time only.
    """

    who: Who
    words: str | Promise
    holds: bool = True
    reminds: bool = False


def people_at(organ_id: UUID | None, ability: str) -> set[UUID]:
    """Holders of the ability at an organ; everybody there where nobody holds it."""
    if organ_id is None:
        return set()
    found = people_of(organ_id, ability) or people_of(organ_id)
    return {person.pk for person in found}


def holders(row: Dispatch) -> set[UUID]:
    """The deputy addressed, or the people of the unit who sign (of a desk: who dispatch)."""
    if row.to_deputy:
        return {row.to_deputy.person_id}
    return people_at(row.to_organ_id, "matter.sign")


def senders(row: Dispatch) -> set[UUID]:
    """Whoever handed it over; for a deputy's, the owner's desk too, which owes the asker."""
    if row.kind == DispatchKind.SUPERVISE:
        return people_at(row.from_organ_id, "matter.supervise")
    found = people_at(row.matter.owner_id, "matter.dispatch")
    return found | ({row.from_deputy.person_id} if row.from_deputy else set())


def heads(row: Dispatch) -> set[UUID]:
    return people_at(row.to_organ_id, "matter.approve")


def worker(row: Dispatch) -> set[UUID]:
    """Who signed for it, else all holders."""
    return {row.handler_id} if row.handler_id else holders(row)


def above(row: Dispatch) -> set[UUID]:
    """The office that may press the holder, else the one that may press the owner."""
    organ = row.to_organ or row.matter.owner
    office = supervisor_of(organ) or supervisor_of(row.matter.owner)
    return people_at(office.pk, "matter.supervise") if office else set()


def higher(row: Dispatch) -> set[UUID]:
    """The office above the supervising office: for what stays overdue."""
    first = supervisor_of(row.matter.owner)
    second = supervisor_of(first) if first else None
    return above(row) | (people_at(second.pk, "matter.supervise") if second else set())


#: Sending is told in the words of its kind.
SENT: dict[str, str | Promise] = {
    DispatchKind.TRIAGE: _("Shared out to you: %(title)s. Please answer by %(day)s."),
    DispatchKind.ASSIGN: _("Assigned to you: %(title)s. Please answer by %(day)s."),
    DispatchKind.TRANSFER: _("Transferred to you: %(title)s. Please answer by %(day)s."),
    DispatchKind.SUPERVISE: _("Supervision: %(title)s. Please answer by %(day)s. %(note)s"),
}

DISPATCH_NOTICES: dict[str, tuple[Decision, ...] | None] = {
    Act.SEND: (Decision(holders, ""),),
    Act.SIGN: None,
    Act.RETURN: (Decision(senders, _("%(target)s returned it: %(title)s. %(note)s"), holds=False),),
    Act.ASK_EXTENSION: (
        Decision(senders, _("%(target)s asks for more time: %(title)s. %(note)s"), holds=False),
    ),
    Act.GRANT_EXTENSION: (Decision(holders, _("More time granted, until %(day)s: %(title)s")),),
    Act.REFUSE_EXTENSION: (Decision(holders, _("More time refused: %(title)s. %(note)s")),),
    Act.SUBMIT: (Decision(heads, _("An answer waits for your approval: %(title)s")),),
    Act.APPROVE: (
        Decision(worker, _("Your answer was approved and has left: %(title)s")),
        Decision(senders, _("%(target)s answered: %(title)s"), holds=False),
    ),
    Act.REJECT: (Decision(worker, _("Your answer was given back: %(title)s. %(note)s")),),
    Act.ANSWER: (Decision(senders, _("%(target)s answered: %(title)s"), holds=False),),
    Act.ACCEPT: None,
    Act.REWORK: (Decision(holders, _("To be done again by %(day)s: %(title)s. %(note)s")),),
    Act.RECALL: (Decision(holders, _("Called back, nothing is owed any more: %(title)s")),),
    Act.SUPERSEDE: None,
    Act.REMIND: (Decision(holders, _("You were pressed for an answer: %(title)s. %(note)s")),),
    Act.MARK_OVERDUE: (
        Decision(holders, _("Overdue since %(day)s: %(title)s"), reminds=True),
        Decision(senders, _("%(target)s is overdue: %(title)s"), holds=False, reminds=True),
        Decision(above, _("%(target)s is overdue: %(title)s"), holds=False, reminds=True),
    ),
    Act.ESCALATE: (
        Decision(higher, _("%(target)s is overdue for long: %(title)s"), holds=False, reminds=True),
    ),
}
#: A reminder by the clock speaks of the day, not of somebody who presses.
BY_CLOCK = Decision(holders, _("Soon due, on %(day)s: %(title)s"), reminds=True)

#: The asker's own acts reach whoever has the matter; the rest is told through dispatches.
MATTER_NOTICES: dict[str, str | Promise | None] = {
    Act.OPEN: None,
    Act.DELIVER: None,
    Act.VERDICT: None,
    Act.CLOSE: None,
    Act.REOPEN: _("To be handled again: %(title)s. %(note)s"),
    Act.WITHDRAW: None,
    Act.MERGE: None,
    Act.PAUSE: None,
    Act.RESUME: None,
    Act.CHANGE_URGENCY: _("Its urgency was changed: %(title)s"),
    Act.URGE: _("The asker presses: %(title)s. %(note)s"),
    Act.SUPPLEMENT: _("The asker added something: %(title)s. %(note)s"),
    Act.NOTE: None,
    Act.STEP: None,
    Act.CONCLUDE: None,
    Act.PROMISE: None,
    Act.CHECK: None,
    Act.FOLLOW_UP: None,
}


def dispatch_is_told(event: DispatchMoved) -> bool:
    """Whether an act on a dispatch concerns anybody: the others need no message."""
    return event.act == Act.REMIND or bool(DISPATCH_NOTICES[event.act])


def matter_is_told(event: MatterMoved) -> bool:
    return MATTER_NOTICES[event.act] is not None


def tell_dispatch(event: DispatchMoved) -> None:
    """Tell whom an act on a dispatch concerns. Repeatable: once per person and event."""
    row = (
        Dispatch.objects.select_related(
            "matter__owner__superior",
            "to_organ__superior",
            "to_deputy__person",
            "from_deputy__person",
        )
        .filter(pk=event.dispatch_id)
        .first()
    )
    act = Event.objects.filter(matter_id=event.matter_id, number=event.number).first()
    if row is None or act is None:
        return
    is_clock = event.act == Act.REMIND and act.data.get("why") == "clock"
    for i, decision in enumerate((BY_CLOCK,) if is_clock else DISPATCH_NOTICES[event.act] or ()):
        words = SENT[row.kind] if event.act == Act.SEND else decision.words
        path = (
            pages.dispatch_path(event.kind, row.pk)
            if decision.holds
            else pages.matter_path(event.kind, row.matter_id)
        )
        _tell(
            decision.who(row),
            act,
            words=_filled(words, row.matter, act, row),
            url=path,
            key=f"handling:{event.matter_id}:{event.number}:{i}",
            reminds=decision.reminds,
        )


def tell_matter(event: MatterMoved) -> None:
    """Tell whoever has the matter what the asker did, or that it begins anew."""
    words = MATTER_NOTICES[event.act]
    if words is None:
        return
    matter = Matter.objects.filter(pk=event.matter_id).first()
    act = Event.objects.filter(matter_id=event.matter_id, number=event.number).first()
    if matter is None or act is None:
        return
    people = people_at(matter.holder_organ_id or matter.owner_id, "matter.sign")
    if matter.holder_deputy_id:
        people = set(_persons([matter.holder_deputy_id]))
    if event.act == Act.REOPEN:
        people |= people_at(matter.owner_id, "matter.dispatch") | set(_followers(matter.pk))
    _tell(
        people,
        act,
        words=_filled(words, matter, act),
        url=pages.matter_path(event.kind, matter.pk),
        key=f"handling:{event.matter_id}:{event.number}:m",
    )


def tell_delivered(event: AnswerDelivered) -> None:
    """The deputies who had or follow the matter are told that the asker has the answer."""
    matter = Matter.objects.get(pk=event.matter_id)
    with translation.override(settings.LANGUAGE_CODE):
        words = str(_("The asker has the answer: %(title)s")) % {"title": matter.title}
    notices.tell(
        person_ids=sorted(_followers(matter.pk)),
        kind="answered",
        text=words,
        url=pages.matter_path(event.kind, matter.pk),
        event_key=f"handling:answer:{event.answer_id}",
        at=event.at,
    )


def _followers(matter_id: UUID) -> list[UUID]:
    """Persons of the deputies who sent or were sent the matter."""
    rows = Dispatch.objects.filter(matter_id=matter_id)
    pairs = rows.values_list("to_deputy_id", "from_deputy_id")
    return _persons({pk for pair in pairs for pk in pair if pk})


def _persons(deputy_ids: Iterable[UUID]) -> list[UUID]:
    return list(Deputy.objects.filter(pk__in=deputy_ids).values_list("person_id", flat=True))


def _filled(words: str | Promise, matter: Matter, act: Event, row: Dispatch | None = None) -> str:
    """The sentence in the installation's first language."""
    with translation.override(settings.LANGUAGE_CODE):
        target: Organ | Deputy | str = row.target if row else ""
        said = str(words) % {
            "title": matter.title,
            "note": (row.instruction if row and act.act == Act.SEND else act.note).strip(),
            "target": getattr(target, "name", ""),
            "day": cn_day(row.due_at) if row and row.due_at else str(_("no fixed day")),
        }
    return " ".join(said.split())


def _tell(
    people: set[UUID], act: Event, *, words: str, url: str, key: str, reminds: bool = False
) -> None:
    notices.tell(
        person_ids=sorted(people - {act.person_id}),
        kind=act.act.replace("_", "-"),
        text=words,
        url=url,
        event_key=key,
        at=act.at,
        reminder_in=act.matter.division_code if reminds else None,
    )
