"""The witness as a program of its own: it signs what continues, and refuses every fork."""

import subprocess
import sys
import urllib.error
import urllib.request
from contextlib import contextmanager

import pytest

from lianxin.kernel import merkle, notes
from lianxin.record.models import Log
from lianxin.record.queries import ledger as queries
from lianxin.record.services import ledger, witnesses, write
from tests import factories as f
from tests.architecture.source import ROOT

COUNTY = "530112"
SUBJECT = ("tests.thing", f.uuid7())


@contextmanager
def running(folder, name="km", port="0"):
    """A running witness that knows our county's key; its address and its own vkey."""
    command = [
        sys.executable, str(ROOT / "verify" / "lianxin_witness.py"), "--state", str(folder / name),
        "--name", f"witness.example/{name}", "--log", queries.signer(COUNTY).verifier.vkey,
        "--port", port,
    ]  # fmt: skip
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        vkey, taken = process.stdout.readline().split()
        try:
            yield f"http://127.0.0.1:{taken}", vkey
        finally:
            process.terminate()


@pytest.fixture
def witness(tmp_path, settings):
    with running(tmp_path) as (address, vkey):
        settings.LEDGER_WITNESSES = [address]
        yield address, vkey


def grow(number=3):
    for _ in range(number):
        write(
            action="tests.thing.done", by=None, at=f.MONDAY, division_code=COUNTY, subject=SUBJECT
        )
    ledger.sequence(log_code=COUNTY, at=f.MONDAY)
    return Log.objects.get(division_code=COUNTY)


def post(address, body):
    request = urllib.request.Request(address + "/add-checkpoint", body.encode())  # noqa: S310  (loopback)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310  (loopback)
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


@pytest.mark.django_db
def test_heads_that_continue_are_cosigned(witness):
    log = grow()
    assert witnesses.ask_all(f.MONDAY) == 1
    log.refresh_from_db()
    assert log.cosignatures.startswith("— witness.example/km ")
    assert witnesses.ask_all(f.MONDAY) == 0
    log = grow(300)
    assert log.cosignatures == ""
    assert witnesses.ask_all(f.MONDAY) == 1
    note = Log.objects.get().checkpoint + Log.objects.get().cosignatures
    assert notes.open_note(note, [queries.signer(COUNTY).verifier]).startswith(
        queries.origin(COUNTY)
    )


@pytest.mark.django_db
def test_a_silent_witness_is_asked_again_and_who_has_signed_is_not(tmp_path, settings, caplog):
    log = grow()
    with running(tmp_path, "yuxi") as (second, _vkey):
        pass  # it is known, and away
    with running(tmp_path, "km") as (first, _vkey):
        settings.LEDGER_WITNESSES = [first, second]
        assert witnesses.ask_all(f.MONDAY) == 1
    caplog.clear()  # from here on the first is silent, and would be said so
    with running(tmp_path, "yuxi", second.rpartition(":")[2]):
        assert witnesses.ask_all(f.MONDAY) == 1
        assert witnesses.ask_all(f.MONDAY) == 0
    assert not caplog.records
    log.refresh_from_db()
    names = [line.split()[1] for line in log.cosignatures.splitlines()]
    assert names == ["witness.example/km", "witness.example/yuxi"]
    assert grow().cosigners == []


@pytest.mark.django_db
def test_a_witness_that_knows_another_size_is_asked_again(witness):
    log = grow()
    witnesses.ask_all(f.MONDAY)
    Log.objects.update(witnessed_size=1)
    assert witnesses.ask(Log.objects.get(pk=log.pk), witness[0]).startswith("— ")


@pytest.mark.django_db
def test_forks_are_never_cosigned(witness):
    address, _vkey = witness
    log = grow(5)
    witnesses.ask_all(f.MONDAY)
    signer = queries.signer(COUNTY)
    forged = [merkle.leaf_hash(bytes([n])) for n in range(40)]
    for size in range(5, 40):
        root = merkle.root(size, merkle.reader(forged))
        note = signer.sign(notes.Checkpoint(queries.origin(COUNTY), size, root).text())
        path = merkle.consistency(5, size, merkle.reader(forged))
        lines = "".join(notes.base64.b64encode(one).decode() + "\n" for one in path)
        status, _text = post(address, f"old 5\n{lines}\n{note}")
        assert status == (409 if size == 5 else 422), size
    assert post(address, f"old 5\n\n{log.checkpoint}")[0] == 200


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("old 4\n\n{note}", 409),
        ("old 9\n\n{note}", 400),
        ("old 05\n\n{note}", 400),
        ("{note}", 400),
        ("old 0\n\nunknown\n1\nx\n\n— unknown AAAA\n", 404),
        ("old 0\n\n{strangers}", 403),
    ],
)
def test_the_protocol_s_other_answers(witness, body, status):
    address, _vkey = witness
    log = grow(5)
    witnesses.ask_all(f.MONDAY)
    stranger = notes.Signer(queries.origin(COUNTY), bytes(32))
    strangers = stranger.sign(notes.Checkpoint(queries.origin(COUNTY), 5, bytes(32)).text())
    found = post(address, body.format(note=log.checkpoint, strangers=strangers))
    assert found[0] == status
    assert status != 409 or found[1] == "5\n"


@pytest.mark.django_db
def test_nobody_waits_for_a_witness_that_is_away(settings):
    settings.LEDGER_WITNESSES = ["http://127.0.0.1:9"]
    grow()
    assert witnesses.ask_all(f.MONDAY) == 0
