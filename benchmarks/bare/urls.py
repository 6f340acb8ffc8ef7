"""The rows of a filing per request; one template with one query."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path

from benchmarks.bare.limit import write
from benchmarks.bare.models import Line
from lianxin.kernel.ids import uuid7

ROWS = 30


def form(request: HttpRequest) -> HttpResponse:
    """A form with its token."""
    return render(request, "bare/form.html")


def limit(request: HttpRequest) -> HttpResponse:
    """What a filing sends, and the rows of a filing, without anything in between."""
    assert request.POST["draft"]
    write()
    return redirect("line", uuid7())


def page(request: HttpRequest) -> HttpResponse:
    """The newest thirty rows in a plain table."""
    return render(request, "bare/page.html", {"lines": Line.objects.order_by("-at")[:ROWS]})


urlpatterns = [
    path("file/", form, name="form"),
    path("track/", form),
    path("file/send/", limit),
    path("page/", page, name="page"),
    path("line/<uuid:pk>/", page, name="line"),
]
