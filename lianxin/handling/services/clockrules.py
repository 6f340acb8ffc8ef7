"""Rules of the clocks and classes of answers as rows: the project's defaults, and new versions."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lianxin.congress.models import Actor
from lianxin.handling.enums import ClockPurpose as P
from lianxin.handling.enums import ClockUnit as Unit
from lianxin.handling.enums import Outcome, Urgency
from lianxin.handling.events import ClockRulesChanged
from lianxin.handling.models import AnswerClass, ClockRule
from lianxin.kernel import bus
from lianxin.kernel.refused import Forbidden, Refused
from lianxin.record import services as record

#: No source of Yunnan gives these numbers: they are the project's choice, and say so wherever shown.
OWN_CHOICE = "project default"
SINCE = date(2000, 1, 1)

#: (purpose, urgency, amount, unit). Warned at 80 %.
DEFAULTS: tuple[tuple[str, str, int, str], ...] = (
    (P.SCREEN, "", 2, Unit.WORKING_DAYS),
    (P.SCREEN, Urgency.URGENT, 24, Unit.HOURS),
    (P.OWED, "", 15, Unit.WORKING_DAYS),
    (P.OWED, Urgency.URGENT, 3, Unit.WORKING_DAYS),
    (P.OWED, Urgency.CONSULT, 5, Unit.WORKING_DAYS),
    (P.OWED, Urgency.COMPLEX, 25, Unit.WORKING_DAYS),
    (P.SIGN, "", 2, Unit.WORKING_DAYS),
    (P.SIGN, Urgency.URGENT, 4, Unit.WORKING_HOURS),
    (P.RETURN, "", 2, Unit.WORKING_DAYS),
    (P.ANSWER, "", 10, Unit.WORKING_DAYS),
    (P.ANSWER, Urgency.URGENT, 24, Unit.HOURS),
    (P.ANSWER, Urgency.CONSULT, 3, Unit.WORKING_DAYS),
    (P.ANSWER, Urgency.COMPLEX, 15, Unit.WORKING_DAYS),
    (P.ASSIST, "", 7, Unit.WORKING_DAYS),
    (P.ASSIST, Urgency.URGENT, 24, Unit.HOURS),
    (P.ASSIST, Urgency.CONSULT, 2, Unit.WORKING_DAYS),
    (P.TRIAGE, "", 5, Unit.WORKING_DAYS),
    (P.TRIAGE, Urgency.URGENT, 24, Unit.HOURS),
    (P.SUPERVISE, "", 5, Unit.WORKING_DAYS),
    (P.REWORK, "", 5, Unit.WORKING_DAYS),
    (P.EXTENSION, "", 10, Unit.WORKING_DAYS),
    (P.SILENCE, "", 15, Unit.WORKING_DAYS),
    (P.REOPEN, "", 60, Unit.DAYS),
    (P.FOLLOW_UP, "", 28, Unit.DAYS),
    (P.ESCALATE, "", 3, Unit.WORKING_DAYS),
)

#: The common local letters (domain 2.3): places edit their own rows.
CLASSES = (
    ("A", Outcome.SOLVED),
    ("B", Outcome.PLANNED),
    ("C", Outcome.NOTED),
    ("D", Outcome.UPWARD),
)


def ensure_defaults() -> None:
    """Put the defaults in where no row of that scope exists. Repeatable; runs after migrations."""
    for purpose, urgency, amount, unit in DEFAULTS:
        ClockRule.objects.get_or_create(
            division_code="",
            matter_kind="",
            urgency=urgency,
            purpose=purpose,
            effective_from=SINCE,
            defaults={"amount": amount, "unit": unit, "source": OWN_CHOICE},
        )
    for sort, (code, outcome) in enumerate(CLASSES):
        AnswerClass.objects.get_or_create(
            division_code="", code=code, defaults={"outcome": outcome, "sort": sort}
        )


@transaction.atomic
def set_rule(
    *,
    division_code: str,
    matter_kind: str,
    urgency: str,
    purpose: str,
    amount: int,
    unit: str,
    warn_percent: int,
    effective_from: date,
    source: str,
    by: Actor,
    at: datetime,
) -> ClockRule:
    """Add a version of a rule from its date of effect; older clocks keep the version they began with.

    Effects: rule row; journal; announcement ClockRulesChanged (open clocks are settled again).
    """
    if not by.can_in("rule.manage", division_code):
        raise Forbidden
    if not source.strip():
        raise Refused(_("Please name the source of the number."), "source_missing", status=422)
    scope = {
        "division_code": division_code,
        "matter_kind": matter_kind,
        "urgency": urgency,
        "purpose": purpose,
        "effective_from": effective_from,
    }
    if ClockRule.objects.filter(**scope).exists():
        raise Refused(
            _("There is a rule from that day already; choose a later date."), "rule_exists"
        )
    rule = ClockRule.objects.create(
        **scope,
        amount=amount,
        unit=unit,
        warn_percent=warn_percent,
        source=source,
        set_at=at,
        set_by_id=by.person_id,
    )
    _note(rule, by=by, at=at)
    return rule


def _note(rule: ClockRule, *, by: Actor, at: datetime) -> None:
    record.write(
        action="handling.rule.set",
        by=by,
        at=at,
        division_code=rule.division_code,
        subject=rule,
        data={"purpose": rule.purpose, "amount": rule.amount, "unit": rule.unit},
    )
    bus.announce(
        ClockRulesChanged(division_code=rule.division_code, at=at),
        key=rule.pk,
        division_code=rule.division_code,
    )
