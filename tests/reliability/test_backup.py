"""Back-ups as an operator writes and reads them, on the engine that the suite runs on."""

import pytest

SECRET = "1:" + "ab" * 32
FILE = """
from lianxin.cases.services import filing
from lianxin.kernel.clock import now
draft = filing.Draft(words="路灯坏了", division_code="530112005001", channel="web", name="李某", phone="13800138000", consents=True)
filing.file_case(draft=draft, key="one", actor="one", route="test", by=None, at=now())
"""


@pytest.fixture(scope="module")
def written(home, tmp_path_factory):
    """A back-up of the small world with an attachment."""
    folder = tmp_path_factory.mktemp("backups")
    piece = home.folder / "files" / "2026" / "piece.jpg"
    piece.parent.mkdir(parents=True, exist_ok=True)
    piece.write_bytes(b"\xff\xd8 a picture" * 99)
    url = home.new_database(like=home.url)
    home._run(["manage.py", "shell", "-v0", "-c", FILE], url)
    home.manage("backup", str(folder), url=url)
    yield next(folder.glob("*.tar"))
    piece.unlink()


def restore(home, file, **more):
    """What the command says; raises RuntimeError with its refusal."""
    url = more.pop("url", "") or home.new_database()
    words = more.pop("words", ())
    return home._run(["manage.py", "restore", str(file), *words], url, **more)


def test_what_is_restored_is_the_same(home, written, tmp_path):
    url = home.new_database()
    assert "the same" in restore(home, written, url=url, FILES_DIR=str(tmp_path / "files"))
    guards = home.ask("tests.reliability.guards_of", url=url)
    assert guards == home.ask("tests.reliability.guards_of", url=home.url)
    assert len(guards) > 1
    found = (tmp_path / "files" / "2026" / "piece.jpg").read_bytes()
    assert found == b"\xff\xd8 a picture" * 99


def test_whatever_is_broken_is_refused(home, written, tmp_path):
    said = home.ask("tests.reliability.broken_backups", str(written), str(tmp_path))
    assert said.pop("nothing") == ""
    assert len(said) == 15
    assert [name for name, sentence in said.items() if "refused" not in sentence] == []


def test_the_keys_are_in_a_file_of_their_own(home, written):
    """Nobody opens anything with the database alone, and the restore says what is missing."""
    keys = home.ask("tests.reliability.keys_of", str(written), str(written.parent / "keys"))
    assert keys["kept"] > 0
    assert keys["in_archive"] == 0
    with pytest.raises(RuntimeError, match="kept apart"):
        restore(home, written, words=("--keys", str(written.with_suffix(".keys"))))


def test_a_place_in_use_is_never_overwritten(home, written):
    with pytest.raises(RuntimeError, match="empty"):
        restore(home, written, url=home.url)


def test_lost_sealing_keys_are_found_out(home, written, tmp_path):
    """The manifest's key is right, the key of names and phones is not: it must not look well."""
    with pytest.raises(RuntimeError, match=r"Seal|Key|same"):
        restore(home, written, LIANXIN_KEYS=SECRET, FILES_DIR=str(tmp_path / "files"))


def test_the_drill_says_how_long_it_took(home):
    words = [] if home.is_sqlite else ["--scratch", home.new_database()]
    said = home._run(["manage.py", "restore_drill", *words], home.url)
    assert "the same" in said


def test_sqlite_moves_to_postgresql(home, tmp_path):
    """Only PostgreSQL is a place to move to; what is moved is compared by the command itself."""
    if home.is_sqlite:
        with pytest.raises(RuntimeError, match="target is SQLite"):
            home.manage("move_database", home.url.removeprefix("sqlite:///"))
        return
    source = f"sqlite:///{tmp_path / 'source.sqlite3'}"
    home.ask("benchmarks.worlds", "small", url=source)
    target = home.new_database()
    home.manage("migrate", "-v0", url=target)
    said = home._run(["manage.py", "move_database", str(tmp_path / "source.sqlite3")], target)
    assert "moved and compared" in said
    with pytest.raises(RuntimeError, match="holds a journal"):
        home.manage("move_database", str(tmp_path / "source.sqlite3"), url=target)
