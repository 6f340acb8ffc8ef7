"""Addresses of ledgers and slips."""

from __future__ import annotations

from django.urls import path

from lianxin.cases.views import papers

urlpatterns = [
    path("ledgers/", papers.ledgers, name="ledgers"),
    path("ledgers/<uuid:venue_id>/", papers.ledger_page, name="ledger"),
    path("ledgers/<uuid:venue_id>/print/", papers.ledger_print, name="ledger-print"),
    path("ledgers/<uuid:venue_id>/xlsx/", papers.ledger_xlsx, name="ledger-xlsx"),
    path("ledgers/<uuid:venue_id>/proof/", papers.ledger_proof, name="ledger-proof"),
    path("slips/<uuid:dispatch_id>/", papers.slip, name="slip"),
    path("slips/<uuid:dispatch_id>/docx/", papers.slip_docx, name="slip-docx"),
]
