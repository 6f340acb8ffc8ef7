import io
import struct
import subprocess
import sys
import zipfile
import zlib
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from lianxin.record.enums import AttachmentKind
from lianxin.record.services import UploadRefused, prepare
from lianxin.record.services.uploads import DOCX, MOST_BYTES, clean_name
from tests.record.people import photo, upload


def opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as image:
        image.load()
        return image


def refused(data: bytes, name: str) -> str:
    with pytest.raises(UploadRefused) as caught:
        prepare(upload(data, name))
    assert caught.value.status == 422
    return str(caught.value)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_made_anew_without_place_and_camera(kind):
    data = photo(kind=kind, gps=True)
    assert b"PLANTED-CAMERA" in data
    made = prepare(upload(data, "我家.HEIC.png"))
    assert made.kind == AttachmentKind.IMAGE
    assert (made.content_type, made.extension, made.name) == ("image/jpeg", "jpg", "我家.HEIC.jpg")
    for part in (made.body, made.preview):
        image = opened(part)
        assert image.format == "JPEG"
        assert not image.getexif()
        assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density",
                                   "progressive", "progression"}  # fmt: skip
        for planted in (b"PLANTED", b"Exif", b"GPS"):
            assert planted not in part
    assert max(opened(made.preview).size) == 480


def test_a_large_picture_is_shrunk():
    made = prepare(upload(photo((6000, 3000))))
    assert opened(made.body).size == (made.width, made.height) == (2048, 1024)
    assert opened(made.preview).size == (480, 240)
    small = prepare(upload(photo((300, 200))))
    assert opened(small.body).size == opened(small.preview).size == (300, 200)


@pytest.mark.parametrize(
    ("orientation", "size", "red_at"),
    [
        (1, (400, 200), (10, 100)),
        (3, (400, 200), (390, 100)),
        (6, (200, 400), (100, 10)),
        (8, (200, 400), (100, 390)),
        (2, (400, 200), (390, 100)),
        (99, (400, 200), (10, 100)),
    ],
)
def test_a_picture_is_turned_upright(orientation, size, red_at):
    image = opened(prepare(upload(photo((400, 200), orientation=orientation))).body)
    assert image.size == size
    red, _green, blue = image.getpixel(red_at)
    assert red > 200 > 60 > blue


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "LA", "1", "I;16"])
def test_all_kinds_of_png(mode):
    made = prepare(upload(photo((64, 48), "PNG", mode=mode), "x.png"))
    assert opened(made.body).mode == "RGB"


def test_transparent_becomes_white():
    image = Image.new("RGBA", (64, 64), (0, 0, 0, 0))
    out = io.BytesIO()
    image.save(out, "PNG")
    made = prepare(upload(out.getvalue(), "x.png"))
    assert min(opened(made.body).getpixel((32, 32))) > 250


def test_cmyk_is_readable():
    assert opened(prepare(upload(photo((64, 48), mode="CMYK"))).body).mode == "RGB"


def test_what_is_behind_the_pixels_is_gone():
    """Polyglots: a picture that is a page, a script or an archive as well."""
    html = b"<script>alert(1)</script><?php system($_GET[0]); ?>"
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as out:
        out.writestr("evil.html", html)
    for tail in (html, archive.getvalue()):
        made = prepare(upload(photo() + tail, "a.php.jpg"))
        assert html[:20] not in made.body
        assert b"PK\x03\x04" not in made.body
    commented = photo(comment=html)
    assert html in commented
    assert html not in prepare(upload(commented)).body


def png_of(width: int, height: int, rows: int = 0) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        crc = zlib.crc32(kind + body)
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", crc)

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    line = b"\0" * (width * 3 + 1) if rows else b""
    pixels = zlib.compress(line * rows, 1)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(30_000, 30_000), (6000, 6000), (2**31 - 1, 2**31 - 1), (0, 5)])
def test_too_many_pixels_are_refused_before_they_are_unpacked(size):
    assert refused(png_of(*size), "bomb.png")


def test_a_bomb_takes_no_memory():
    program = """
import io, resource, sys
import django
django.setup()
from tests.record.test_uploads import png_of
from tests.record.people import photo, upload
from lianxin.record.services import UploadRefused, prepare
prepare(upload(photo((64, 64))))
bomb = png_of(6000, 6000, rows=6000)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    prepare(upload(bomb, "x.png"))
except UploadRefused:
    print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60
    )
    assert int(done.stdout) < 64


def test_a_photo_of_a_good_phone_is_taken():
    made = prepare(upload(photo((12_000, 9000), quality=30)))
    assert (made.width, made.height) == (2048, 1536)


@pytest.mark.parametrize("cut", [20, 200, 5000])
def test_a_damaged_picture_is_refused(cut):
    for kind in ("JPEG", "PNG", "WEBP"):
        noise = Image.effect_noise((600, 600), 90).convert("RGB")
        out = io.BytesIO()
        noise.save(out, kind)
        assert refused(out.getvalue()[:cut], "x.jpg")


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=300), st.sampled_from([b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF1234WEBP", b"%PDF-", b"PK\x03\x04", b""]), st.text(st.characters(blacklist_characters='/\\\\'), max_size=40))  # fmt: skip
def test_no_upload_is_an_error(body, start, name):
    with suppress(UploadRefused):
        prepare(upload(start + body, f"x{name}"))


@pytest.mark.filterwarnings("ignore")
@settings(max_examples=150, deadline=None)
@given(st.integers(0, 3000), st.binary(min_size=1, max_size=40))
def test_a_picture_with_wrong_bytes_is_taken_or_refused(place, change):
    data = bytearray(photo((90, 60), gps=True))
    place %= len(data)
    data[place : place + len(change)] = change
    try:
        made = prepare(upload(bytes(data)))
    except UploadRefused:
        return
    assert b"PLANTED" not in made.body


def test_heic_is_refused_with_a_way_out():
    data = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 100
    with pytest.raises(UploadRefused) as caught:
        prepare(upload(data, "IMG_0001.HEIC"))
    assert "HEIC" in str(caught.value)
    assert str(caught.value.hint)


def office(main: str, *others: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("[Content_Types].xml", main, *others):
            archive.writestr(name, "<x/>")
    return out.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "kind"),
    [
        (b"%PDF-1.7 ...", "答复.pdf", "application/pdf"),
        (office("word/document.xml"), "答复.DOCX", DOCX),
        (office("xl/workbook.xml"), "表.xlsx", None),
    ],
)
def test_documents_are_kept_as_they_are(data, name, kind):
    made = prepare(upload(data, name))
    assert made.kind == AttachmentKind.DOCUMENT
    assert made.body == data
    assert made.content_type == kind or kind is None
    assert made.preview == b""


@pytest.mark.parametrize(
    ("data", "name"),
    [
        (b"", "x.jpg"),
        (b"GIF89a" + b"\0" * 60, "x.gif"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", "x.svg"),
        (b"MZ\x90", "x.exe"),
        (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "x.jpg"),
        (b"%PDF-1.7", "x.exe"),
        (b"%PDF-1.7", "x.jpg"),
        (office("word/document.xml"), "x.xlsx"),
        (office("word/document.xml", "word/vbaProject.bin"), "x.docx"),
        (office("other/thing.xml"), "x.docx"),
        (office("word/document.xml")[:-30], "x.docx"),
        (b"PK\x03\x04" + b"\0" * 50, "x.docx"),
        (b"\0" * (MOST_BYTES + 1), "x.jpg"),
    ],
)
def test_other_files_are_refused_with_a_sentence(data, name):
    assert refused(data, name)


def test_a_document_that_unpacks_to_far_too_much_is_refused():
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<x/>")
        archive.writestr("word/document.xml", b"\0" * 210_000_000)
    assert refused(out.getvalue(), "x.docx")


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\张三\\答复.pdf", "答复.pdf"),
        ("a\r\nSet-Cookie: x.pdf", "aSet-Cookie x.pdf"),
        ("‮fdp.exe", "fdp.exe"),
        ("  ..  ", ""),
        ("", ""),
        ('a"b<c>.pdf', "a b c .pdf"),
        ("路" * 8000 + ".pdf", "路" * 116 + ".pdf"),
    ],
)
def test_names_are_made_harmless(name, clean):
    assert clean_name(name) == clean
