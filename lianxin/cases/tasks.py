"""What happens to a case reaches its lists, its voices and its desk. Each call can be repeated."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import MATTER_KIND, MessageKind, VoiceKind
from lianxin.cases.events import CaseFiled, CaseScreened, CaseSpoken
from lianxin.cases.models import Case, Voice
from lianxin.cases.queries.pages import case_path
from lianxin.cases.services.projections import refresh_due
from lianxin.congress.queries import people_of
from lianxin.handling.enums import Act
from lianxin.handling.events import AnswerDelivered, DispatchMoved, MatterMoved
from lianxin.kernel.pieces import each
from lianxin.notices import services as notices
from lianxin.notices.enums import Channel

#: What a voice reads on its phone: the public number and nothing that tells who or what.
SCREENED: dict[str, str | Promise] = {
    "accept": _("Your matter %(number)s was accepted. Follow it with your receipt code: %(link)s"),
    "ask_back": _("We have a question about your matter %(number)s. Please look: %(link)s"),
    "refuse": _("Your matter %(number)s belongs to another door. Which one, and why: %(link)s"),
}
ANSWERED = _(
    "Your matter %(number)s has an answer. Please read it and say what you think: %(link)s"
)
CLOSED = _("Your matter %(number)s is closed. If it is not done, it can be opened again: %(link)s")

SPOKEN: dict[str, str | Promise] = {
    MessageKind.REPLY: _("The resident replied: %(title)s"),
    MessageKind.SUPPLEMENT: _("The resident added something: %(title)s"),
    MessageKind.URGE: _("The resident asks to hurry: %(title)s"),
    MessageKind.OBJECTION: _("The resident objects to the refusal: %(title)s"),
}


def follow_matter(event: MatterMoved) -> None:
    refresh_due(matter_id=event.matter_id)


def follow_dispatch(event: DispatchMoved) -> None:
    refresh_due(matter_id=event.matter_id)


def tell_filed(event: CaseFiled) -> None:
    """The desk learns of a new case. A further voice on a known one is no news to it."""
    voice = Voice.objects.select_related("case").get(pk=event.voice_id)
    if voice.kind == VoiceKind.FILED:
        _tell_desk(
            voice.case, "filed", _("New, to be accepted: %(title)s"), f"{voice.pk}", event.at
        )


def tell_spoken(event: CaseSpoken) -> None:
    """The desk learns what the resident said."""
    if event.kind in SPOKEN:
        case = Case.objects.get(pk=event.case_id)
        key = f"{case.pk}:{event.kind}:{event.at.isoformat()}"
        _tell_desk(case, event.kind.replace("_", "-"), SPOKEN[event.kind], key, event.at)


def tell_screened(event: CaseScreened) -> None:
    """Every voice with a phone learns that the case was accepted, refused, or is asked about."""
    if event.act in SCREENED:
        _text(event.case_id, SCREENED[event.act], f"{event.act}:{event.at.isoformat()}", event.at)


def tell_answered(event: AnswerDelivered) -> None:
    case_id = _case_of(event.matter_id) if event.kind == MATTER_KIND else None
    if case_id:
        _text(case_id, ANSWERED, f"answer:{event.answer_id}", event.at)


def is_closed(event: MatterMoved) -> bool:
    """A case of ours was closed."""
    return (event.kind, event.act) == (MATTER_KIND, Act.CLOSE)


def tell_closed(event: MatterMoved) -> None:
    case_id = _case_of(event.matter_id) if is_closed(event) else None
    if case_id:
        _text(case_id, CLOSED, f"close:{event.number}", event.at)


def _case_of(matter_id: UUID) -> UUID | None:
    return Case.objects.filter(matter_id=matter_id).values_list("pk", flat=True).first()


def _tell_desk(case: Case, kind: str, words: str | Promise, key: str, at: datetime) -> None:
    people = people_of(case.desk_id, "case.screen")
    with translation.override(settings.LANGUAGE_CODE):
        text = str(words) % {"title": case.title}
    notices.tell(
        person_ids=[one.pk for one in people if one.pk != case.filed_by_id or kind != "filed"],
        kind=kind,
        text=text,
        url=case_path(case.pk),
        event_key=f"cases:{key}",
        at=at,
    )


def _text(case_id: UUID, words: str | Promise, key: str, at: datetime) -> None:
    """A text message to every voice of the case, and of all merged into it, that left a phone."""
    with translation.override(settings.LANGUAGE_CODE):
        sentence = str(words)
    link = settings.PUBLIC_URL + reverse("cases:track-box")
    for voice in _reachable(case_id):
        notices.send(
            channel=Channel.SMS,
            address=voice.phone,
            text=sentence % {"number": voice.case.number, "link": link},
            event_key=f"cases:{voice.pk}:{key}",
            division_code=voice.division_code,
            at=at,
            data_key=voice.data_key,
        )


def _reachable(case_id: UUID) -> Iterator[Voice]:
    """Voices with a phone. One query per level of merging, and one."""
    ids, layer = [case_id], [case_id]
    while layer:
        layer = list(Case.objects.filter(merged_into__in=layer).values_list("pk", flat=True))
        ids += layer
    rows = Voice.objects.filter(case_id__in=ids, phone_index__isnull=False)
    return each(rows.select_related("case"))
