"""The ledger: every act has a leaf, the sequencer orders it once, and every proof can be checked apart."""

import base64
import io
import json
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import connection, transaction
from django.test import Client

from lianxin.cases.models import Case
from lianxin.kernel import merkle, notes
from lianxin.record.models import Entry, Leaf, Log, Tile
from lianxin.record.queries import ledger as queries
from lianxin.record.services import ledger, write
from lianxin.record.services.journal import Note, write_many
from tests import factories as f
from tests.architecture.source import ROOT

SUBJECT = ("tests.thing", f.uuid7())
COUNTY = "530112"


def act(number=1, division="530112005", **more):
    return [
        write(action="tests.thing.done", by=None, at=f.MONDAY, division_code=division, subject=SUBJECT, **more)
        for _ in range(number)
    ]  # fmt: skip


def log():
    return Log.objects.get(division_code=COUNTY)


def sequence(at=f.MONDAY, **more):
    return ledger.sequence(log_code=COUNTY, at=at, **more)


def verify(tmp_path, what, *texts, key=None):
    """The separate program, as anybody would run it."""
    names = []
    for number, text in enumerate(texts):
        file = tmp_path / f"{number}.txt"
        file.write_bytes(text.encode())
        names.append(str(file))
    vkey = key or queries.signer(COUNTY).verifier.vkey
    command = [
        sys.executable,
        str(ROOT / "verify" / "lianxin_verify.py"),
        what,
        *names,
        "--key",
        vkey,
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert not done.stderr, done.stderr
    return done.returncode, done.stdout.strip()


@pytest.mark.django_db
def test_an_act_and_its_leaf_are_one_transaction():
    act()
    with pytest.raises(RuntimeError), transaction.atomic():  # noqa: PT012  (done, then undone)
        act()
        raise RuntimeError
    assert Entry.objects.count() == Leaf.objects.count() == 1
    leaf = Leaf.objects.get()
    assert leaf.index is None
    assert leaf.division_code == COUNTY
    assert bytes(leaf.commitment) == queries.commitment(leaf.entry, bytes(leaf.salt))


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("division", "code"),
    [("530112005001", COUNTY), ("530112", COUNTY), ("5301", "5301"), ("", "0")],
)
def test_the_log_of_a_place(division, code):
    assert queries.log_code(division) == code


@pytest.mark.django_db
def test_many_acts_written_at_once_have_leaves_too():
    notes = [Note("tests.many", "530112005", SUBJECT, {"n": n}) for n in range(5)]
    assert write_many(notes, by=None, at=f.MONDAY) == 5
    assert sequence() == 5
    assert list(queries.faults(log())) == []


@pytest.mark.django_db
def test_the_sequencer_orders_each_leaf_once_and_signs_the_head():
    act(3)
    assert sequence() == 3
    assert sequence() == 0
    act(2)
    assert sequence() == 2
    assert list(Leaf.objects.order_by("entry_id").values_list("index", flat=True)) == [
        0,
        1,
        2,
        3,
        4,
    ]
    text = notes.open_note(log().checkpoint, [queries.signer(COUNTY).verifier])
    leaves = [merkle.leaf_hash(bytes(one.commitment)) for one in Leaf.objects.order_by("index")]
    head = notes.Checkpoint(queries.origin(COUNTY), 5, merkle.root(5, merkle.reader(leaves)))
    assert notes.read_checkpoint(text) == head
    assert list(queries.faults(log())) == []


@pytest.mark.django_db
@pytest.mark.parametrize("sizes", [(255, 1, 1), (256, 256), (300, 400), (1, 511, 5)])
def test_tiles_grow_across_their_edges(sizes):
    for number in sizes:
        leaves = [
            Leaf(entry=one, salt=bytes(32), division_code=COUNTY, commitment=bytes(32))
            for one in bare(number)
        ]
        Leaf.objects.bulk_create(leaves)
        sequence()
    total = sum(sizes)
    assert [len(t.hashes) // 32 for t in Tile.objects.filter(level=0).order_by("index")] == [
        *[256] * (total // 256), *([total % 256] if total % 256 else []),
    ]  # fmt: skip
    above = Tile.objects.filter(level=1).first()
    assert (len(above.hashes) // 32 if above else 0) == total // 256
    hashes = [merkle.leaf_hash(bytes(32))] * total
    assert bytes(log().root) == merkle.root(total, merkle.reader(hashes))


def bare(number):
    """Entries without leaves, to be given ones by hand."""
    return Entry.objects.bulk_create(
        Entry(at=f.MONDAY, action="tests.bare", division_code=COUNTY, subject_type="x", subject_id=SUBJECT[1])
        for _ in range(number)
    )  # fmt: skip


@pytest.mark.django_db
def test_an_entry_without_a_leaf_is_found():
    act()
    sequence()
    call_command("check_ledger", stdout=io.StringIO())
    Entry.objects.create(
        at=f.MONDAY + timedelta(hours=1),
        action="tests.bare",
        division_code=COUNTY,
        subject_type="x",
        subject_id=SUBJECT[1],
    )
    assert queries.without_leaf() == 1
    with pytest.raises(CommandError, match="1 faults"):
        call_command("check_ledger", stdout=io.StringIO())


@pytest.mark.django_db
def test_time_of_signing_never_goes_back():
    act()
    sequence(f.MONDAY)
    act()
    sequence(f.MONDAY - timedelta(days=1))
    assert log().signed_at == f.MONDAY


@pytest.mark.django_db(transaction=True)
def test_two_sequencers_at_once_give_no_place_twice():
    act(40)
    done = []

    def run():
        try:
            done.append(sequence(limit=30))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(done) == 40
    assert sorted(Leaf.objects.values_list("index", flat=True)) == list(range(40))
    assert list(queries.faults(log())) == []


@pytest.fixture
def filed(db):
    """A resident's matter, its code and its ordered leaf."""
    f.world()
    receipt = f.receipt()
    act(5)
    sequence()
    case = Case.objects.get(pk=receipt.case_id)
    return receipt.code, case, queries.leaf_of_act(case, "cases.case.filed")


def test_a_resident_proves_the_words_apart_from_us(filed, tmp_path):
    _code, case, leaf = filed
    proof = queries.proof_of(leaf, content=case.words)
    code, said = verify(tmp_path, "proof", proof)
    assert (code, said.split(":")[0]) == (0, "valid"), said
    assert len(proof) - 4 * len(case.words.encode()) < 2048
    other = notes.Signer(queries.origin(COUNTY), bytes(32)).verifier.vkey
    assert verify(tmp_path, "proof", proof, key=other)[0] == 1


def test_no_flipped_bit_goes_unnoticed(filed):
    """In one process, for there are thousands: the program is loaded as a module."""
    import importlib.util

    spec = importlib.util.spec_from_file_location("apart", ROOT / "verify" / "lianxin_verify.py")
    apart = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(apart)
    _code, case, leaf = filed
    good = queries.proof_of(leaf, content=case.words).encode()
    key = apart.Key(queries.signer(COUNTY).verifier.vkey)
    assert apart.check_proof(good.decode(), key).startswith("valid")
    refused = (apart.Refused, ValueError, KeyError, TypeError, AttributeError, IndexError)
    for place in range(len(good)):
        for bit in (1, 32):
            broken = good[:place] + bytes([good[place] ^ bit]) + good[place + 1 :]
            with pytest.raises(refused):
                pytest.fail(f"{place}: {apart.check_proof(broken.decode('utf-8'), key)}")


def test_what_was_forgotten_says_nothing_and_still_holds(filed, tmp_path):
    _code, case, leaf = filed
    before = queries.proof_of(leaf, content=case.words)
    assert ledger.forget_contents(subjects=[case]) == 1
    leaf.refresh_from_db()
    after = queries.proof_of(leaf, content=case.words)
    assert verify(tmp_path, "proof", before)[0] == 0
    code, said = verify(tmp_path, "proof", after)
    assert code == 0
    assert "forgotten" in said
    assert "cases.case.filed" not in base64.b64decode(after.split("\n")[1][6:]).decode()
    assert list(queries.faults(log())) == []


def test_the_resident_saves_the_proof_by_the_code(filed, tmp_path):
    code, case, _leaf = filed
    answer = Client().get(f"/t/{code}/proof/")
    assert answer["Content-Disposition"] == f'attachment; filename="{case.number}.tlog-proof"'
    assert verify(tmp_path, "proof", answer.content.decode())[0] == 0
    fresh = f.receipt()
    answer = Client().get(f"/t/{fresh.code}/proof/")
    assert answer["Content-Disposition"].endswith('.tlog-promise"')
    assert verify(tmp_path, "proof", answer.content.decode())[0] == 0
    assert (
        "Save"
        in Client().get(f"/t/{code}/receipt/", headers={"Cookie": "lang=en"}).content.decode()
    )


def test_a_promise_is_signed_at_once(filed, tmp_path):
    _code, _case, leaf = filed
    note = ledger.promise(leaf, f.MONDAY)
    assert verify(tmp_path, "proof", note)[0] == 0
    assert verify(tmp_path, "proof", note.replace("promise v1", "promise v2"))[0] == 1


def test_a_whole_place_is_checked_apart(filed, tmp_path):
    bundle = _printed(lambda: call_command("export_ledger", COUNTY))
    code, said = verify(tmp_path, "bundle", bundle)
    assert (code, said.split(" ")[:2]) == (0, ["valid:", str(log().size)]), said
    head, *lines = bundle.splitlines()
    changed = json.loads(lines[2])
    changed["record"]["action"] = "tests.other"
    for broken in (
        [*lines[:2], json.dumps(changed, ensure_ascii=False), *lines[3:]],
        [lines[1], lines[0], *lines[2:]],
        lines[1:],
        lines[:-1],
        [*lines, lines[-1]],
    ):
        assert verify(tmp_path, "bundle", joined(head, *broken))[0] == 1


def test_what_is_not_opened_says_nothing_and_is_there(filed, tmp_path):
    """A village's entries opened, the county's others as bare commitments: none can be left out."""
    act(2, division="530112001")
    sequence()
    bundle = _printed(lambda: call_command("export_ledger", "530112001"))
    code, said = verify(tmp_path, "bundle", bundle)
    assert (code, said.split(" ")[:2]) == (0, ["valid:", "2"]), said
    assert bundle.count('"salt"') == 2
    head, *lines = bundle.splitlines()
    assert verify(tmp_path, "bundle", joined(head, *lines[1:]))[0] == 1


def joined(*lines):
    return "".join(f"{line}\n" for line in lines)


def _printed(call):
    from contextlib import redirect_stdout

    with redirect_stdout(io.StringIO()) as out:
        call()
    return out.getvalue()


def test_a_later_head_continues_an_earlier_one(filed, tmp_path):
    old = log()
    act(9)
    sequence()
    new = log()
    path = merkle.consistency(old.size, new.size, queries.tile_reader(new))
    proof = "\n".join(base64.b64encode(one).decode() for one in path)
    assert verify(tmp_path, "grows", old.checkpoint, new.checkpoint, proof)[0] == 0
    forged = notes.Checkpoint(queries.origin(COUNTY), old.size, bytes(32))
    forged = queries.signer(COUNTY).sign(forged.text())
    assert verify(tmp_path, "grows", forged, new.checkpoint, proof)[0] == 1


def test_an_altered_journal_or_ledger_is_found(filed):
    from lianxin.kernel.db import append_only_lifted

    leaf = filed[2]
    tile = Tile.objects.get(level=0)
    whole = bytes(tile.hashes)
    Tile.objects.filter(pk=tile.pk).update(hashes=bytes([whole[0] ^ 1]) + whole[1:])
    assert list(queries.faults(log())) == ["the tiles do not give the signed root"]
    Tile.objects.filter(pk=tile.pk).update(hashes=whole)
    commitment = bytes(leaf.commitment)
    Leaf.objects.filter(pk=leaf.pk).update(commitment=bytes(32))
    assert len(list(queries.faults(log()))) == 2
    Leaf.objects.filter(pk=leaf.pk).update(commitment=commitment)
    assert list(queries.faults(log())) == []
    with append_only_lifted(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE record_entry SET action = 'forged' WHERE action = 'cases.case.filed'"
        )
    assert [one.endswith("was changed") for one in queries.faults(log())] == [True]


def test_everybody_reads_heads_tiles_and_commitments(filed):
    client = Client()
    page = client.get("/ledger/")
    assert queries.signer(COUNTY).verifier.vkey in page.content.decode()
    note = client.get(f"/ledger/{COUNTY}/checkpoint")
    assert note.content.decode() == log().checkpoint
    size = log().size
    tile = client.get(f"/ledger/{COUNTY}/tile/0/000.p/{size}").content
    bundle = client.get(f"/ledger/{COUNTY}/tile/entries/000.p/{size}").content
    entries = [bundle[i + 2 : i + 34] for i in range(0, len(bundle), 34)]
    assert tile == b"".join(merkle.leaf_hash(one) for one in entries)
    for absent in (
        "tile/0/000",
        f"tile/0/000.p/{size + 1}",
        "tile/1/000.p/1",
        "tile/entries/001",
        "tile/0/000.p/0",
    ):
        assert client.get(f"/ledger/{COUNTY}/{absent}").status_code == 404, absent
    assert client.get("/ledger/99/checkpoint").status_code == 404
    assert (
        "max-age=31536000" in client.get(f"/ledger/{COUNTY}/tile/0/000.p/{size}")["Cache-Control"]
    )
