"""What may be uploaded: pictures, made anew from their pixels; office documents, kept as they are."""

from __future__ import annotations

import hashlib
import io
import re
import unicodedata
import zipfile
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import Any

from django.core.files.base import File
from django.utils.translation import gettext_lazy as _

from lianxin.kernel.refused import Refused
from lianxin.record.enums import AttachmentKind, Scan
from lianxin.record.services.images import BrokenImageError, HugeImageError, renew
from lianxin.record.services.scanner import ScannerDownError, scan

MEGABYTE = 1024 * 1024
MOST_BYTES = 20 * MEGABYTE
MOST_UNPACKED = 200 * MEGABYTE
MOST_PARTS = 5000

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
EXTENSIONS = {"image/jpeg": "jpg", "application/pdf": "pdf", DOCX: "docx", XLSX: "xlsx"}
OFFICE_MAIN_PART = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}


class UploadRefused(Refused):
    """A file that is not taken, with a sentence that says why and what to do."""

    code = "upload"
    status = 422


@dataclass(frozen=True, slots=True)
class Prepared:
    """A file that was looked at and made safe: ready to be stored. No database is touched yet."""

    kind: AttachmentKind
    content_type: str
    name: str
    body: bytes
    preview: bytes = b""
    width: int | None = None
    height: int | None = None
    scan: Scan = Scan.OFF

    @property
    def extension(self) -> str:
        return EXTENSIONS[self.content_type]

    @property
    def sha256(self) -> bytes:
        return hashlib.sha256(self.body).digest()


def prepare(upload: File[Any]) -> Prepared:
    """Checks an uploaded file and makes a picture anew; takes up to a second for a large photo.

    Do it before the transaction. Raises UploadRefused: too large, of a kind that is not
    taken, broken, or too many pixels.
    """
    if (upload.size or 0) > MOST_BYTES:
        raise UploadRefused(_("This file is larger than 20 MB. Please choose a smaller one."))
    upload.seek(0)
    data = upload.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise UploadRefused(_("This file is larger than 20 MB. Please choose a smaller one."))
    if not data:
        raise UploadRefused(_("This file is empty. Please choose another one."))
    name = clean_name(upload.name or "")
    if _is_picture(data):
        prepared = _picture(data, name)
    else:
        prepared = Prepared(AttachmentKind.DOCUMENT, _document_type(data, name), name, data)
    return replace(prepared, scan=_scanned(prepared.body))


def _scanned(body: bytes) -> Scan:
    """Raises UploadRefused for what the scanner finds; a scanner that is down looks later."""
    try:
        verdict = scan(body)
    except ScannerDownError:
        return Scan.WAITING
    if verdict == Scan.FOUND:
        raise UploadRefused(_("The scanner found something harmful in this file; it is not taken."))
    return verdict


def clean_name(name: str) -> str:
    """The last part of a file name without control signs, at most 120 signs, its ending kept."""
    plain = unicodedata.normalize("NFC", name).replace("\\", "/")
    plain = "".join(c for c in plain if unicodedata.category(c)[0] != "C")
    path = PurePosixPath(re.sub(r'[<>:"|?*\s]+', " ", plain.rsplit("/", 1)[-1]).strip(" ."))
    return (path.stem[: 120 - len(path.suffix[:10])] + path.suffix[:10]) if path.name else ""


def _is_picture(data: bytes) -> bool:
    if data[4:8] == b"ftyp" and data[8:12] in {
        b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif",
    }:  # fmt: skip
        raise UploadRefused(
            _("This picture is in the HEIC format, which we cannot read."),
            hint=_(
                "On the phone choose Settings, Camera, Formats, Most compatible; or send a screenshot."
            ),
        )
    return data.startswith((b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")) or (
        data[:4] == b"RIFF" and data[8:12] == b"WEBP"
    )


def _picture(data: bytes, name: str) -> Prepared:
    try:
        image = renew(data)
    except HugeImageError:
        raise UploadRefused(
            _("This picture has too many pixels. Please send a smaller one.")
        ) from None
    except BrokenImageError:
        raise UploadRefused(
            _("This picture cannot be read: the file is damaged. Please take it again.")
        ) from None
    name = str(PurePosixPath(name or "1").with_suffix(".jpg"))
    return Prepared(
        AttachmentKind.IMAGE,
        "image/jpeg",
        name,
        image.full,
        image.preview,
        image.width,
        image.height,
    )


def _document_type(data: bytes, name: str) -> str:
    ending = PurePosixPath(name).suffix.lower()
    found = "application/pdf" if data.startswith(b"%PDF-") else _office_type(data)
    if found is None:
        raise UploadRefused(
            _(
                "Files of this kind are not taken. Photos (JPEG, PNG, WebP), PDF, Word (docx) and Excel (xlsx) are."
            )
        )
    if ending != f".{EXTENSIONS[found]}":
        raise UploadRefused(_("The name of this file does not fit what is in it."))
    return found


def _office_type(data: bytes) -> str | None:
    if not data.startswith(b"PK\x03\x04"):
        return None
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            parts = archive.infolist()
            names = {part.filename for part in parts}
            unpacked = sum(part.file_size for part in parts)
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError):
        raise UploadRefused(_("This document is damaged and cannot be opened.")) from None
    if unpacked > MOST_UNPACKED or len(parts) > MOST_PARTS:
        raise UploadRefused(_("This document unpacks to far too much. Please save it anew."))
    if any(one.lower().endswith(("vbaproject.bin", ".exe", ".js")) for one in names):
        raise UploadRefused(_("Documents with macros or programs inside are not taken."))
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for part, kind in OFFICE_MAIN_PART.items() if part in names), None)
