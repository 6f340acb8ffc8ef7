import pytest

from lianxin.config import documents
from lianxin.config.states import Machine
from tests.architecture import texts
from tests.architecture.source import PACKAGE, none

APPS = sorted(path.parent for path in PACKAGE.glob("*/apps.py"))
# Said in other words by another app, and the first app's words are what everybody sees: fine here,
# because they are words for the same thing, or names of columns that no page shows.
ALIKE = {
    "A planned answer needs the date until which it is promised.",
    "Add a photo",
    "Another place",
    "Assisting",
    "Back",
    "Close",
    "Concluded",
    "From",
    "Handed on",
    "Handled again",
    "Home",
    "If nothing comes by then",
    "Lead",
    "Ledger",
    "More time asked for",
    "My account",
    "Name",
    "Not kept",
    "Passed on",
    "Place",
    "Places",
    "Please say what is wrong, so that it can be put right.",
    "Promises",
    "Reason",
    "Sent back",
    "Sign out",
    "Supervision steps",
    "The last day lies before the first.",
    "To do",
    "Urgent",
    "Waiting for approval",
    "What is owed",
    "Where",
    "Working days and hours",
    "down, up",
    "from",
    "from %(day)s",
    "in use",
    "name",
    "note",
    "outcome",
    "reason",
    "search",
    "signed",
    "source",
    "text",
    "unit and position",
    "until",
    "until %(day)s",
    "what it is about",
    "with %(name)s",
    "“%(number)s” is not a telephone number we can call.",
}


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_every_message_is_translated(app):
    none(texts.untranslated(app))


@pytest.mark.parametrize("app", APPS, ids=lambda app: app.name)
def test_no_translation_is_left_over(app):
    none(texts.left_over(app))


def test_no_message_says_another_thing_in_another_app():
    none(texts.at_odds(APPS, ALIKE))


def test_a_message_at_odds_is_found(tmp_path):
    for name, word in (("cases", "办结"), ("reception", "完成")):
        (tmp_path / name / "locale/zh_Hans/LC_MESSAGES").mkdir(parents=True)
        write(tmp_path / name, f'msgid "Done"\nmsgstr "{word}"', 'msgid "Home"\nmsgstr "首页"')
    apps = [tmp_path / "cases", tmp_path / "reception"]
    assert texts.at_odds(apps, set()) == ["Done: cases 办结, reception 完成"]
    assert texts.at_odds(apps, {"Done"}) == []


@pytest.fixture
def app(tmp_path):
    app = tmp_path / "cases"
    (app / "templates").mkdir(parents=True)
    (app / "rules.py").write_text('a = _("From code")\nb = ngettext("{n} day", "{n} days", n)\n')
    (app / "templates" / "x.html").write_text(
        "{% load i18n %}{% translate \"It's\" %}{{ _('Here') }}"
        "{% blocktranslate count n=x %}{{ n }} case{% plural %}{{ n }} cases{% endblocktranslate %}"
    )
    (app / "locale" / "zh_Hans" / "LC_MESSAGES").mkdir(parents=True)
    return app


def write(app, *entries):
    file = "".join(
        f"\n{entry}\n"
        for entry in ('msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"', *entries)
    )
    (app / "locale/zh_Hans/LC_MESSAGES/django.po").write_text(file, encoding="utf-8")


COMPLETE = (
    'msgid "From code"\nmsgstr "一"',
    'msgid "{n} day"\nmsgid_plural "{n} days"\nmsgstr[0] "{n} 天"',
    'msgid "It\'s"\nmsgstr "二"',
    'msgid "Here"\nmsgstr "三"',
    'msgid "%(n)s case"\nmsgid_plural "%(n)s cases"\nmsgstr[0] "%(n)s 件"',
)


def test_a_complete_file_has_no_fault(app):
    write(app, *COMPLETE)
    assert texts.untranslated(app) == []
    none(texts.left_over(app))


def test_missing_empty_unsure_left_over_and_broken_translations_are_found(app):
    write(
        app,
        'msgid "From code"\nmsgstr ""',
        '#, fuzzy\nmsgid "Here"\nmsgstr "三"',
        'msgid "%(n)s case"\nmsgid_plural "%(n)s cases"\nmsgstr[0] "%(m)s 件"',
        'msgid "Gone"\nmsgstr "没了"',
        COMPLETE[1],
    )
    assert texts.untranslated(app) == [
        "cases: another placeholder than in “%(n)s case”",
        "cases: empty: “From code”",
        "cases: not in the file: “It's”",
        "cases: unsure (fuzzy): “Here”",
    ]
    assert texts.left_over(app) == ["cases: “Gone”"]


def test_an_app_without_a_file_is_found(app):
    assert texts.untranslated(app) == ["cases: no translation file for 5 messages"]


def test_the_drawn_pages_are_fresh():
    none(documents.stale(documents.pages()))


def test_a_stale_page_is_found(tmp_path):
    page = tmp_path / "states.md"
    page.write_text(documents.states_page())

    class Planted(Machine):
        def moves(self):
            return {"open": {"close": "closed"}, "closed": {}}

    planted = [Planted("cases.PLANTED", "Planted", ("open",), ("closed",))]
    assert documents.stale({page: documents.states_page(planted)}) == [page]
    assert documents.stale({tmp_path / "missing.md": ""}) == [tmp_path / "missing.md"]
    assert "open --> closed: close" in documents.states_page(planted)
