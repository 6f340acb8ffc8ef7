"""The built-in roles as rows."""

from __future__ import annotations

from lianxin.people.enums import ROLES
from lianxin.people.models import Role


def ensure_roles(*, using: str = "default") -> list[Role]:
    """Makes the built-in roles, and gives them today's abilities; own roles are left alone.

    Runs after every migrate. Abilities of built-in roles belong to the version of the product:
    an installation that needs others adds a role of its own.
    """
    kept = {role.code: role for role in Role.objects.using(using).filter(code__in=list(ROLES))}
    for sort, (code, grant) in enumerate(ROLES.items()):
        abilities = [str(ability) for ability in grant.abilities]
        role = kept.get(code) or Role(code=code)
        if code not in kept or (role.abilities, role.sort) != (abilities, sort):
            role.abilities, role.sort = abilities, sort
            role.save(using=using)
            kept[code] = role
    return [kept[code] for code in ROLES]
