"""ASVS 5.0, chapters 3, 4, 11, 13 and 15: the installation in production, seals, fields."""

import json
import socket
import subprocess
import sys
import time

import pytest
from django.conf import settings as product
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.test import Client
from django.utils.module_loading import import_string

from lianxin.cases.models import Case
from lianxin.kernel.seals import SealBrokenError, seal, unseal
from lianxin.people.models import Account
from tests import factories as f
from tests.config.test_settings import ROOT, example, manage

ASKED = (
    "DEBUG", "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE", "SESSION_COOKIE_HTTPONLY",
    "SESSION_COOKIE_SAMESITE", "CSRF_COOKIE_NAME", "CSRF_COOKIE_SECURE", "CSRF_COOKIE_HTTPONLY",
    "CSRF_COOKIE_SAMESITE", "RESIDENT_COOKIE", "SECURE_HSTS_SECONDS", "SECURE_HSTS_PRELOAD",
    "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_SSL_REDIRECT", "PASSWORD_HASHERS",
)  # fmt: skip


@pytest.fixture(scope="module")
def production(tmp_path_factory):
    """The settings of the production example, as a process of its own reads them."""
    program = (
        "import json; from django.conf import settings;"
        f"print(json.dumps({{n: getattr(settings, n) for n in {ASKED!r}}}))"
    )
    environment = example(tmp_path_factory.mktemp("production"))
    environment["DJANGO_SETTINGS_MODULE"] = "lianxin.config.settings"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_asvs_3_3_1_cookies_go_over_tls_only(production):
    assert production["SESSION_COOKIE_SECURE"] is production["CSRF_COOKIE_SECURE"] is True


def test_asvs_3_3_2_cookies_stay_with_our_pages(production):
    assert production["SESSION_COOKIE_SAMESITE"] == production["CSRF_COOKIE_SAMESITE"] == "Lax"


def test_asvs_3_3_3_cookies_are_bound_to_the_host(production):
    for name in ("SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "RESIDENT_COOKIE"):
        assert production[name].startswith("__Host-")


def test_asvs_3_3_4_scripts_read_no_cookie(production):
    assert production["SESSION_COOKIE_HTTPONLY"] is production["CSRF_COOKIE_HTTPONLY"] is True


@pytest.mark.django_db
def test_asvs_3_3_4_nor_those_that_remember_language_and_size():
    for address in ("/lang/en/", "/elder/on/"):
        cookies = Client().get(address).cookies
        assert cookies
        for cookie in cookies.values():
            assert cookie["httponly"]
            assert cookie["samesite"] == "Lax"


def test_asvs_3_4_1_browsers_insist_on_tls_for_a_year(production):
    assert production["SECURE_HSTS_SECONDS"] >= 31_536_000
    assert production["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert production["SECURE_SSL_REDIRECT"] is True


@pytest.mark.parametrize("algorithm", ["aes", "sm4"])
def test_asvs_11_3_2_only_authenticated_modes_seal(settings, algorithm):
    settings.SEAL_ALGORITHM = algorithm
    one, two = (seal("罗阿花", column="x", row="1") for _ in range(2))
    assert one != two
    assert unseal(one, column="x", row="1") == "罗阿花"


def test_asvs_11_3_3_what_is_sealed_cannot_be_changed_unseen():
    sealed = seal("罗阿花", column="x", row="1")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        with pytest.raises((SealBrokenError, LookupError)):
            unseal(bytes(changed), column="x", row="1")
    for where in ({"column": "y", "row": "1"}, {"column": "x", "row": "2"}):
        with pytest.raises(SealBrokenError):
            unseal(sealed, **where)


def test_asvs_11_4_2_passwords_are_kept_by_argon2(production):
    assert production["PASSWORD_HASHERS"][0].endswith("Argon2")
    assert issubclass(import_string(production["PASSWORD_HASHERS"][0]), Argon2PasswordHasher)


def test_asvs_13_4_2_debugging_is_off_in_production(production, tmp_path):
    assert production["DEBUG"] is False
    assert manage(example(tmp_path) | {"DEBUG": "yes"}, "check").returncode != 0


@pytest.mark.django_db
def test_asvs_15_3_3_a_form_sets_only_what_it_shows():
    f.world()
    before = Account.objects.get(username="clerk")
    client = Client()
    assert client.login(username="clerk", password="a long password")
    more = {"is_active": "", "person": "x", "username": "root", "posts": "x", "state": "accepted"}
    client.post("/account/password/", {"old": "x", "new": "y", "again": "y", **more})
    client.post(
        "/file/what/", {"at": "what", "words": "停车难", "state": "accepted", "number": "1"}
    )
    after = Account.objects.get(pk=before.pk)
    assert (after.username, after.is_active) == ("clerk", True)
    assert Case.objects.count() == 0


SMUGGLED = (
    b"Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nG",
    b"Content-Length: 4\r\nContent-Length: 40\r\n\r\nabcd",
    b"Transfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\nabcd",
    b"Transfer-Encoding : chunked\r\nContent-Length: 3\r\n\r\nabc",
    b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n0\r\n\r\n",
    b"Content-Length: -1\r\n\r\n",
    b"Content-Length: +4\r\n\r\nabcd",
    b"Content-Length: 0x4\r\n\r\nabcd",
)


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    """The web server of the installation, with its smallest application behind it."""
    folder = tmp_path_factory.mktemp("server")
    (folder / "echo.py").write_text(
        "def app(environ, start):\n"
        "    body = environ['wsgi.input'].read()\n"
        "    start('200 OK', [('Content-Type', 'text/plain')])\n"
        "    return [b'SEEN ' + environ['REQUEST_METHOD'].encode() + b' ' + body]\n"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable,
        "-m",
        "granian",
        "--interface",
        "wsgi",
        "--port",
        str(port),
        "echo:app",
    ]
    process = subprocess.Popen(
        command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            time.sleep(0.1)
    yield port
    process.terminate()
    process.wait(timeout=30)


def answers(port, sent):
    with socket.create_connection(("127.0.0.1", port), 10) as line:
        line.settimeout(2)
        line.sendall(sent)
        said = b""
        try:
            while more := line.recv(4096):
                said += more
        except TimeoutError:
            pass
    return said


@pytest.mark.parametrize("number", range(len(SMUGGLED)))
def test_asvs_4_2_1_one_request_is_not_read_as_two(server, number):
    """Whatever the lengths say, the words behind a refused or ended body start no request."""
    head = b"POST / HTTP/1.1\r\nHost: localhost\r\n" + SMUGGLED[number]
    hidden = b"GET /hidden HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
    said = answers(server, head + hidden)
    seen = said.count(b"SEEN ")
    assert b"SEEN GET" not in said or (seen == 2 and said.count(b"SEEN POST") == 1)
    assert not (
        seen == 2 and b"chunked" in SMUGGLED[number] and b"Content-Length" in SMUGGLED[number]
    )
    assert product.WSGI_APPLICATION
