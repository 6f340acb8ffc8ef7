"""Nothing is left out of a run unsaid: tests of one engine are listed, and no other asks for the engine to skip."""

import re

from ops import one_engine
from tests.architecture.source import ROOT, none
from tests.engines import only_on

#: Files that may skip, each for a program or a right that the page names.
MAY_SKIP = {
    "architecture/test_source.py",
    "deploy/test_files.py",
    "people/test_outside.py",
    "record/test_hostile.py",
    "record/test_scanning.py",
    "reliability/test_disk_full.py",
    "reliability/test_isolation.py",
    "reliability/test_pool.py",
    "reliability/test_powercut.py",
}
SKIP = re.compile(r"pytest\.skip\(|mark\.skip|importorskip\(|\.skipTest\(")


def skipping(folder):
    """The tests' files that can skip; journeys have a target of their own."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*.py")}
    return {
        name
        for name, path in files.items()
        if SKIP.search(path.read_text(encoding="utf-8")) and not name.startswith("journeys/")
    }


def test_tests_of_one_engine_are_listed_with_their_reasons():
    rows = one_engine.marked()
    none(one_engine.faults(rows))
    text = one_engine.PAGE.read_text(encoding="utf-8")
    assert text == one_engine.page(text, rows), "run: python -m ops.one_engine --write"


def test_nothing_else_skips():
    assert skipping(ROOT / "tests") - {"architecture/test_engines.py"} == MAY_SKIP


def test_marks_of_modules_classes_and_functions_are_found(tmp_path):
    (tmp_path / "test_all.py").write_text(
        "import pytest\n"
        'pytestmark = [pytest.mark.slow, pytest.mark.only_sqlite("a")]\n'
        '@pytest.mark.only_postgresql("b")\nclass TestOne:\n'
        "    @pytest.mark.only_sqlite\n    def test_two(self): pass\n"
    )
    (tmp_path / "test_one.py").write_text(
        'import pytest\npytestmark = pytest.mark.only_sqlite("c")'
    )
    rows = one_engine.marked(tmp_path)
    assert rows == [
        ("SQLite", "test_all.py", "a"),
        ("PostgreSQL", "test_all.py::TestOne", "b"),
        ("SQLite", "test_all.py::test_two", ""),
        ("SQLite", "test_one.py", "c"),
    ]
    assert one_engine.faults(rows) == ["test_all.py::test_two owes its reason"]


def test_a_skip_is_found(tmp_path):
    (tmp_path / "test_one.py").write_text('import pytest\npytest.skip("no")')
    (tmp_path / "test_two.py").write_text("assert True")
    assert skipping(tmp_path) == {"test_one.py"}


def test_a_mark_names_its_engine():
    assert only_on({"slow": 1, "only_postgresql": 1}) == "postgresql"
    assert only_on({"slow": 1}) == ""
