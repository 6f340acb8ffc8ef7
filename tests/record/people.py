"""Who acts in the tests of the journal, and files to upload."""

import io
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

import openpyxl
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image
from PIL.ExifTags import GPS, Base

from lianxin.kernel.ids import uuid7

AT = datetime(2026, 11, 22, 10, tzinfo=UTC)


@dataclass(frozen=True)
class Clerk:
    name: str = "站长"
    person_id: UUID = field(default_factory=uuid7)
    organ_id: UUID | None = field(default_factory=uuid7)


def photo(
    size=(1200, 900), kind="JPEG", *, mode="RGB", orientation=1, gps=False, **options
) -> bytes:
    """A picture, red on the left and blue on the right, so that turning shows."""
    image = Image.new(mode, size, "red" if mode != "I;16" else 30_000)
    if mode in ("RGB", "RGBA", "CMYK"):
        image.paste("blue", (size[0] // 2, 0, size[0], size[1]))
    exif = Image.Exif()
    exif[Base.Orientation] = orientation
    exif[Base.Make] = "PLANTED-CAMERA"
    if gps:
        exif[Base.GPSInfo] = {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: (23.0, 38.0, 7.0),
            GPS.GPSLongitudeRef: "E",
            GPS.GPSLongitude: (102.0, 49.0, 1.0),
        }
    out = io.BytesIO()
    if kind == "JPEG":
        options.setdefault("comment", b"PLANTED-COMMENT")
    image.save(out, kind, exif=exif, **options)
    return out.getvalue()


def upload(data: bytes, name: str = "照片.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data)


def sheet(*lines, name="名单.xlsx") -> SimpleUploadedFile:
    book = openpyxl.Workbook()
    for line in lines:
        book.active.append(line)
    out = io.BytesIO()
    book.save(out)
    return SimpleUploadedFile(name, out.getvalue())
