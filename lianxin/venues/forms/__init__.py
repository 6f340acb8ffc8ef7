"""Forms of venues: imports, what a venue's page tells, portraits."""

from lianxin.venues.forms.imports import ImportForm

__all__ = ["ImportForm"]
