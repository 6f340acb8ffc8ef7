"""The contracts of import-linter hold, and each breaks when a breach is planted."""

import os
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

SETTINGS = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
CONTRACTS = {one["id"]: one for one in SETTINGS["tool"]["importlinter"]["contracts"]}


def lint(folder: Path) -> tuple[int, str]:
    code = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run(
        [sys.executable, "-c", code, "--config", str(folder / "pyproject.toml"), "--no-cache"],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{folder}{os.pathsep}{ROOT}", "NO_COLOR": "1"},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def house(tmp_path):
    """An empty house with our own contracts, to plant breaches in."""
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    start = text.index("[tool.importlinter]")
    (tmp_path / "pyproject.toml").write_text(text[start:], encoding="utf-8")
    apps = CONTRACTS["apps"]["layers"]
    for app in ["", *apps]:
        folder = tmp_path / "lianxin" / app
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").write_text("")
    return tmp_path


def plant(house, path, text=""):
    file = house / "lianxin" / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


def test_the_house_keeps_its_contracts():
    code, said = lint(ROOT)
    assert code == 0, said


def test_an_empty_house_keeps_them_too(house):
    code, said = lint(house)
    assert code == 0, said


@pytest.mark.parametrize(
    ("files", "said"),
    [
        (
            {"places/models.py": "", "kernel/search.py": "import lianxin.places.models"},
            "lianxin.kernel is not allowed to import lianxin.places",
        ),
        (
            {"cases/models.py": "", "handling/services.py": "import lianxin.cases.models"},
            "lianxin.handling is not allowed to import lianxin.cases",
        ),
        ({"helpers/__init__.py": ""}, "lianxin.helpers"),
        (
            {"cases/services.py": "", "cases/models.py": "import lianxin.cases.services"},
            "lianxin.cases.models is not allowed to import lianxin.cases.services",
        ),
        (
            {"cases/views.py": "", "cases/tasks.py": "import lianxin.cases.views"},
            "lianxin.cases.tasks is not allowed to import lianxin.cases.views",
        ),
        ({"cases/utils.py": ""}, "lianxin.cases.utils"),
        (
            {"people/forms.py": "", "cases/views.py": "import lianxin.people.forms"},
            "lianxin.cases.views imports lianxin.people.forms",
        ),
        (
            {
                "people/views/__init__.py": "",
                "people/views/sign_in.py": "",
                "cases/services.py": "import lianxin.people.views.sign_in",
            },
            "lianxin.cases.services imports lianxin.people.views.sign_in",
        ),
    ],
)
def test_a_planted_breach_breaks_a_contract(house, files, said):
    for path, text in files.items():
        plant(house, path, text)
    code, output = lint(house)
    assert code == 1, output
    assert said in output.replace("\n", " ")


def test_config_may_join_front_rooms(house):
    plant(house, "people/views.py")
    plant(house, "people/urls.py", "import lianxin.people.views")
    plant(house, "config/urls.py", "import lianxin.people.urls, lianxin.people.views")
    code, said = lint(house)
    assert code == 0, said
