"""The two groups of operations: for everybody, and for staff."""

from django.utils.translation import gettext_lazy as _

from lianxin.web.rest.doors import Doors

open_doors = Doors(_("Residents' matters"))
staff_doors = Doors(_("Work of staff"))
