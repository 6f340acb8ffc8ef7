"""The one way to say no: an exception with a sentence fit for the person who asked."""

from typing import Any

from django.utils.translation import gettext_lazy as _


class Refused(Exception):  # noqa: N818  (it is an answer, not a mistake)
    """A request that the rules do not allow now. The web layer turns it into a page.

    `message` and `hint` are shown to the person (lazy translations), `code` is for
    programs, `status` is the HTTP status, `retry_after` the seconds to wait, if any,
    `leads_to` the name of the page where a person supplies what is missing.
    A subclass may set all of them as class attributes.
    """

    message: Any = _("This is not possible now.")
    code: str = "refused"
    status: int = 409
    hint: Any = ""
    retry_after: int | None = None
    leads_to: str = ""

    def __init__(
        self,
        message: Any = None,
        code: str | None = None,
        *,
        status: int | None = None,
        hint: Any = None,
        retry_after: int | None = None,
    ) -> None:
        for name, value in (
            ("message", message),
            ("code", code),
            ("status", status),
            ("hint", hint),
            ("retry_after", retry_after),
        ):
            if value is not None:
                setattr(self, name, value)
        super().__init__(self.message)

    def __str__(self) -> str:
        return str(self.message)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code}, {self.status})"


class Forbidden(Refused):
    """The thing is there, this person may not do that to it."""

    message = _("You are not allowed to do this.")
    code = "forbidden"
    status = 403


class Absent(Refused):
    """Not there, or not for this person's eyes: the two look the same."""

    message = _("There is nothing here, or it is not meant for you.")
    code = "absent"
    status = 404


class TooMany(Refused):
    """A limit is reached; `retry_after` says for how many seconds."""

    message = _("Too many attempts. Please wait a moment and try again.")
    code = "too_many"
    status = 429


class IllegalMove(Refused):
    """The state does not know this action (any more): somebody else was faster, usually."""

    message = _("This step is no longer possible: things have moved on meanwhile.")
    code = "illegal_move"
    hint = _("Open the page again to see how things stand.")

    def __init__(self, state: str, action: str) -> None:
        super().__init__()
        self.state, self.action = str(state), str(action)

    def __repr__(self) -> str:
        return f"IllegalMove({self.action!r} in {self.state!r})"
