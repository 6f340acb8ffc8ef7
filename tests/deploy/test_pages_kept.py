"""A real nginx with the file of the plan before a server that counts: what it keeps, and for whom."""

import contextlib
import http.client
import ssl
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from django.conf import settings

from benchmarks.failover import free_block
from deploy import files, plan, programs
from tests.deploy.test_files import program

KEPT = {"/": "public, max-age=60", "/soon/": "public, max-age=1"}


class Product:
    """What the product would say; `asked` are the addresses that came through to it."""

    def __init__(self):
        self.asked, self.status = [], 200

    def handler(product):  # noqa: N805  (`self` is the request's)
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                product.asked.append(self.path)
                known = self.headers.get("Cookie", self.headers.get("Authorization", ""))
                body = f"{self.path} {known}".encode()
                self.send_response(product.status)
                kept = KEPT.get(self.path, "private, no-store")
                self.send_header("Cache-Control", kept if product.status == 200 else "no-store")
                self.send_header("Vary", "Cookie, Accept-Encoding")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *words):
                pass

        return Handler


@pytest.fixture
def front(tmp_path):
    """The product, and how nginx answers: status and text."""
    binary = program("nginx")
    port = free_block()
    one = plan.trial(tmp_path, port=port, install=Path("/opt/lianxin"))
    folder = files.write_node(
        one, one.nodes[0], plan.secrets_in(tmp_path), postgres_bin=programs.DEBIAN_BIN
    )
    (folder / "tls").mkdir()
    (tmp_path / "var" / "nginx").mkdir(parents=True)
    # fmt: off
    subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost",
                    "-keyout", folder / "tls/key.pem", "-out", folder / "tls/fullchain.pem"], check=True, capture_output=True)
    # fmt: on
    for path in (tmp_path, *tmp_path.parents):  # nginx's workers are somebody else
        if path.owner() == Path.home().owner() and path != Path("/"):
            path.chmod(path.stat().st_mode | 0o011)
    product = Product()
    with contextlib.ExitStack() as stack:
        for node in one.nodes:
            server = stack.enter_context(
                ThreadingHTTPServer((node.address, node.web), product.handler())
            )
            threading.Thread(target=server.serve_forever, daemon=True).start()
            stack.callback(server.shutdown)
        nginx = stack.enter_context(
            subprocess.Popen([binary, "-c", folder / "nginx-main.conf"], stderr=subprocess.PIPE)
        )
        stack.callback(nginx.terminate)

        trusted = ssl.create_default_context(cafile=folder / "tls/fullchain.pem")

        def answer(path, **headers):
            connection = http.client.HTTPSConnection("localhost", one.https_port, context=trusted)
            with contextlib.closing(connection):
                connection.request("GET", path, headers=headers)
                response = connection.getresponse()
                return response.status, response.read().decode()

        for _ in range(100):
            with contextlib.suppress(OSError):
                answer("/ready/")
                break
            assert nginx.poll() is None, nginx.stderr.read().decode()
            time.sleep(0.05)
        product.asked.clear()
        yield product, answer


def test_a_page_for_everybody_is_asked_for_once(front):
    product, answer = front
    said = {answer("/", Cookie=f"csrftoken={number}") for number in range(20)}
    assert len(said) == 1
    assert product.asked == ["/"]
    assert answer("/", Cookie="lang=en")[1] == "/ lang=en"
    assert answer("/", Cookie="elder=1")[1] == "/ elder=1"
    assert answer("/", **{"Accept-Encoding": "gzip"})[0] == 200
    assert product.asked == ["/"] * 4
    for _ in range(3):
        answer("/", Cookie="lang=en")
    assert product.asked == ["/"] * 4


def test_who_is_known_gets_a_page_of_their_own_and_leaves_none(front):
    product, answer = front
    names = ("sessionid", "__Host-session", "resident", "__Host-resident")
    assert {settings.SESSION_COOKIE_NAME, settings.RESIDENT_COOKIE} <= set(names)
    for name in names:
        cookie = f"lang=zh-hans; {name}=abc"
        assert answer("/", Cookie=cookie)[1] == f"/ {cookie}"
    assert answer("/", Authorization="Bearer x")[0] == 200
    assert len(product.asked) == 5
    assert answer("/")[1] == "/ "
    assert answer("/", Cookie="sessionid=abc")[1] == "/ sessionid=abc"


def test_what_is_not_for_everybody_is_always_asked_for(front):
    product, answer = front
    for _ in range(3):
        answer("/t/685H-AM6T-AMBC-Q5SQ-V6M8-YX6S/")
    assert len(product.asked) == 3


def test_while_the_product_is_away_the_last_page_is_shown(front):
    product, answer = front
    assert answer("/soon/") == (200, "/soon/ ")
    time.sleep(1.5)  # kept for a second
    product.status = 503
    assert answer("/soon/") == (200, "/soon/ ")
    assert answer("/file/")[0] == 503
    assert product.asked[:1] == ["/soon/"]
    assert "/file/" in product.asked
