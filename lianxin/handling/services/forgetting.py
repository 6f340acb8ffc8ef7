"""What a matter forgets with its asker: words that they put into it, never what was done and when."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

from django.db import transaction

from lianxin.handling.models import Answer, Dispatch, Event, Verdict
from lianxin.handling.services.settle import lock_matter
from lianxin.kernel.private_numbers import covered


@transaction.atomic
def forget_asker(
    *,
    matter_id: UUID,
    voice: UUID,
    said: Collection[str],
    alone: bool,
    title: str,
    notice: str,
) -> list[UUID]:
    """Empties what an asker said in a matter; returns its dispatches, whose pages tell of it.

    Effects: title replaced by `title` (kept when empty, for others still ask) and then numbers in
    instructions and answers covered; of the notes of askers' acts those emptied that this voice wrote
    (`said`, and its reasons), or all where it was `alone`; the voice's reasons replaced by `notice`.
    Answers stay: they are documents of the authority that gave them.
    """
    matter = lock_matter(matter_id)
    if title:
        matter.title = title
        matter.save(update_fields=("title",))
        _cover_numbers(matter_id)
    judged = Verdict.objects.filter(matter=matter, voice=voice).exclude(reason="")
    notes = Event.objects.filter(matter=matter, person=None, organ=None).exclude(note="")
    if not alone:
        notes = notes.filter(note__in={*said, *judged.values_list("reason", flat=True)})
    notes.update(note="")
    judged.update(reason=notice)
    return list(matter.dispatches.values_list("pk", flat=True))


def _cover_numbers(matter_id: UUID) -> None:
    for answer in Answer.objects.filter(matter_id=matter_id):
        text, promise = covered(answer.text), covered(answer.promise)
        if (text, promise) != (answer.text, answer.promise):
            answer.text, answer.promise = text, promise
            answer.save(update_fields=("text", "promise"))
    for dispatch in Dispatch.objects.filter(matter_id=matter_id):
        if covered(dispatch.instruction) != dispatch.instruction:
            dispatch.instruction = covered(dispatch.instruction)
            dispatch.save(update_fields=("instruction",))
