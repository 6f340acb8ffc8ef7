"""Erasure (个人信息保护法 47): what a resident left is forgotten, and every proof still holds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import DataWish, PublicationState, VoiceKind, WishState
from lianxin.cases.models import Case, DataRequest, Message, Publication, Voice
from lianxin.cases.queries.pages import case_path, path_of_dispatch
from lianxin.cases.rules import erasing as rules
from lianxin.cases.services import screening
from lianxin.cases.services.digests import forget_digest_of_filing, forget_digests
from lianxin.cases.services.filing import root_of
from lianxin.cases.services.screening import lock_case, note
from lianxin.congress.models import Actor
from lianxin.handling.services import forgetting
from lianxin.kernel import data_keys, search
from lianxin.kernel.private_numbers import covered
from lianxin.notices import services as notices
from lianxin.record import services as record
from lianxin.record.models import Attachment

#: What stands where a resident's words stood.
ERASED = _("Erased at the resident's request")
TOLD = _("News of a matter whose resident had it erased")

#: Empties what another app keeps of the voice's visit; returns the keys to be destroyed with it.
Forgets = Callable[[Case], set[UUID]]
_others: list[Forgets] = []


def offer(*others: Forgets) -> None:
    """Who else keeps something of the resident of a case. Called in config/wiring.py."""
    _others[:] = others


@transaction.atomic
def erase(
    *, voice_id: UUID, withdraws: bool = False, by: Actor | None = None, at: datetime
) -> Voice:
    """Forget what a voice left; with `withdraws` its running matter is withdrawn first.

    Effects, in one transaction: name, phone, address, covered numbers emptied; messages' words and
    photos gone, and their copies in matters; of who filed it also title, words, details and photos of
    the case, its publication taken back, what the matter, notices, messages out and reception kept of
    it; salts of the ledger's leaves forgotten; the keys destroyed, so that no back-up opens; open
    requests done; journal without a word of it. What stays: that there was a case, where, of which
    category, who did what and when, and the authority's answers.

    Raises ErasedAlready, Held, StillRunning, NotAlone.
    """
    voice = Voice.objects.select_for_update().get(pk=voice_id)
    case = lock_case(voice.case_id)
    root = root_of(case)
    if withdraws and rules.must_wait(voice, root):
        if not rules.may_withdraw(voice, root):
            raise rules.NotAlone
        case = root = screening.withdraw(case_id=case.pk, voice=voice, by=None, at=at, reason="")
        case.refresh_from_db()
    rules.check_erasable(voice, case, root)
    _forget(voice, case, at)
    voice.requests.filter(kind=DataWish.ERASE, state__in=rules.OPEN).update(state=WishState.DONE)
    note(case, "erased", by=by, at=at, voice=voice.pk)
    return voice


def _forget(voice: Voice, case: Case, at: datetime) -> None:
    with translation.override(settings.LANGUAGE_CODE):
        said, told = str(ERASED), str(TOLD)
    is_own = voice.kind == VoiceKind.FILED
    messages = list(voice.messages.select_related("case"))
    forget_digests(messages)
    words = {(message.case_id, message.text) for message in messages}
    keys = {voice.data_key, *_forget_messages(messages, said, at)}
    _forget_voice(voice, at)
    if is_own:
        keys |= _forget_case(case, said, at)
    for one in _spoken_in(case):
        if one.matter_id is None:
            continue
        ends = is_own and one.pk == case.pk
        dispatches = forgetting.forget_asker(
            matter_id=one.matter_id,
            voice=voice.pk,
            said={text for case_id, text in words if case_id == one.pk},
            alone=is_own and one.voices_count == 1,
            title=said if ends else "",
            notice=said,
        )
        if ends:
            notices.reword(urls=[path_of_dispatch(pk) for pk in dispatches], text=told)
    if is_own:
        notices.reword(urls=[case_path(case.pk)], text=told)
        forget_digest_of_filing(case)
        record.ledger.forget_contents(subjects=[case.matter] if case.matter else [])
    destroyed = {key for key in keys if key is not None}
    notices.forget_addresses(data_keys=destroyed)
    data_keys.destroy(destroyed, erased=True)


def _spoken_in(case: Case) -> Iterator[Case]:
    """Where its voices may have spoken: in their case, and in those that took it in."""
    yield case
    if case.merged_into:
        yield from _spoken_in(case.merged_into)


def _forget_voice(voice: Voice, at: datetime) -> None:
    """The receipt code still finds it, and shows that it is gone."""
    voice.name = voice.phone = voice.home = ""
    voice.phone_index, voice.erased_at = None, at
    voice.save(update_fields=("name", "phone", "home", "phone_index", "erased_at"))
    for look in voice.reveals.all():
        if covered(look.reason) != look.reason:
            look.reason = covered(look.reason)
            look.save(update_fields=("reason",))


def _forget_messages(messages: list[Message], said: str, at: datetime) -> set[UUID | None]:
    for message in messages:
        message.text, message.hidden = said, ""
        message.save(update_fields=("text", "hidden"))
    _forget_photos("cases.message", [message.pk for message in messages], at)
    return {message.data_key for message in messages}


def _forget_case(case: Case, said: str, at: datetime) -> set[UUID | None]:
    case.title = case.words = said
    case.hidden = case.address = case.position = case.refusal_note = ""
    case.details, case.grid, case.may_publish, case.erased_at = {}, None, False, at
    case.search_text = search.tokens(case.number)
    case.save()
    _forget_photos("cases.case", [case.pk], at)
    published = Publication.objects.filter(case=case)
    published.update(
        state=PublicationState.WITHDRAWN, title=said, words=said, answer=said, search_text=""
    )
    keys: set[UUID | None] = {case.data_key}
    for forgets in _others:
        keys |= forgets(case)
    return keys


def _forget_photos(subject: str, ids: list[UUID], at: datetime) -> None:
    rows = Attachment.objects.filter(subject_type=subject, subject_id__in=ids, state="BOUND")
    for key in rows.values_list("pk", flat=True):
        record.remove(attachment_id=key, by=None, at=at, ground="erasure")


@transaction.atomic
def wait(*, voice_id: UUID, at: datetime) -> DataRequest:
    """The resident wants it erased as soon as the matter is over; asking twice is asking once.

    Effects: request WAITING, journal. Raises ErasedAlready; AskedAlready where a colleague passed the
    wish on and it is to be decided.
    """
    voice = Voice.objects.select_for_update().get(pk=voice_id)
    case = lock_case(voice.case_id)
    if voice.erased_at:
        raise rules.ErasedAlready
    request, fresh = DataRequest.objects.get_or_create(
        voice=voice,
        kind=DataWish.ERASE,
        state__in=rules.OPEN,
        defaults={
            "state": WishState.WAITING,
            "division_code": voice.division_code,
            "asked_at": at,
        },
    )
    if request.state == WishState.ASKED:
        raise rules.AskedAlready
    if fresh:
        note(case, "erasure_asked", by=None, at=at, voice=voice.pk)
    return request


@transaction.atomic
def drop(*, voice_id: UUID, at: datetime) -> None:
    """The resident does not want it any more. Effects: request DROPPED, journal."""
    voice = Voice.objects.select_for_update().get(pk=voice_id)
    waiting = voice.requests.filter(kind=DataWish.ERASE, state=WishState.WAITING)
    if waiting.update(state=WishState.DROPPED):
        note(lock_case(voice.case_id), "erasure_dropped", by=None, at=at, voice=voice.pk)


def erase_waiting(at: datetime, *, limit: int = 500) -> int:
    """Erases what waited for the end of its matter; returns how many. For the scheduler."""
    waiting = DataRequest.objects.filter(kind=DataWish.ERASE, state=WishState.WAITING)
    keys = list(waiting.order_by("asked_at").values_list("voice_id", flat=True)[:limit])
    return sum(_erased_if_over(voice_id, at) for voice_id in keys)


@transaction.atomic
def _erased_if_over(voice_id: UUID, at: datetime) -> bool:
    voice = Voice.objects.select_related("case").get(pk=voice_id)
    root = root_of(lock_case(voice.case_id))
    if voice.case.is_held or rules.must_wait(voice, root):
        return False
    erase(voice_id=voice_id, at=at)
    return True


def erase_again(at: datetime) -> int:
    """After an older back-up came back: erases anew what residents have had erased since.

    Returns how many voices. A matter that runs again in the restored data does not hold it up. Of
    contacts whose time was over nothing is to be done: their keys are gone, and the matter stays.
    """
    voices = Voice.objects.filter(data_key__in=data_keys.erased(), erased_at__isnull=True)
    return sum(_erased_again(pk, at) for pk in list(voices.values_list("pk", flat=True)))


@transaction.atomic
def _erased_again(voice_id: UUID, at: datetime) -> bool:
    voice = Voice.objects.select_for_update().get(pk=voice_id)
    case = lock_case(voice.case_id)
    _forget(voice, case, at)
    note(case, "erased", by=None, at=at, voice=voice.pk)
    return True
