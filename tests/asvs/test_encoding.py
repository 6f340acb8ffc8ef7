"""ASVS 5.0, chapter 1: what people write stays text, wherever it goes."""

import ast
import io
import zipfile
from functools import cache
from html.parser import HTMLParser

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from lianxin.record.services import UploadRefused, tables
from tests import factories as f
from tests.architecture.source import PACKAGE, none
from tests.record.people import upload

HOSTILE = (
    "<script>alert(1)</script>", "\"><img src=x onerror=alert(1)>", "'-alert(1)-'",
    "</title><svg/onload=alert(1)>", "</textarea><script>alert(1)</script>", "{{7*7}}{% debug %}",
    "javascript:alert(1)", "&#60;script&#62;", "<iframe srcdoc='<script>1</script>'>", "\u2028<b>",
    "<a href=javascript:alert(1)>x</a>", "]]><!--", "<math><mi//xlink:href='data:x,1'>", "--><script>",
)  # fmt: skip
#: Modules that may open connections or sockets -> where to.
OUTWARD = {
    "config/supervisor.py": "our own processes",
    "kernel/openid.py": "the sign-in provider of the settings",
    "kernel/outbox.py": "the name of this machine",
    "record/services/scanner.py": "clamd, as the settings say",
    "record/services/witnesses.py": "the witnesses of the settings",
}
#: Statements put together from parts -> why no part is anybody's input.
PUT_TOGETHER = {"kernel/", "config/backup/", "config/management/commands/"}


class Marks(HTMLParser):
    """Scripts, handlers and addresses that run something, in a page."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if tag == "script" and not (said.get("src") or "").startswith("/static/"):
            self.found.append((tag, said))
        self.found += [(tag, k) for k in said if k.startswith("on") or k in ("srcdoc", "style")]
        for name in ("href", "src", "action", "formaction"):
            if (said.get(name) or "").strip().lower().startswith(("javascript:", "data:")):
                self.found.append((tag, name))


def marks(page):
    reader = Marks()
    reader.feed(page)
    return reader.found


@cache
def trees():
    paths = [path for path in sorted(PACKAGE.rglob("*.py")) if "migrations" not in path.parts]
    return [
        (path.relative_to(PACKAGE).as_posix(), tuple(ast.walk(ast.parse(path.read_bytes()))))
        for path in paths
    ]


def calls(nodes):
    return [node for node in nodes if isinstance(node, ast.Call)]


def name_of(call):
    return ast.unparse(call.func)


@pytest.mark.django_db
def test_asvs_1_2_1_what_people_write_is_shown_as_they_wrote_it():
    f.world()
    words = "停车难 " + " ".join(HOSTILE)
    case = f.filed(
        words=words, title=HOSTILE[1], address=HOSTILE[3], name=HOSTILE[0], consents=True
    )
    clerk = Client()
    assert clerk.login(username="clerk", password="a long password")
    pages = [
        reverse("cases:desk"),
        reverse("cases:case", args=[case.pk]),
        f"{reverse('cases:desk')}?q=%3Cscript%3Ealert(1)%3C/script%3E",
        f"{reverse('cases:results')}?q=%22%3E%3Cimg%20src=x%20onerror=alert(1)%3E",
    ]
    shown = [clerk.get(page).content.decode() for page in pages]
    assert any("&lt;script&gt;alert(1)" in page for page in shown)
    assert [marks(page) for page in shown] == [[]] * len(pages)
    assert marks(HOSTILE[1])
    assert marks(HOSTILE[0])


def test_asvs_1_2_4_values_are_parameters_of_statements():
    found = []
    for path, tree in trees():
        for call in calls(tree):
            asks = name_of(call).rsplit(".", 1)[-1] in ("execute", "executemany", "raw", "RawSQL")
            made = call.args and isinstance(call.args[0], (ast.JoinedStr, ast.BinOp))
            if asks and made and not path.startswith(tuple(PUT_TOGETHER)):
                found.append(f"{path}:{call.lineno}")
    none(found)


def test_asvs_1_2_5_no_command_line_is_put_together():
    found = []
    for path, tree in trees():
        for call in calls(tree):
            shell = any(k.arg == "shell" for k in call.keywords)
            if shell or name_of(call) in ("os.system", "os.popen", "subprocess.getoutput"):
                found.append(f"{path}:{call.lineno}")
    none(found)


def test_asvs_1_3_1_no_template_passes_text_on_unescaped():
    found = []
    for path in sorted(PACKAGE.rglob("*.html")):
        text = path.read_text(encoding="utf-8")
        if "|safe" in text or "autoescape off" in text:
            found.append(path.relative_to(PACKAGE).as_posix())
    none(found)


def test_asvs_1_3_6_requests_go_out_from_listed_places_only():
    outward = {"urllib.request", "http.client", "socket", "requests", "httpx", "smtplib", "ftplib"}
    found = []
    for path, tree in trees():
        for node in tree:
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
            if outward & set(names) and path not in OUTWARD:
                found.append(f"{path}: {names}")
    none(found)


def test_asvs_1_5_1_a_table_with_entities_is_refused():
    assert openpyxl.DEFUSEDXML
    book, made = io.BytesIO(), openpyxl.Workbook()
    made.active.append(["姓名"])
    made.active.append(["段小梅"])
    made.save(book)
    columns = [tables.Column("name", "姓名")]
    assert len(list(tables.read_table(upload(book.getvalue(), "名单.xlsx"), columns))) == 1
    out = io.BytesIO()
    with zipfile.ZipFile(book) as whole, zipfile.ZipFile(out, "w") as changed:
        for part in whole.infolist():
            data = whole.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                assert b"<worksheet" in data
                data = data.replace(b"<worksheet", b'<!DOCTYPE x [<!ENTITY a "aa">]><worksheet', 1)
            changed.writestr(part.filename, data)
    with pytest.raises(UploadRefused):
        tables.read_table(upload(out.getvalue(), "名单.xlsx"), columns)


def test_asvs_1_5_2_nothing_from_outside_becomes_an_object():
    never = ("pickle.", "marshal.", "shelve.", "yaml.load", "eval", "exec", "dill.", "jsonpickle.")
    found = [
        f"{path}:{call.lineno} {name_of(call)}"
        for path, tree in trees()
        for call in calls(tree)
        if name_of(call) in never
        or name_of(call).startswith(tuple(n for n in never if n[-1] == "."))
    ]
    none(found)
