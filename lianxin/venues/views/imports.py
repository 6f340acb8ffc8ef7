"""Tables of people, units, venues and grids: upload, look through, take over or discard."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lianxin.kernel.clock import now
from lianxin.record.services import imports
from lianxin.venues import queries, rules
from lianxin.venues.forms import ImportForm
from lianxin.venues.services import long_imports
from lianxin.web.forms import attempt

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@login_required
@never_cache
@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """What can be imported, and what I imported lately."""
    rules.check_may_import(request.actor)
    context = {
        "kinds": queries.import_kinds(),
        "batches": queries.batches_of(request.actor.person_id)[:30],
        "workplace": "operation",
    }
    return render(request, "venues/imports.html", context)


@login_required
@never_cache
def upload(request: HttpRequest, kind: str) -> HttpResponse:
    """Reads a table and keeps it for looking through; nothing else is written."""
    rules.check_may_import(request.actor)
    importer = imports.importer_of(kind)
    form = ImportForm(request.POST or None, request.FILES or None)
    if form.is_valid():
        actor = request.actor
        batch = attempt(
            form,
            lambda: imports.preview(
                kind,
                form.cleaned_data["table"],
                actor,
                now(),
                division_code=queries.scope_of(actor),
            ),
        )
        if batch:
            return redirect("venues:import-batch", batch_id=batch.pk)
    context = {"form": form, "kind": kind, "importer": importer, "workplace": "operation"}
    return render(request, "venues/import_upload.html", context)


@login_required
@require_GET
def template(request: HttpRequest, kind: str) -> HttpResponse:
    """An empty table to fill in."""
    rules.check_may_import(request.actor)
    book = imports.template_workbook(imports.importer_of(kind))
    name = f'attachment; filename="lianxin-{kind}.xlsx"'
    return HttpResponse(book, content_type=XLSX, headers={"Content-Disposition": name})


@login_required
@never_cache
@require_GET
def batch(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """The rows as they were read, the refused ones first with their reasons."""
    rules.check_may_import(request.actor)
    page = queries.batch_page(
        batch_id,
        request.actor.person_id,
        only=request.GET.get("show", ""),
        after=request.GET.get("after"),
    )
    context = {"page": page, "batch": page.batch, "workplace": "operation"}
    if page.is_open and long_imports.is_long(page.batch):
        context["under_way"] = long_imports.is_under_way(batch_id)
    return render(request, "venues/import_batch.html", context)


@login_required
@require_POST
def apply(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Takes the whole table over."""
    rules.check_may_import(request.actor)
    mine = queries.own_batch(batch_id, request.actor.person_id)
    if long_imports.is_long(mine) and not mine.refused_count:
        long_imports.ask(batch_id=mine.pk, by=request.actor, at=now())
        return redirect("venues:import-batch", batch_id=mine.pk)
    done = imports.apply(mine.pk, request.actor, now())
    words = ngettext(
        "The table is taken over: %(number)s row is new or changed.",
        "The table is taken over: %(number)s rows are new or changed.",
        done.applied_count,
    )
    messages.success(request, words % {"number": done.applied_count})
    return redirect("venues:imports")


@login_required
@require_POST
def discard(request: HttpRequest, batch_id: UUID) -> HttpResponse:
    """Throws the table away."""
    rules.check_may_import(request.actor)
    mine = queries.own_batch(batch_id, request.actor.person_id)
    imports.discard(mine.pk, request.actor, now())
    messages.success(request, _("The table is discarded; nothing was changed."))
    return redirect("venues:imports")
