"""Reads of the congress: who acts, which organs there are, who is a deputy now."""

from lianxin.congress.queries.actors import (
    absences_of,
    actor_for,
    actor_of,
    colleagues_of,
    holds_post,
    people_of,
    posts_of,
    stand_ins_of,
)
from lianxin.congress.queries.deputies import (
    DeputyCard,
    MandateLine,
    cards_asked,
    cards_of,
    deputies_of,
    deputy_by_code,
    deputy_in_force,
)
from lianxin.congress.queries.organs import (
    organ_table,
    organs_in,
    path_codes,
    posts_of_organ,
    supervisor_of,
    units_for,
)
from lianxin.congress.queries.periods import in_force, today, within_any

__all__ = [
    "DeputyCard",
    "MandateLine",
    "absences_of",
    "actor_for",
    "actor_of",
    "cards_asked",
    "cards_of",
    "colleagues_of",
    "deputies_of",
    "deputy_by_code",
    "deputy_in_force",
    "holds_post",
    "in_force",
    "organ_table",
    "organs_in",
    "path_codes",
    "people_of",
    "posts_of",
    "posts_of_organ",
    "stand_ins_of",
    "supervisor_of",
    "today",
    "units_for",
    "within_any",
]
