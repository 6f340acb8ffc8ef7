"""The security administrator's people: their posts, their accounts, their ways in."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lianxin.congress import rules, services
from lianxin.congress.forms import NewPersonForm, PostForm, ReasonForm
from lianxin.congress.queries import staff as queries
from lianxin.congress.queries import today
from lianxin.congress.services import staff
from lianxin.kernel.clock import now
from lianxin.kernel.paging import keyset
from lianxin.people.enums import Ability
from lianxin.people.models import Person
from lianxin.people.queries import has_second_factor
from lianxin.people.rules import check_proven
from lianxin.web.forms import attempt
from lianxin.web.visitors import private, sent


@login_required
@never_cache
@require_GET
def people(request: HttpRequest) -> HttpResponse:
    """Everybody with a post or a seat in the administrator's places."""
    scopes = _scopes(request)
    search = request.GET.get("q", "")[:60]
    page = keyset(
        queries.people_in(scopes, search=search),
        order=("name", "id"),
        after=request.GET.get("after"),
        size=50,
    )
    context = {"page": page, "search": search, "workplace": "operation"}
    return render(request, "congress/people.html", context)


@login_required
@never_cache
def new_person(request: HttpRequest) -> HttpResponse:
    """Somebody new, with a first post and a link to set the password."""
    scopes = _scopes(request)
    check_proven(request.session, now())
    first = {"organ": request.GET.get("organ", "")}
    form = NewPersonForm(sent(request), scopes=scopes, initial=first)
    if form.is_valid():
        link = attempt(form, lambda: staff.take_on(by=request.actor, at=now(), **form.cleaned_data))
        if link:
            return _shown(request, link)
    context = {"form": form, "workplace": "operation"}
    return render(request, "congress/new_person.html", context)


@login_required
@never_cache
@require_GET
def person(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One of them: posts held, account, and what may be done."""
    return _page(request, _person(request, person_id))


@login_required
@never_cache
@require_POST
def give_post(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """One post more, here or elsewhere in the administrator's places."""
    found = _person(request, person_id)
    check_proven(request.session, now())
    form = PostForm(request.POST, scopes=_scopes(request))
    if form.is_valid():
        given = attempt(
            form,
            lambda: services.give_post(
                person_id=person_id, by=request.actor, at=now(), **form.cleaned_data
            ),
        )
        if given:
            messages.success(request, _("The post is given."))
            return redirect("congress:person", person_id)
    return _page(request, found, post_form=form)


@login_required
@require_POST
def withdraw_post(request: HttpRequest, person_id: UUID, post_id: UUID) -> HttpResponse:
    """A post ends at once."""
    _person(request, person_id)
    check_proven(request.session, now())
    post = queries.post_of(person_id, post_id)
    services.withdraw_post(post_id=post.pk, by=request.actor, at=now())
    messages.success(request, _("The post is withdrawn."))
    return redirect("congress:person", person_id)


@login_required
@never_cache
@require_POST
def password_link(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """A one-time link, shown this once."""
    _person(request, person_id)
    check_proven(request.session, now())
    return _shown(request, staff.make_link(person_id=person_id, by=request.actor, at=now()))


@login_required
@never_cache
@require_POST
def reset_factor(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """The second factor of somebody who has lost it is taken away, with a reason."""
    found = _person(request, person_id)
    check_proven(request.session, now())
    form = ReasonForm(request.POST)
    if form.is_valid():
        staff.reset_factor(
            person_id=person_id, reason=form.cleaned_data["reason"], by=request.actor, at=now()
        )
        messages.success(request, _("The second factor is reset; the person is told."))
        return redirect("congress:person", person_id)
    return _page(request, found, reason_form=form)


@login_required
@require_POST
def close_account(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """Nobody signs in with it any more."""
    _person(request, person_id)
    check_proven(request.session, now())
    staff.close_account(person_id=person_id, by=request.actor, at=now())
    messages.success(request, _("The account is closed."))
    return redirect("congress:person", person_id)


@login_required
@require_POST
def reopen_account(request: HttpRequest, person_id: UUID) -> HttpResponse:
    """It works again."""
    _person(request, person_id)
    check_proven(request.session, now())
    staff.reopen_account(person_id=person_id, by=request.actor, at=now())
    messages.success(request, _("The account is open again."))
    return redirect("congress:person", person_id)


def _scopes(request: HttpRequest) -> tuple[str, ...]:
    rules.check_may_keep_people(request.actor)
    return request.actor.scopes_with(Ability.PEOPLE_MANAGE)


def _person(request: HttpRequest, person_id: UUID) -> Person:
    return queries.person_in(_scopes(request), person_id)


def _page(request: HttpRequest, found: Person, **forms: Any) -> HttpResponse:
    scopes = _scopes(request)
    account = getattr(found, "account", None)
    context = {
        "person": found,
        "account": account,
        "has_second": account is not None and has_second_factor(account.pk),
        "posts": queries.posts_held(found.pk, scopes),
        "today": today(),
        "own": found.pk == request.actor.person_id,
        "may_keep": rules.may_keep_person(request.actor, queries.places_of(found.pk)),
        "post_form": PostForm(scopes=scopes, initial={"from_date": today()}),
        "reason_form": ReasonForm(),
        "workplace": "operation",
        **forms,
    }
    return render(request, "congress/person.html", context)


def _shown(request: HttpRequest, link: staff.Link) -> HttpResponse:
    path = reverse("people:password-link", args=[link.name, link.token])
    context = {
        "account": link.account,
        "address": settings.PUBLIC_URL + path,
        "days": settings.PASSWORD_RESET_TIMEOUT // 86400,
        "workplace": "operation",
    }
    return private(render(request, "congress/link.html", context))
