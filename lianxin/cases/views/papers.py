"""Papers: the ledger on screen, in print and as xlsx; the slips of the four dispatches as docx."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lianxin.cases.forms.papers import PeriodForm
from lianxin.cases.queries import ledger, slips
from lianxin.cases.views import documents
from lianxin.cases.views.case_base import actor_of, shell_of
from lianxin.handling.queries.matters import dispatches_visible_to
from lianxin.kernel import clock
from lianxin.kernel.paging import keyset
from lianxin.record import services as record
from lianxin.venues.models import Venue

PAGE = 30


def _ledger(request: HttpRequest, venue_id: UUID) -> tuple[Venue, PeriodForm, dict[str, Any]]:
    venue = get_object_or_404(ledger.venues_with_ledger(request.actor), pk=venue_id)
    form = PeriodForm.of(request.GET)
    context = {"venue": venue, "form": form, **shell_of(actor_of(request))}
    return venue, form, context


@login_required
@require_safe
def ledgers(request: HttpRequest) -> HttpResponse:
    """The venues whose ledger the person may read."""
    page = keyset(
        ledger.venues_with_ledger(request.actor),
        order=("division_code", "name", "id"),
        after=request.GET.get("after"),
    )
    context = {"page": page, **shell_of(actor_of(request))}
    return render(request, "cases/papers/ledgers.html", context)


@login_required
@require_safe
def ledger_page(request: HttpRequest, venue_id: UUID) -> HttpResponse:
    venue, form, context = _ledger(request, venue_id)
    page = keyset(
        ledger.cases_of(venue, form.period()),
        order=("filed_at", "id"),
        after=request.GET.get("after"),
        size=PAGE,
    )
    context |= {"page": page, "rows": list(ledger.rows(page.items))}
    return render(request, "cases/papers/ledger.html", context)


@login_required
@require_safe
def ledger_print(request: HttpRequest, venue_id: UUID) -> HttpResponse:
    venue, form, context = _ledger(request, venue_id)
    cases = ledger.cases_of(venue, form.period())[: documents.MOST_PRINTED]
    context |= {"rows": list(ledger.rows(cases)), "period": form.period()}
    return render(request, "cases/papers/ledger_print.html", context)


@login_required
@require_safe
def ledger_xlsx(request: HttpRequest, venue_id: UUID) -> FileResponse:
    venue, form, _context = _ledger(request, venue_id)
    period = form.period()
    record.write(
        action="cases.ledger.exported",
        by=request.actor,
        at=clock.now(),
        division_code=venue.division_code,
        subject=venue,
        data={"since": str(period.since), "until": str(period.until)},
    )
    book = documents.ledger_book(venue, period)
    name = f"{venue.name} {_('Ledger')} {period.since} {period.until}.xlsx"
    return FileResponse(book, as_attachment=True, filename=name)


@login_required
@require_safe
def ledger_proof(request: HttpRequest, venue_id: UUID) -> FileResponse:
    """Everything ever written about the venue's matters, to be checked by lianxin-verify off-line."""
    venue = get_object_or_404(ledger.venues_with_ledger(request.actor), pk=venue_id)
    record.write(
        action="cases.ledger.proof_exported",
        by=request.actor,
        at=clock.now(),
        division_code=venue.division_code,
        subject=venue,
    )
    return FileResponse(
        documents.ledger_proof(venue),
        as_attachment=True,
        filename=f"{venue.name} {clock.local_date(clock.now())}.ledger",
        content_type="application/jsonl",
    )


@login_required
@require_safe
def slip(request: HttpRequest, dispatch_id: UUID) -> HttpResponse:
    """The slip of a dispatch on screen and in print."""
    dispatch = get_object_or_404(
        slips.with_all(dispatches_visible_to(request.actor)), pk=dispatch_id
    )
    return render(request, "cases/papers/slip.html", {"slip": slips.of(dispatch)})


@login_required
@require_safe
def slip_docx(request: HttpRequest, dispatch_id: UUID) -> FileResponse:
    dispatch = get_object_or_404(
        slips.with_all(dispatches_visible_to(request.actor)), pk=dispatch_id
    )
    made = slips.of(dispatch)
    return FileResponse(
        documents.slip_document(made),
        as_attachment=True,
        filename=f"{made.title} {made.number}.docx",
    )
