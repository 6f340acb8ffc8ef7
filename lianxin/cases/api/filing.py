"""Filing without an account: photos first, then the matter, once per Idempotency-Key."""

from __future__ import annotations

from typing import Any, Protocol

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from ninja import File
from ninja.files import UploadedFile
from pydantic import Field

from lianxin.cases.api.doors import open_doors
from lianxin.cases.forms.resident_draft import FilingDraft, Values
from lianxin.cases.forms.resident_filing import MOST_PHOTOS, MOST_WORDS
from lianxin.cases.forms.resident_steps import Filing
from lianxin.cases.services import residents
from lianxin.cases.services.filing import Receipt
from lianxin.kernel.board_codes import normalise_board_code
from lianxin.kernel.clock import now
from lianxin.web.rest.fields import IdempotencyKey, Place, Puzzle
from lianxin.web.rest.problems import Unfit, of_form
from lianxin.web.rest.schemas import Said, Shown
from lianxin.web.visitors import sender_of


class ReceiptShown(Shown):
    number: str
    code: str = Field(description="opens the matter; it is shown this once and kept nowhere")
    address: str = Field(description="the page on which the matter is followed")


class PhotoShown(Shown):
    token: str


class PositionSaid(Said):
    """WGS-84 degrees."""

    latitude: float = Field(ge=-90, le=90)
    longitude: float = Field(ge=-180, le=180)


class FilingSaid(Said):
    words: str = Field(min_length=1, max_length=MOST_WORDS, description="the resident's own words")
    division: Place = Field(description="county, township or village")
    category: str = Field("", max_length=40)
    venue: str = Field("", max_length=40, description="code on the board, to address a venue")
    deputy: str = Field("", max_length=40, description="code on the board, to address a deputy")
    address: str = Field("", max_length=200)
    position: PositionSaid | None = None
    answers: dict[str, str] = Field(
        default_factory=dict,
        max_length=40,
        description="to the category's questions, by their code",
    )
    photos: list[str] = Field(default_factory=list, max_length=MOST_PHOTOS)
    name: str = Field("", max_length=60)
    phone: str = Field("", max_length=40)
    consents: bool = Field(False, description="that name and phone are kept for this matter")
    consents_to_sensitive: bool = Field(
        False, description="needed where health and the like is said"
    )
    may_publish: bool = Field(False, description="the result, with everything personal taken out")
    altcha: Puzzle = ""


class _Contact(Protocol):
    name: str
    phone: str
    consents: bool


#: Names of form fields → names in the body.
NAMES = {
    "photo": "photos",
    "lat": "position.latitude",
    "lng": "position.longitude",
    "sensitive": "consents_to_sensitive",
}


@open_doors.act("/photos", PhotoShown, _("Take a photo before the matter is filed"), status=201)
def photo(request: HttpRequest, upload: File[UploadedFile]) -> PhotoShown:
    row = residents.stage_photo(upload=upload, sender=sender_of(request), at=now())
    return PhotoShown(token=row.token)  # type: ignore[attr-defined]


@open_doors.act("/filings", ReceiptShown, _("File a matter"), status=201)
def file_matter(request: HttpRequest, said: FilingSaid, key: IdempotencyKey) -> ReceiptShown:
    filing, at = Filing(_draft(said, key)), now()
    _check_addressed(said, filing)
    if filing.faulty:
        names = NAMES | {f"q_{code}": f"answers.{code}" for code in said.answers}
        raise of_form(filing.checked[filing.faulty], names)
    receipt = residents.file_case(
        draft=filing.as_case(at), key=key, sender=sender_of(request), at=at, answer=said.altcha
    )
    return receipt_shown(receipt)


def receipt_shown(receipt: Receipt) -> ReceiptShown:
    address = settings.PUBLIC_URL + reverse("cases:track", args=[receipt.code])
    return ReceiptShown(number=receipt.number, code=receipt.code, address=address)


def contact_of(said: _Contact) -> dict[str, Any]:
    """Name, phone and consent as a form sends them."""
    return {"name": said.name, "phone": said.phone, "consents": "on" if said.consents else ""}


def _draft(said: FilingSaid, key: str) -> FilingDraft:
    """The draft of the pages, so that the same is checked in the same way."""
    where: Values = {
        "division_code": [said.division],
        "division": [""],
        "address": [said.address],
        **{f"q_{code}": [answer] for code, answer in said.answers.items()},
    }
    if said.position:
        where |= {"lat": [repr(said.position.latitude)], "lng": [repr(said.position.longitude)]}
    contact = {**contact_of(said), "sensitive": "on" if said.consents_to_sensitive else ""}
    contact["may_publish"] = "on" if said.may_publish else ""
    return FilingDraft(
        key=key,
        venue=normalise_board_code(said.venue) or "",
        deputy=normalise_board_code(said.deputy) or "",
        values={
            "what": {"words": [said.words], "category": [said.category], "photo": said.photos},
            "where": where,
            "contact": {name: [value] for name, value in contact.items() if value},
        },
    )


def _check_addressed(said: FilingSaid, filing: Filing) -> None:
    """Whom it is addressed to must be there: a program's mistake is not passed over in silence."""
    found = {"venue": filing.addressed.venue, "deputy": filing.addressed.deputy}
    missing = [name for name, one in found.items() if getattr(said, name) and one is None]
    if missing:
        raise Unfit(("body", name, gettext("Nobody here has this code.")) for name in missing)
