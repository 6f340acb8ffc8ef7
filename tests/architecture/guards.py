"""The rules of the house as functions: each takes a source tree and returns its faults in words."""

import ast
import re
from collections.abc import Callable, Iterable, Mapping
from fnmatch import fnmatch
from pathlib import Path

from tests.architecture.source import Source, sources

LONGEST_FILE = 400
LONGEST_FUNCTION = 50
LONGEST_VIEW = 40
FRONT_ROOMS = {"views", "forms", "tasks", "api", "admin", "templatetags", "management"}
# The kernel is the engine that services write through; config has no rooms.
OWN_ENGINE = {"kernel", "config"}

ALWAYS_WRITES = {
    "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create",
    "acreate", "abulk_create", "abulk_update", "aget_or_create", "aupdate_or_create",
    "asave", "adelete", "aupdate",
}  # fmt: skip
TRANSLATES = {
    "_",
    "gettext",
    "gettext_lazy",
    "ngettext",
    "ngettext_lazy",
    "pgettext",
    "pgettext_lazy",
}
CHINESE = re.compile(r"[㐀-鿿]")
ADDRESS = re.compile(r"\b(?:https?|wss?|ftp)://(\[[0-9a-f:]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)")


def too_long(root: Path) -> list[str]:
    """Files over 400 lines, functions over 50, views over 40."""
    faults = []
    for source in sources(root):
        lines = source.text.count("\n")
        if lines > LONGEST_FILE:
            faults.append(f"{source.name}: {lines} lines")
        limit = LONGEST_VIEW if source.room == "views" else LONGEST_FUNCTION
        for function in source.functions():
            length = (function.end_lineno or function.lineno) - function.lineno + 1
            if length > limit:
                faults.append(f"{source.name}: {function.name} has {length} lines")
    return faults


def views_that_catch(root: Path) -> list[str]:
    """Views with `except`: a Refused belongs to the one middleware that shows it."""
    return [
        f"{source.name}:{node.lineno} catches"
        for source in sources(root)
        if source.room == "views"
        for node in ast.walk(source.tree)
        if isinstance(node, ast.ExceptHandler)
    ]


def open_cursors(root: Path, excused: Mapping[str, str]) -> list[str]:
    """Cursors left open (`iterator()`) where rows are written meanwhile: SQLite then refuses to write
    what others changed since. `kernel.pieces.each` does without."""
    return [
        f"{source.name}: iterator (line {node.lineno})"
        for source in sources(root)
        if source.room in {"services", "tasks"} or source.app == "kernel"
        if source.name not in excused
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "iterator"
    ]


def writes_outside_services(root: Path, excused: Mapping[str, str]) -> list[str]:
    """ORM writes in another room than services; `excused` maps `file: call` to a reason."""
    faults = []
    for source in sources(root):
        if source.app in OWN_ENGINE or source.room in {"services", "", "apps"}:
            continue
        for node in ast.walk(source.tree):
            if isinstance(node, ast.Call) and _writes(node):
                call = f"{source.name}: {ast.unparse(node.func)}"
                if call not in excused:
                    faults.append(f"{call} (line {node.lineno})")
    return faults


def _writes(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    verb, owner = call.func.attr, ast.unparse(call.func.value)
    if verb in ALWAYS_WRITES:
        return True
    keywords = {word.arg for word in call.keywords}
    if verb == "save":
        return not call.args or bool(keywords & {"update_fields", "force_insert"})
    if verb == "delete":
        return not call.args and not keywords
    if verb == "update":
        query = re.search(r"\bobjects\b|_set\b|filter\(|exclude\(|\.all\(\)|select_for", owner)
        return bool(query) and not call.args
    return False


def sql_outside_kernel(root: Path) -> list[str]:
    """Hand-written SQL: it has one place, lianxin/kernel, so that both engines stay alike."""
    faults = []
    for source in sources(root):
        if source.app in OWN_ENGINE:
            continue
        for node in ast.walk(source.tree):
            name = ""
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                name = node.func.attr if node.func.attr in {"cursor", "raw", "extra"} else ""
            elif isinstance(node, ast.Name) and node.id in {"RawSQL", "RunSQL"}:
                name = node.id
            if name:
                faults.append(f"{source.name}:{node.lineno} {name}")
    return faults


def chinese_in_code(root: Path, excused: Iterable[str]) -> list[str]:
    """Chinese string literals; docstrings and comments may quote the Chinese term."""
    faults = []
    for source in sources(root):
        if {"data", "seed"} & set(source.path.parts) or any(
            fnmatch(source.name, pattern) for pattern in excused
        ):
            continue
        fine = source.docstrings() | _messages(source)
        faults += [
            f"{source.name}:{node.lineno} {node.value[:20]}"
            for node in ast.walk(source.tree)
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and node not in fine
            and CHINESE.search(node.value)
        ]
    return faults


def _messages(source: Source) -> set[ast.Constant]:
    """Arguments of gettext: an English message may quote a Chinese term."""
    return {
        constant
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "id", getattr(node.func, "attr", "")) in TRANSLATES
        for argument in node.args
        for constant in ast.walk(argument)
        if isinstance(constant, ast.Constant) and _mostly_latin(constant.value)
    }


def _mostly_latin(text: object) -> bool:
    return isinstance(text, str) and len(CHINESE.findall(text)) < len(re.findall("[A-Za-z]", text))


def chinese_in_templates(root: Path, excused: Iterable[str]) -> list[str]:
    """Chinese outside comments: it belongs in a translation file. A language may name itself.

    `excused` are files, or folders ending in a slash.
    """
    faults = []
    for path in sorted(root.rglob("templates/**/*.*")):
        name = path.relative_to(root).as_posix()
        if any(name == one or (one[-1] == "/" and one in name) for one in excused):
            continue
        if path.suffix not in {".html", ".txt", ".xml", ".svg"}:
            continue
        text = re.sub(
            r"{#.*?#}|{% comment.*?endcomment %}|<!--.*?-->",
            "",
            path.read_text(encoding="utf-8"),
            flags=re.DOTALL,
        )
        words = set(re.findall(rf"{CHINESE.pattern}+", text)) - {"中文", "简体中文"}
        faults += [f"{name}: {word}" for word in sorted(words)]
    return faults


def missing_static_files(root: Path, known: Callable[[str], object]) -> list[str]:
    """Files that a template or a script names and nobody serves: the page would answer 500."""
    faults = []
    for path in sorted(root.rglob("templates/**/*.html")):
        text = path.read_text(encoding="utf-8")
        for name in re.findall(r"{% static ['\"]([^'\"{]+)['\"]", text):
            if not known(name):
                faults.append(f"{path.relative_to(root).as_posix()}: {name}")
    return faults


def foreign_addresses(paths: Iterable[Path], allowed: Mapping[str, str]) -> list[str]:
    """Hosts that are neither ours, reserved for examples, nor allowed with a reason."""
    faults = []
    for path in paths:
        try:
            text = path.read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
        # npm copies there whom a package would like to be paid through; nobody goes there.
        text = re.sub(r'"funding": (\{[^}]*\}|\[[^\]]*\])', "", text)
        for host in sorted(set(ADDRESS.findall(text))):
            labels = set(host.lower().split("."))
            if host.rstrip(".") not in allowed and not labels & {"example", "test", "invalid"}:
                faults.append(f"{path.name}: {host}")
        if path.name.startswith("package-lock") and '"resolved"' in text:
            faults.append(f"{path.name}: records where packages were fetched")
        if path.parent.name == "requirements" and re.search(r"^\s*--(?!hash)", text, re.M):
            faults.append(f"{path.name}: an option that may name a host")
    return faults


def imported(root: Path, standard: frozenset[str]) -> dict[str, set[str]]:
    """Third-party packages by the files that import them."""
    found: dict[str, set[str]] = {}
    for source in sources(root):
        for name in _imports(source):
            top = name.split(".")[0]
            if top not in standard and top not in {"lianxin", "tests"}:
                found.setdefault(top, set()).add(source.name)
    return found


def _imports(source: Source) -> Iterable[str]:
    for node in ast.walk(source.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module
