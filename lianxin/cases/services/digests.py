"""What the journal holds of residents' words: salted digests, which tell nothing without their salts."""

from __future__ import annotations

from collections.abc import Iterable

from lianxin.cases.models import Case, Message
from lianxin.record import services as record


def forget_digests(messages: Iterable[Message]) -> None:
    """The salts of these messages' words are destroyed: nobody can try out any more what was said."""
    for message in messages:
        record.ledger.forget_contents(
            subjects=[message.case],
            acts=[(f"cases.case.message.{message.kind}", message.written_at)],
        )


def forget_digest_of_filing(case: Case) -> None:
    """The same for the words with which the case was filed."""
    record.ledger.forget_contents(subjects=[case], acts=[("cases.case.filed", case.filed_at)])
