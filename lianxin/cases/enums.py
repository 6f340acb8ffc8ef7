"""The words of residents' cases (诉求), and the moves before and beside handling."""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

#: What a case's matter is called in handling, which knows nothing of cases.
MATTER_KIND = "case"


class CaseState(TextChoices):
    FILED = "filed", _("Waiting to be accepted")
    ASKED_BACK = "asked_back", _("Waiting for your reply")
    ACCEPTED = "accepted", _("Accepted")
    REFUSED = "refused", _("Not accepted, with reason")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    MERGED = "merged", _("Merged into another")


CASE_MOVES: dict[str, dict[str, str]] = {
    CaseState.FILED: {
        "accept": CaseState.ACCEPTED,
        "ask_back": CaseState.ASKED_BACK,
        "refuse": CaseState.REFUSED,
        "withdraw": CaseState.WITHDRAWN,
        "merge": CaseState.MERGED,
    },
    CaseState.ASKED_BACK: {
        "reply": CaseState.FILED,
        "accept": CaseState.ACCEPTED,
        "refuse": CaseState.REFUSED,
        "withdraw": CaseState.WITHDRAWN,
        "merge": CaseState.MERGED,
    },
    CaseState.ACCEPTED: {"withdraw": CaseState.WITHDRAWN, "merge": CaseState.MERGED},
    CaseState.REFUSED: {"object": CaseState.FILED},
    CaseState.WITHDRAWN: {},
    CaseState.MERGED: {},
}


class Channel(TextChoices):
    """How the matter reached us. Deadlines are alike for all."""

    WEB = "web", _("Web page")
    WALK_IN = "walk_in", _("Walk-in")
    PHONE = "phone", _("Phone call")
    LETTER = "letter", _("Letter")
    HOME_VISIT = "home_visit", _("Home visit")
    WECHAT = "wechat", _("WeChat")
    GRID = "grid", _("Grid worker")
    RECEPTION = "reception", _("Reception day")
    PLATFORM = "platform", _("Partner platform")


#: What a clerk registers at the desk for somebody else.
DESK_CHANNELS = (Channel.WALK_IN, Channel.PHONE, Channel.LETTER, Channel.HOME_VISIT)


class VoiceKind(TextChoices):
    FILED = "filed", _("Reported it")
    ME_TOO = "me_too", _("Has the same concern")


class QuestionKind(TextChoices):
    TEXT = "text", _("Words")
    NUMBER = "number", _("Number")
    DATE = "date", _("Day")
    CHOICE = "choice", _("One of several")
    YES_NO = "yes_no", _("Yes or no")


class MessageKind(TextChoices):
    ASK_BACK = "ask_back", _("Question to the resident")
    REPLY = "reply", _("Reply of the resident")
    SUPPLEMENT = "supplement", _("Added by the resident")
    URGE = "urge", _("The resident asks to hurry")
    OBJECTION = "objection", _("Objection to the refusal")


class LinkKind(TextChoices):
    RELATED = "related", _("Belongs together")
    SPLIT = "split", _("Split off")


class PublicationState(TextChoices):
    PUBLISHED = "published", _("Published")
    WITHDRAWN = "withdrawn", _("Taken back")


class DataWish(TextChoices):
    """What a resident can ask of what is kept (个人信息保护法 45, 47)."""

    ERASE = "erase", _("erase it")
    EXPORT = "export", _("hand it out")


class WishState(TextChoices):
    ASKED = "asked", _("waits for a second person")
    WAITING = "waiting", _("waits for the end of the matter")
    DONE = "done", _("done")
    REFUSED = "refused", _("refused")
    DROPPED = "dropped", _("taken back")


WISH_MOVES: dict[str, dict[str, str]] = {
    WishState.ASKED: {
        "grant": WishState.DONE,
        "put_off": WishState.WAITING,
        "refuse": WishState.REFUSED,
    },
    WishState.WAITING: {"fulfil": WishState.DONE, "drop": WishState.DROPPED},
    WishState.DONE: {},
    WishState.REFUSED: {},
    WishState.DROPPED: {},
}

PUBLICATION_MOVES: dict[str, dict[str, str]] = {
    PublicationState.PUBLISHED: {"take_back": PublicationState.WITHDRAWN},
    PublicationState.WITHDRAWN: {"publish": PublicationState.PUBLISHED},
}
