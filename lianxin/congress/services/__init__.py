"""Verbs of the congress: organs, posts, absences, congresses, deputies, mandates."""

from lianxin.congress.services.absences import cancel_absence, set_absence
from lianxin.congress.services.congresses import (
    open_congress,
    open_delegation,
    open_session,
    open_term,
)
from lianxin.congress.services.deputies import register_deputy, update_deputy
from lianxin.congress.services.founding import appoint_first_administrator
from lianxin.congress.services.mandates import (
    end_mandate,
    open_mandate,
    restore_mandate,
    suspend_mandate,
)
from lianxin.congress.services.organs import close_organ, open_organ, open_organs, update_organ
from lianxin.congress.services.people_import import PeopleImporter
from lianxin.congress.services.posts import give_post, withdraw_post
from lianxin.congress.services.unit_import import UnitImporter

__all__ = [
    "PeopleImporter",
    "UnitImporter",
    "appoint_first_administrator",
    "cancel_absence",
    "close_organ",
    "end_mandate",
    "give_post",
    "open_congress",
    "open_delegation",
    "open_mandate",
    "open_organ",
    "open_organs",
    "open_session",
    "open_term",
    "register_deputy",
    "restore_mandate",
    "set_absence",
    "suspend_mandate",
    "update_deputy",
    "update_organ",
    "withdraw_post",
]
