"""Signed notes against an example known from elsewhere, and checkpoints."""

import pytest

from lianxin.kernel import notes

# The published example of signed notes.
VKEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
TEXT = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
)
NOTE = (
    TEXT
    + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdng"
    "otpRZb6KE6RyyBwJnAM=\n"
)
OURS = notes.Signer("lianxin.example/ledger/530112", bytes(range(32)))


def test_the_published_example_is_good():
    assert notes.open_note(NOTE, [notes.read_vkey(VKEY)]) == TEXT
    assert notes.read_vkey(VKEY).vkey == VKEY


def test_any_change_is_found():
    key = notes.read_vkey(VKEY)
    for place in range(0, len(TEXT) - 1, 7):
        changed = NOTE[:place] + ("x" if NOTE[place] != "x" else "y") + NOTE[place + 1 :]
        with pytest.raises(notes.NoteRefusedError):
            notes.open_note(changed, [key])


@pytest.mark.parametrize(
    "broken",
    [
        "",
        "text\n",
        TEXT + "\n",
        TEXT + "\nPeterNeumann x08g\n",
        TEXT + "\n— Peter ?\n",
        NOTE + "\x00",
    ],
)
def test_what_is_no_note_is_refused(broken):
    with pytest.raises(notes.NoteRefusedError):
        notes.open_note(broken, [notes.read_vkey(VKEY)])


def test_a_stranger_counts_for_nothing():
    note = OURS.sign("we said so\n")
    assert notes.open_note(note, [OURS.verifier]) == "we said so\n"
    with pytest.raises(notes.NoteRefusedError, match="Nobody we trust"):
        notes.open_note(note, [notes.read_vkey(VKEY)])
    both = note + NOTE.rpartition("\n\n")[2]
    assert notes.open_note(both, [OURS.verifier]) == "we said so\n"


@pytest.mark.parametrize("vkey", ["", "a+b+c", VKEY.replace("c74f20a3", "c74f20a4"), VKEY[:-4]])
def test_a_key_whose_parts_do_not_fit_is_refused(vkey):
    with pytest.raises(notes.NoteRefusedError):
        notes.read_vkey(vkey)


def test_a_checkpoint_says_name_size_and_root():
    head = notes.Checkpoint("lianxin.example/ledger/530112", 109482, bytes(32))
    assert notes.read_checkpoint(head.text()) == head
    assert head.text().split("\n")[1] == "109482"
    for broken in (
        "",
        "a\n1\n",
        "a\n01\n" + "A" * 43 + "=\n",
        "a\n1\nAAAA\n",
        "\n1\n" + "A" * 43 + "=\n",
    ):
        with pytest.raises(notes.NoteRefusedError):
            notes.read_checkpoint(broken)
