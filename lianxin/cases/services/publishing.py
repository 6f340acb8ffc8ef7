"""Publishing a result: masked by a person's hand, only with consent, and taken back at any time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.cases.enums import PUBLICATION_MOVES, PublicationState
from lianxin.cases.events import CasePublished
from lianxin.cases.models import Publication
from lianxin.cases.rules import masking, permissions
from lianxin.cases.services.screening import lock_case, note
from lianxin.congress.models import Actor
from lianxin.kernel import bus, search
from lianxin.kernel.moves import move
from lianxin.kernel.refused import Refused


class NoConsent(Refused):
    message = _("The resident did not agree to publication.")
    code = "no_consent"


class StillPersonal(Refused):
    message = _("The text still holds something personal: %(found)s. Please mask it.")
    code = "still_personal"
    status = 422


class NeverPublished(Refused):
    message = _("Nothing of this case was published.")
    code = "never_published"


@transaction.atomic
def publish(
    *, case_id: UUID, title: str, words: str, answer: str, by: Actor, at: datetime
) -> Publication:
    """Publish (or publish anew) the masked text of an answered case.

    Raises NoConsent, StillPersonal (phone or ID numbers left in the text), and 409 when nothing
    was answered yet. Effects: publication row; journal; announcement CasePublished.
    """
    case = lock_case(case_id)
    permissions.check_publish(by, case)
    if not case.may_publish or case.is_sensitive:
        raise NoConsent
    delivered = case.matter and case.matter.answers.filter(delivered_at__isnull=False).last()
    if not delivered or delivered.delivered_at is None:
        raise Refused(_("Only an answered matter can be published."), "not_answered")
    found = masking.personal(f"{title}\n{words}\n{answer}")
    if found:
        raise StillPersonal(StillPersonal.message % {"found": "、".join(found)})
    row = Publication.objects.select_for_update().filter(case=case).first()
    row = row or Publication(case=case, division_code=case.division_code)
    if row.state == PublicationState.WITHDRAWN:
        row.state = move(PUBLICATION_MOVES, row.state, "publish")
    row.title, row.words, row.answer = title[:120], words, answer
    row.outcome, row.category, row.venue = delivered.outcome, case.category, case.venue
    row.published_at, row.published_by_id = at, by.person_id
    row.days_taken = (delivered.delivered_at - case.filed_at).days
    row.search_text = search.tokens(f"{title} {words} {answer}")
    row.save()
    note(case, "published", by=by, at=at)
    bus.announce(
        CasePublished(case_id=case.pk, at=at), key=case.pk, division_code=case.division_code
    )
    return row


@transaction.atomic
def take_back(*, case_id: UUID, by: Actor, at: datetime, reason: str) -> Publication:
    """Take a published result back; the public page is gone at once. Raises NeverPublished."""
    case = lock_case(case_id)
    permissions.check_publish(by, case)
    row = Publication.objects.select_for_update().filter(case=case).first()
    if row is None:
        raise NeverPublished
    row.state = move(PUBLICATION_MOVES, row.state, "take_back")
    row.save(update_fields=("state",))
    note(case, "unpublished", by=by, at=at, reason=reason)
    return row
