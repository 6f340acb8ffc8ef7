"""Signing in by way of a real OpenID provider (npm: oidc-provider), a process on loopback."""

import http.client
import json
import shutil
import socket
import subprocess
import threading
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.test import Client

from lianxin.kernel.clock import now
from lianxin.kernel.openid import OutsideRefused, OutsideSilent, Provider, Ticket
from lianxin.kernel.refused import Forbidden
from lianxin.people import queries, rules, services
from lianxin.people.models import OutsideIdentity
from lianxin.people.services import outside
from tests.congress import factories as make
from tests.people import door

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
SCRIPT = Path(__file__).with_name("provider.mjs")
BACK = "http://localhost/sign-in/elsewhere/back/"
NEEDED = shutil.which("node") and (ROOT / "node_modules" / "oidc-provider").exists()
real = pytest.mark.skipif(not NEEDED, reason="needs node and npm ci")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def issuer():
    port = free_port()
    process = subprocess.Popen(
        ["node", str(SCRIPT), str(port), BACK], cwd=ROOT,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    with process.stdout as said:
        for line in said:
            if line == "ready\n":
                break
        yield f"http://127.0.0.1:{port}"
        process.kill()
        process.wait()


def use(settings, issuer):
    settings.OIDC_ISSUER, settings.OIDC_CLIENT_ID = issuer, "lianxin"
    settings.OIDC_CLIENT_SECRET = "a secret of the test alone"
    settings.PUBLIC_URL = "http://localhost"


@pytest.fixture
def on(settings, issuer):
    use(settings, issuer)


def browse(address, who):
    """What a browser does over there until it is sent back to us: follows, and keeps cookies."""
    jar, address = SimpleCookie(), f"{address}&{urlencode({'login_hint': who})}"
    for _hop in range(8):
        parts = urlsplit(address)
        if parts.netloc == "localhost":
            return f"{parts.path}?{parts.query}"
        line = http.client.HTTPConnection(parts.netloc, timeout=10)
        cookies = "; ".join(f"{name}={one.value}" for name, one in jar.items() if one.value)
        line.request("GET", f"{parts.path}?{parts.query}", headers={"Cookie": cookies})
        answer = line.getresponse()
        assert answer.status in (302, 303), answer.read()
        for header in answer.headers.get_all("Set-Cookie") or ():
            jar.load(header)
        place = answer.headers["Location"]
        address = place if place.startswith("http") else f"http://{parts.netloc}{place}"
        line.close()
    raise AssertionError("The provider sends browsers in circles.")


def come(client, who="li-yun"):
    return client.get(browse(client.get("/sign-in/elsewhere/").url, who))


def linked(account, subject="li-yun"):
    by = rules.owner_of(account)
    return outside.link(account_id=account.pk, subject=subject, by=by, at=now())


@real
def test_a_linked_account_signs_in(client, on):
    account = door.somebody()
    linked(account)
    assert come(client).url == "/start/"
    assert door.is_in(client)


@real
def test_nobody_is_let_in_by_likeness(client, on):
    """The same name and e-mail over there open nothing here."""
    account = door.somebody("li-yun")
    page = come(client)
    assert page.status_code == 403
    assert "li-yun" in page.content.decode()
    assert not door.is_in(client)
    assert queries.identity_of(account.pk) is None


@real
def test_one_links_and_unlinks_the_own_account(client, on):
    account = door.somebody()
    door.sign_in(client, account)
    back = browse(client.get("/account/elsewhere/").url, "li-yun")
    assert client.get(back).url == "/account/"
    assert OutsideIdentity.objects.get().subject == "li-yun"
    assert door.is_in(client)
    client.post("/account/elsewhere/unlink/")
    assert come(Client()).status_code == 403


@real
def test_the_way_asks_with_pkce_state_and_nonce(client, on):
    asked = parse_qs(urlsplit(client.get("/sign-in/elsewhere/").url).query)
    assert asked["code_challenge_method"] == ["S256"]
    assert {len(asked[name][0]) for name in ("state", "nonce", "code_challenge")} == {43}
    assert asked["scope"] == ["openid"]


@real
@pytest.mark.parametrize("name", ["state", "nonce", "verifier"])
def test_another_state_nonce_or_verifier_is_refused(client, on, name):
    linked(door.somebody())
    back = browse(client.get("/sign-in/elsewhere/").url, "li-yun")
    session = client.session
    session["outside"]["ticket"][name] = "x" * 43
    session.save()
    assert client.get(back).status_code == 403
    assert not door.is_in(client)


@real
def test_a_return_counts_once_and_in_its_own_browser_alone(client, on):
    linked(door.somebody())
    back = browse(client.get("/sign-in/elsewhere/").url, "li-yun")
    assert Client().get(back).status_code == 403
    assert client.get(back).status_code == 302
    assert client.get(back).status_code == 403


@real
@pytest.mark.parametrize(
    ("who", "trusted", "goes_to"),
    [
        ("li-yun", [], "/account/second-factor/"),
        ("li-yun+otp", [], "/account/second-factor/"),
        ("li-yun+otp", ["otp"], "/start/"),
        ("li-yun", ["otp"], "/account/second-factor/"),
        ("li-yun+otp", ["loa2"], "/start/"),
    ],
)
def test_the_second_factor_is_asked_for_unless_a_trusted_word_vouches_for_it(
    client, on, settings, who, trusted, goes_to
):
    settings.SECOND_FACTOR, settings.OIDC_SECOND_FACTOR = "required", trusted
    linked(door.somebody())
    assert come(client, who).url == goes_to
    assert door.is_in(client) is (goes_to == "/start/")


@real
def test_nobody_vouches_for_a_second_factor_where_an_administrator_linked(client, on, settings):
    settings.SECOND_FACTOR, settings.OIDC_SECOND_FACTOR = "required", ["otp"]
    account, keeper = door.somebody(), make.actor("security_admin", code=make.PROVINCE)
    door.with_app(account)
    outside.link(account_id=account.pk, subject="li-yun", by=keeper, at=now())
    assert come(client, "li-yun+otp").url == "/sign-in/confirm/"
    assert not door.is_in(client)


@real
def test_a_closed_account_stays_closed(client, on):
    account = door.somebody()
    linked(account)
    services.close_account(account_id=account.pk, by=None, at=now())
    assert come(client).status_code == 403


def test_one_identity_opens_one_account(settings):
    use(settings, "https://id.example")
    linked(door.somebody())
    with pytest.raises(rules.FactorRefused):
        linked(door.somebody("other"))


def test_an_administrator_links_by_sub_but_not_after_resetting_the_factor(settings):
    use(settings, "https://id.example")
    account, keeper = door.somebody(), make.actor("security_admin", code=make.PROVINCE)
    with pytest.raises(Forbidden):
        outside.link(account_id=account.pk, subject="x", by=make.actor("operator"), at=now())
    outside.link(account_id=account.pk, subject="x", by=keeper, at=now())
    assert queries.identity_at("https://id.example", "x").account == account
    other = make.actor("security_admin", code=make.PROVINCE)
    services.make_password_link(account_id=account.pk, by=other, at=now())
    with pytest.raises(Forbidden):
        services.reset_second_factor(account_id=account.pk, reason="x", by=keeper, at=now())


def test_without_a_provider_there_is_no_such_page(client):
    assert client.get("/sign-in/elsewhere/").status_code == 404
    assert "elsewhere" not in client.get("/sign-in/").content.decode()


def test_a_silent_provider_is_said_so(client, settings):
    use(settings, f"http://127.0.0.1:{free_port()}")
    page = client.get("/sign-in/elsewhere/")
    assert (page.status_code, page.headers["Retry-After"]) == (503, "60")


@pytest.fixture
def liar():
    """A provider that says whatever `said` holds, at every address."""
    said, asked = {}, []

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(said.get("status", 200))
            self.end_headers()
            self.wfile.write(json.dumps(said["body"]).encode())

        def log_message(self, *_words):
            pass

    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        issuer = f"http://127.0.0.1:{server.server_port}"
        yield Provider(issuer, "lianxin", "x", BACK), said, asked
        server.shutdown()
        thread.join()


@pytest.mark.parametrize(
    "endpoint",
    ["http://files.example/auth", "https://evil.example/auth", "file:///etc/passwd", "/auth", None],
)
def test_nothing_is_fetched_from_anywhere_else(liar, endpoint):
    provider, said, asked = liar
    said["body"] = {"issuer": provider.issuer, "authorization_endpoint": endpoint}
    with pytest.raises(OutsideRefused):
        provider.way_to(Ticket.fresh())
    assert asked == ["/.well-known/openid-configuration"]


def test_a_state_that_is_not_ascii_is_refused(liar):
    provider, _said, _asked = liar
    with pytest.raises(OutsideRefused):
        provider.claims(Ticket.fresh(), {"state": "状态", "code": "x"})


@pytest.mark.parametrize(
    ("body", "status", "refused"),
    [
        ({"issuer": "https://other.example"}, 200, OutsideRefused),
        ([], 200, OutsideRefused),
        ({}, 302, OutsideRefused),
        ({}, 404, OutsideRefused),
        ({}, 500, OutsideSilent),
    ],
)
def test_strange_answers_are_refused(liar, body, status, refused):
    provider, said, _asked = liar
    said.update(body=body, status=status)
    with pytest.raises(refused):
        provider.way_to(Ticket.fresh())
