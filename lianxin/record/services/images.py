"""Pictures made anew from their pixels alone."""

from __future__ import annotations

import io
import struct
from dataclasses import dataclass

from PIL import Image

LONG_SIDE = 2048
PREVIEW_SIDE = 480
# A plain JPEG is decoded at a fraction of its size; everything else is unpacked whole.
MOST_PIXELS_SCALED = 220_000_000
MOST_PIXELS = 25_000_000

# Our own limits are lower; Pillow's would only warn.
Image.MAX_IMAGE_PIXELS = MOST_PIXELS_SCALED


class BrokenImageError(ValueError):
    """No picture, or a damaged one."""


class HugeImageError(ValueError):
    """More pixels than we unpack."""


@dataclass(frozen=True, slots=True)
class Renewed:
    """JPEG bytes of the picture and of its preview; size in pixels of the picture."""

    full: bytes
    preview: bytes
    width: int
    height: int


def renew(data: bytes) -> Renewed:
    """Decodes, turns upright, shrinks to 2048 pixels and encodes again, without anything besides pixels.

    The preview has at most 480 pixels. Raises BrokenImageError or HugeImageError.
    """
    try:
        picture = _decode(data)
        width, height = picture.size
        full = _jpeg(picture, 85)
        picture.thumbnail((PREVIEW_SIDE, PREVIEW_SIDE), Image.Resampling.LANCZOS)
        return Renewed(full, _jpeg(picture, 80), width, height)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise HugeImageError from None
    except (
        OSError,
        ValueError,
        SyntaxError,
        EOFError,
        IndexError,
        TypeError,
        struct.error,
    ) as error:
        if isinstance(error, HugeImageError):
            raise
        raise BrokenImageError from error


def _decode(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "WEBP")) as source:
        pixels = source.width * source.height
        scaled = source.format == "JPEG" and not source.info.get("progressive")
        if pixels > (MOST_PIXELS_SCALED if scaled else MOST_PIXELS):
            raise HugeImageError
        if source.format == "JPEG":
            source.draft("RGB", (LONG_SIDE, LONG_SIDE))
        source.load()
        orientation = source.getexif().get(0x0112, 1)
        picture = _flat(source)
    picture.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS, reducing_gap=3.0)
    picture.info = {}
    picture.getexif().clear()
    return _upright(picture, orientation)


def _flat(source: Image.Image) -> Image.Image:
    """RGB; what was transparent becomes white."""
    if source.mode in ("RGBA", "LA", "PA") or "transparency" in source.info:
        layered = source.convert("RGBA")
        ground = Image.new("RGB", layered.size, "white")
        ground.paste(layered, mask=layered.getchannel("A"))
        return ground
    if source.mode.startswith("I;16") or source.mode == "I":
        return source.point(lambda value: value / 257).convert("L").convert("RGB")
    return source.convert("RGB") if source.mode != "RGB" else source.copy()


def _upright(picture: Image.Image, orientation: object) -> Image.Image:
    turns = {
        2: Image.Transpose.FLIP_LEFT_RIGHT,
        3: Image.Transpose.ROTATE_180,
        4: Image.Transpose.FLIP_TOP_BOTTOM,
        5: Image.Transpose.TRANSPOSE,
        6: Image.Transpose.ROTATE_270,
        7: Image.Transpose.TRANSVERSE,
        8: Image.Transpose.ROTATE_90,
    }
    turn = turns.get(orientation) if isinstance(orientation, int) else None
    return picture.transpose(turn) if turn is not None else picture


def _jpeg(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=quality, optimize=True, progressive=True)
    return out.getvalue()
