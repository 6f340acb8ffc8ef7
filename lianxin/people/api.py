"""The API of people: who one is, and what one may do."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from pydantic import Field

from lianxin.people.enums import AccessScope
from lianxin.web.rest.doors import Doors
from lianxin.web.rest.fields import Moment, one_of
from lianxin.web.rest.schemas import Shown

staff_doors = Doors(_("Work of staff"))


class PostShown(Shown):
    role: str
    organ: str
    division: str
    abilities: list[str]


class MeShown(Shown):
    name: str
    is_deputy: bool
    scope: str = Field(json_schema_extra=one_of(AccessScope))
    expires_at: Moment
    posts: list[PostShown]


@staff_doors.read("/me", MeShown, _("Whose key this is, and what it may do"))
def me(request: HttpRequest) -> MeShown:
    actor, key = request.actor, request.access_key
    return MeShown(
        name=actor.name,
        is_deputy=actor.deputy_id is not None,
        scope=key.scope,
        expires_at=key.expires_at,
        posts=[
            PostShown(
                role=post.role,
                organ=post.organ_name,
                division=post.division_code,
                abilities=sorted(post.abilities),
            )
            for post in actor.posts
        ],
    )
