"""Guards over the words people read: every message translated, none left over."""

import ast
import re
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path

import polib
from django.utils.translation.template import templatize

from tests.architecture.source import sources

# function -> positions of (context, message, plural)
CALLS = {
    "_": (None, 0, None),
    "gettext": (None, 0, None),
    "gettext_lazy": (None, 0, None),
    "gettext_noop": (None, 0, None),
    "ngettext": (None, 0, 1),
    "ngettext_lazy": (None, 0, 1),
    "pgettext": (0, 1, None),
    "pgettext_lazy": (0, 1, None),
    "npgettext": (0, 1, 2),
    "npgettext_lazy": (0, 1, 2),
}
# What templatize turns template tags into.
TEMPLATE_CALL = re.compile(
    r"\b(?P<call>n?p?gettext|_)\(\s*(?P<arguments>(?:u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")\s*,?\s*)+)"
)
STRING = re.compile(r"u?(?:'(?:\\.|[^'\\])*'|\"(?:\\.|[^\"\\])*\")")
PLACEHOLDER = re.compile(r"%\((\w+)\)[sd]|\{(\w*)\}")

Message = tuple[str | None, str]


def messages(app: Path) -> set[Message]:
    """Every (context, message) that an app's code and templates show."""
    return set(_in_python(app)) | set(_in_templates(app))


def _in_python(app: Path) -> Iterator[Message]:
    for source in sources(app):
        for node in ast.walk(source.tree):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name not in CALLS:
                continue
            context, message, _ = CALLS[name]
            words = [arg.value if isinstance(arg, ast.Constant) else None for arg in node.args]
            if len(words) > message and isinstance(words[message], str):
                yield (words[context] if context is not None else None, words[message])


def _in_templates(app: Path) -> Iterator[Message]:
    for path in sorted(app.glob("templates/**/*")):
        if not path.is_file() or path.suffix not in {".html", ".txt", ".xml", ".svg", ".js"}:
            continue
        for found in TEMPLATE_CALL.finditer(templatize(path.read_text(encoding="utf-8"))):
            words = [ast.literal_eval(word) for word in STRING.findall(found["arguments"])]
            context, message, _ = CALLS[found["call"]]
            yield (words[context] if context is not None else None, words[message])


def untranslated(app: Path, language: str = "zh_Hans") -> list[str]:
    """Messages of the code that the app's translation file lacks, has empty, or holds as unsure;
    and translations that lost or invented a placeholder."""
    path = app / "locale" / language / "LC_MESSAGES" / "django.po"
    wanted = messages(app)
    if not path.exists():
        return [f"{app.name}: no translation file for {len(wanted)} messages"] if wanted else []
    file = polib.pofile(str(path))
    entries = {(entry.msgctxt, entry.msgid): entry for entry in file if not entry.obsolete}
    faults = [f"{app.name}: not in the file: “{message[1]}”" for message in wanted - set(entries)]
    for key, entry in entries.items():
        texts = list(entry.msgstr_plural.values()) or [entry.msgstr]
        if entry.fuzzy:
            faults.append(f"{app.name}: unsure (fuzzy): “{key[1]}”")
        elif not all(texts):
            faults.append(f"{app.name}: empty: “{key[1]}”")
        elif not _is_format(entry.msgid) and any(
            _holes(text) - _holes(entry.msgid, entry.msgid_plural) for text in texts
        ):
            faults.append(f"{app.name}: another placeholder than in “{key[1]}”")
    return sorted(faults)


def left_over(app: Path, language: str = "zh_Hans") -> list[str]:
    """Translations of messages that nothing shows any more."""
    path = app / "locale" / language / "LC_MESSAGES" / "django.po"
    if not path.exists():
        return []
    entries = {(e.msgctxt, e.msgid) for e in polib.pofile(str(path)) if not e.obsolete}
    return sorted(f"{app.name}: “{message}”" for _, message in entries - messages(app))


def _is_format(message: str) -> bool:
    """Nothing but placeholders: the form of a date, which each language fills in its own way."""
    return not re.search(r"[^\W\d_]", PLACEHOLDER.sub("", message))


def _holes(*texts: str) -> set[str]:
    return {found.group() for text in texts for found in PLACEHOLDER.finditer(text)}


def at_odds(apps: Iterable[Path], alike: Collection[str]) -> list[str]:
    """Messages that two apps translate differently: Django shows everybody the first app's words."""
    said: dict[tuple[str | None, str], dict[str, str]] = {}
    for app in apps:
        file = app / "locale/zh_Hans/LC_MESSAGES/django.po"
        for entry in polib.pofile(str(file)) if file.exists() else ():
            words = entry.msgstr or entry.msgstr_plural.get(0, "")
            said.setdefault((entry.msgctxt, entry.msgid), {})[app.name] = words
    return [
        f"{message}: " + ", ".join(f"{app} {words}" for app, words in sorted(found.items()))
        for (_context, message), found in sorted(said.items(), key=lambda one: one[0][1])
        if len(set(found.values())) > 1 and message not in alike
    ]
