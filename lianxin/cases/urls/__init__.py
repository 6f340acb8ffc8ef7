"""Addresses of the cases app, a file per audience."""

from __future__ import annotations

from lianxin.cases.urls import deputy, desk, office, papers, resident, unit

app_name = "cases"

urlpatterns = [
    *resident.urlpatterns,
    *desk.urlpatterns,
    *unit.urlpatterns,
    *deputy.urlpatterns,
    *office.urlpatterns,
    *papers.urlpatterns,
]
