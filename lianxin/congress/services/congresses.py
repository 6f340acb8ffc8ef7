"""Congresses, terms, sessions, delegations."""

from __future__ import annotations

from datetime import date, datetime
from typing import TypeVar
from uuid import UUID

from django.db import models, transaction

from lianxin.congress import rules
from lianxin.congress.models import Actor, Congress, CongressSession, Delegation, Term
from lianxin.places.models import Division
from lianxin.record.services import write

T = TypeVar("T", bound=models.Model)


@transaction.atomic
def open_congress(
    *, name: str, level: str, division_code: str, by: Actor | None, at: datetime
) -> Congress:
    """A people's congress of a place. Raises Forbidden, or LevelRefused: a street has none."""
    rules.check_may_manage_deputies(by, division_code)
    street = Division.objects.filter(code=division_code, is_street=True).exists()
    rules.check_level_fits(level, division_code, is_street=street)
    congress = Congress.objects.create(name=name, level=level, division_code=division_code)
    return _noted("congress.congress.open", congress, division_code, by, at)


@transaction.atomic
def open_term(
    *,
    congress_id: UUID,
    number: int,
    from_date: date,
    until_date: date | None = None,
    by: Actor | None,
    at: datetime,
) -> Term:
    """A term (届) of a congress: five years, until the next one's first session (代表法 2)."""
    congress = Congress.objects.get(pk=congress_id)
    rules.check_may_manage_deputies(by, congress.division_code)
    rules.check_dates(from_date, until_date)
    term = Term.objects.create(
        congress=congress,
        number=number,
        from_date=from_date,
        until_date=until_date,
        division_code=congress.division_code,
    )
    return _noted("congress.term.open", term, term.division_code, by, at)


@transaction.atomic
def open_session(
    *,
    term_id: UUID,
    number: int,
    from_date: date,
    until_date: date | None = None,
    by: Actor | None,
    at: datetime,
) -> CongressSession:
    """A session (次会议) of a term."""
    term = Term.objects.get(pk=term_id)
    rules.check_may_manage_deputies(by, term.division_code)
    rules.check_dates(from_date, until_date)
    session = CongressSession.objects.create(
        term=term,
        number=number,
        from_date=from_date,
        until_date=until_date,
        division_code=term.division_code,
    )
    return _noted("congress.session.open", session, term.division_code, by, at)


@transaction.atomic
def open_delegation(*, term_id: UUID, name: str, by: Actor | None, at: datetime) -> Delegation:
    """A delegation (代表团) of a term."""
    term = Term.objects.get(pk=term_id)
    rules.check_may_manage_deputies(by, term.division_code)
    delegation = Delegation.objects.create(term=term, name=name, division_code=term.division_code)
    return _noted("congress.delegation.open", delegation, term.division_code, by, at)


def _noted(action: str, thing: T, division_code: str, by: Actor | None, at: datetime) -> T:
    write(action=action, by=by, at=at, division_code=division_code, subject=thing, data={})
    return thing
