"""The house as it stands, and a planted breach for each guard: a guard that cannot fail is none."""

import subprocess
import sys

import pytest
from django.contrib.staticfiles import finders

from tests.architecture import guards
from tests.architecture.source import PACKAGE, ROOT, none

# Writes outside services, `file: call` -> why it is right there.
EXCUSED_WRITES = {
    "record/models/journal.py: super().save": "lets a journal entry be written once, and never again",
}
# Chinese in code, file -> why it is no text for a translation file.
EXCUSED_CHINESE = {
    "*/services/*_import.py": "headings and example rows of tables that people fill in in Chinese",
    "congress/queries/cells.py": "what people write into the cells of such a table",
    "cases/rules/masking.py": "patterns of Chinese addresses and names",
    "config/settings.py": "a language names itself",
    "kernel/phones.py": "surnames of two characters",
    "kernel/search.py": "words of the language itself",
    "places/rules/addresses.py": "parts of Chinese addresses",
    "places/rules/names.py": "parts of place names",
    "places/rules/notices.py": "the notation of the State Council's notice",
    "web/samples.py": "what the living page of the design system shows",
}
EXCUSED_CHINESE_TEMPLATES = {
    "web/templates/web/styleguide/": "what the living page of the design system shows",
}
# Hosts that may be named.
ALLOWED_HOSTS = {
    "localhost": "this machine",
    "127.0.0.1": "this machine",
    "0.0.0.0": "this machine",
    "[::1]": "this machine",
    "www.w3.org": "the names of SVG and XHTML, never fetched",
    "json-schema.org": "the name of a format, never fetched",
}
# Name of the package on PyPI where it differs from the name of the import.
PUBLISHED = {
    "argon2": "argon2-cffi",
    "chinese_calendar": "chinesecalendar",
    "csp": "django-csp",
    "dateutil": "python-dateutil",
    "django_htmx": "django-htmx",
    "docx": "docxtpl",
    "ninja": "django-ninja",
    "jwt": "pyjwt",
    "PIL": "pillow",
    "pydantic_core": "pydantic",
}
# In run.in without an import of ours -> why.
NOT_IMPORTED = {
    "argon2-cffi": "Django's password hasher",
    "brotli": "whitenoise packs static files with it",
    "defusedxml": "openpyxl reads strangers' files with it",
    "django-htmx": "by name in settings",
    "granian": "started as a process by serve",
    "psycopg": "Django's PostgreSQL engine",
    "whitenoise": "by name in settings",
}


def plant(root, path, text):
    file = root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return root


def run_requirements(path=ROOT / "requirements" / "run.in"):
    import re

    lines = path.read_text(encoding="utf-8").splitlines()
    return {re.split(r"[\[<>=~! #]", line)[0] for line in lines if line and line[0] not in "#-"}


def test_files_and_functions_are_short():
    none(guards.too_long(PACKAGE))


def test_long_files_functions_and_views_are_found(tmp_path):
    plant(tmp_path, "cases/rules.py", "x = 1\n" * 401)
    plant(tmp_path, "cases/services.py", "def long():\n" + "    x = 1\n" * 50)
    plant(tmp_path, "cases/views/desk.py", "def view():\n" + "    x = 1\n" * 40)
    assert guards.too_long(tmp_path) == [
        "cases/rules.py: 401 lines",
        "cases/services.py: long has 51 lines",
        "cases/views/desk.py: view has 41 lines",
    ]


def test_no_view_catches():
    none(guards.views_that_catch(PACKAGE))


def test_a_view_that_catches_is_found(tmp_path):
    plant(tmp_path, "cases/views/desk.py", "try:\n    x = 1\nexcept ValueError:\n    x = 2\n")
    assert guards.views_that_catch(tmp_path) == ["cases/views/desk.py:3 catches"]


def test_nobody_writes_beside_an_open_cursor():
    reads = {"handling/services/sweep.py": "the nightly check reads alone, newest first"}
    none(guards.open_cursors(PACKAGE, reads))


def test_an_open_cursor_is_found(tmp_path):
    line = "for case in Case.objects.iterator():\n    case.save()\n"
    for place in ("cases/services/old.py", "cases/tasks.py", "kernel/old.py", "cases/queries.py"):
        plant(tmp_path, place, line)
    assert len(guards.open_cursors(tmp_path, {})) == 3


def test_only_services_write():
    none(guards.writes_outside_services(PACKAGE, EXCUSED_WRITES))


@pytest.mark.parametrize(
    "line",
    [
        "Case.objects.create(text='x')",
        "case.save()",
        "case.save(update_fields=['state'])",
        "form.save()",
        "case.delete()",
        "Case.objects.filter(pk=1).update(state='open')",
        "case.answer_set.update(x=1)",
        "Case.objects.bulk_create([])",
        "Case.objects.get_or_create(pk=1)",
    ],
)
@pytest.mark.parametrize("room", ["views.py", "queries/desk.py", "tasks.py", "models.py"])
def test_a_write_elsewhere_is_found(tmp_path, line, room):
    plant(tmp_path, f"cases/{room}", line)
    assert len(guards.writes_outside_services(tmp_path, {})) == 1


def test_what_only_looks_like_a_write_is_not(tmp_path):
    plant(
        tmp_path,
        "cases/views.py",
        "digest.update(b'x')\nwords.update(a=1)\nimage.save(target, 'JPEG')\nstorage.delete('x')\n",
    )
    plant(tmp_path, "cases/services.py", "Case.objects.create()")
    plant(tmp_path, "kernel/outbox.py", "OutboxMessage.objects.create()")
    assert guards.writes_outside_services(tmp_path, {}) == []


def test_sql_is_written_in_the_kernel_alone():
    none(guards.sql_outside_kernel(PACKAGE))


def test_sql_elsewhere_is_found(tmp_path):
    plant(tmp_path, "cases/queries.py", "Case.objects.raw('select 1')\nRawSQL('1', [])\n")
    plant(tmp_path, "cases/services.py", "with connection.cursor() as c:\n    pass\n")
    assert len(guards.sql_outside_kernel(tmp_path)) == 3


def test_code_and_templates_hold_no_chinese_sentences():
    none(guards.chinese_in_code(PACKAGE, EXCUSED_CHINESE))
    none(guards.chinese_in_templates(PACKAGE, EXCUSED_CHINESE_TEMPLATES))


def test_chinese_in_code_and_templates_is_found(tmp_path):
    code = '"""分办"""\n# 交办\nsay = "已办结"\nfine = _("For example 泼水节")\nbad = _("泼水节")\n'
    plant(tmp_path, "cases/rules.py", code)
    plant(tmp_path, "cases/data/tree.py", 'say = "城市管理"\n')
    plant(tmp_path, "cases/templates/cases/x.html", "{# 注 #}<p>办</p>")
    assert guards.chinese_in_code(tmp_path, ()) == [
        "cases/rules.py:3 已办结",
        "cases/rules.py:5 泼水节",
    ]
    assert guards.chinese_in_templates(tmp_path, ()) == ["cases/templates/cases/x.html: 办"]


def test_every_static_file_that_a_page_names_is_there():
    none(guards.missing_static_files(PACKAGE, finders.find))


def test_a_missing_static_file_is_found(tmp_path):
    plant(tmp_path, "cases/templates/cases/x.html", '{% static "web/a.css" %}{% static "b.css" %}')
    assert guards.missing_static_files(tmp_path, {"web/a.css"}.__contains__) == [
        "cases/templates/cases/x.html: b.css"
    ]


def tracked_files():
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    return [ROOT / name for name in listed.split("\0") if name]


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="asks git which files are the source")
def test_the_source_names_no_foreign_host():
    none(guards.foreign_addresses(tracked_files(), ALLOWED_HOSTS))


def test_foreign_hosts_are_found(tmp_path):
    scheme = "https:" + "//"
    plant(tmp_path, "page.html", f'<script src="{scheme}cdn.elsewhere.net/x.js"></script>')
    plant(tmp_path, "package-lock.json", '{"resolved": "x"}')
    plant(
        tmp_path, "requirements/run.txt", "--index-url somewhere\ndjango==5\n    --hash=sha256:0\n"
    )
    plant(tmp_path, "fine.md", f"{scheme}lianxin.example.cn/ and {scheme}localhost:8000/")
    found = guards.foreign_addresses(sorted(tmp_path.rglob("*.*")), {"localhost": ""})
    assert sorted(found) == [
        "package-lock.json: records where packages were fetched",
        "page.html: cdn.elsewhere.net",
        "run.txt: an option that may name a host",
    ]


def test_every_import_is_required_and_every_requirement_imported():
    used = guards.imported(PACKAGE, sys.stdlib_module_names)
    names = {PUBLISHED.get(name, name): files for name, files in used.items()}
    required = run_requirements()
    assert {name: files for name, files in names.items() if name not in required} == {}
    assert required - set(names) - set(NOT_IMPORTED) == set()


def test_an_import_that_nobody_requires_is_found(tmp_path):
    plant(tmp_path, "cases/rules.py", "import left_pad.core\nfrom lianxin.kernel import ids\n")
    found = guards.imported(tmp_path, sys.stdlib_module_names)
    assert found == {"left_pad": {"cases/rules.py"}}
