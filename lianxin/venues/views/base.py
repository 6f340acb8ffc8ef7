"""What the staff pages of venues have in common."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from lianxin.congress.models import Actor
from lianxin.people.enums import Ability


class StaffRequest(HttpRequest):
    """A request of somebody signed in."""

    actor: Actor


def shell_of(actor: Actor) -> dict[str, Any]:
    """In which workplace the actor reads: the own desk, or an office's."""
    at_desk = any(
        Ability.VENUE_SEE in post.abilities and post.organ_kind == "venue_desk"
        for post in actor.posts
    )
    return {"workplace": "desk" if at_desk else "office"}
