"""Where a case's pages are, for notices and for the engine."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest
from django.urls import reverse

from lianxin.cases.models import Case, Message
from lianxin.cases.queries.acts import href_of
from lianxin.cases.queries.cases import visible_to
from lianxin.handling.models import Answer, Event
from lianxin.handling.queries.matters import visible_to as matters_visible_to
from lianxin.record.models import Attachment
from lianxin.record.queries import attachments_by_subject, attachments_of

NOBODY = UUID(int=0)


def case_path(case_id: UUID) -> str:
    """The staff page of a case."""
    return href_of("cases:case", case_id)


def path_of_matter(matter_id: UUID) -> str:
    """The staff page of the case that holds the matter. One query."""
    found = Case.objects.filter(matter_id=matter_id).values_list("pk", flat=True).first()
    return case_path(found) if found else ""


def path_of_dispatch(dispatch_id: UUID) -> str:
    """The page of whoever holds the dispatch."""
    return reverse("cases:dispatch", args=[dispatch_id])


def may_view_case_file(request: HttpRequest, attachment: Attachment) -> bool:
    """Photos of a case: whoever sees the case."""
    actor = request.actor
    if actor is None:
        return False
    return visible_to(actor).filter(pk=attachment.subject_id or NOBODY).exists()


def may_view_message_file(request: HttpRequest, attachment: Attachment) -> bool:
    """Photos that a resident added later: whoever sees the case."""
    row = Message.objects.filter(pk=attachment.subject_id or NOBODY).first()
    if request.actor is None or row is None:
        return False
    return visible_to(request.actor).filter(pk=row.case_id).exists()


def photos_of(case: Case) -> list[Attachment]:
    """What the resident sent with the case and added later; three queries."""
    messages = case.messages.values_list("pk", flat=True)
    later = attachments_by_subject("cases.message", list(messages))
    return [*attachments_of(case), *(row for rows in later.values() for row in rows)]


def may_view_answer_file(request: HttpRequest, attachment: Attachment) -> bool:
    """Papers of an answer: whoever sees its matter."""
    row = Answer.objects.filter(pk=attachment.subject_id or NOBODY).first()
    return _sees_matter(request, row.matter_id if row else None)


def may_view_event_file(request: HttpRequest, attachment: Attachment) -> bool:
    """Photos of a visit: whoever sees the matter."""
    row = Event.objects.filter(pk=attachment.subject_id or NOBODY).first()
    return _sees_matter(request, row.matter_id if row else None)


def _sees_matter(request: HttpRequest, matter_id: UUID | None) -> bool:
    actor = request.actor
    if actor is None or matter_id is None:
        return False
    return matters_visible_to(actor).filter(pk=matter_id).exists()
