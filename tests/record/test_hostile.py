"""Hostile uploads, the short form: `benchmarks.hostile.run` is the long one (`make soak`)."""

import shutil

import pytest

from benchmarks import hostile
from lianxin.record.services import UploadRefused, prepare
from lianxin.record.services.images import Renewed

#: Looking at these takes a second each; they are in the long form.
LONG = {"pixel bomb", "many parts"}


@pytest.fixture(scope="module")
def tried():
    """Kind -> what became of it: a prepared file, or None where it was refused."""
    found = {}
    hostile_ones = {name: made for name, made in hostile.KINDS.items() if name not in LONG}
    for kind, (name, make) in hostile_ones.items():
        one = hostile.Hostile(kind, name, make(hostile.random.Random(7)))
        try:
            found[kind] = (one, prepare(hostile.sent(one)))
        except UploadRefused:
            found[kind] = (one, None)
    return found


def test_what_is_no_photo_and_no_document_is_refused(tried):
    assert set(tried) | LONG >= hostile.NEVER
    assert [kind for kind in sorted(hostile.NEVER - LONG) if tried[kind][1] is not None] == []


@pytest.mark.filterwarnings("ignore")
def test_what_is_taken_is_made_anew_under_a_harmless_name(tried):
    taken = [(one, prepared) for one, prepared in tried.values() if prepared is not None]
    assert len(taken) >= 20
    assert [fault for one, prepared in taken if (fault := hostile.fault(one, prepared))] == []


def test_exiftool_finds_no_place_and_no_maker(tried):
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not installed (apt: libimage-exiftool-perl)")
    pictures = [p.body for _one, p in tried.values() if p is not None and p.preview]
    assert hostile.places_left(pictures) == []
    untouched = tried["place by HUAWEI"][0].data
    assert any("HUAWEI" in line for line in hostile.places_left([untouched]))


def test_a_picture_that_is_kept_as_it_came_is_found(tried, monkeypatch):
    """The control: without the making anew every trace is found."""

    def kept(data):
        return Renewed(data, data, 1, 1)

    monkeypatch.setattr("lianxin.record.services.uploads.renew", kept)
    for kind in ("jpeg+php", "jpeg+zip", "png+html", "place by vivo"):
        one = tried[kind][0]
        assert hostile.fault(one, prepare(hostile.sent(one)))


def test_the_list_repeats_itself_and_holds_every_kind():
    again = [[(one.kind, len(one.data)) for one in hostile.files(12, seed=5)] for _ in range(2)]
    assert again[0] == again[1]
    assert len(hostile.KINDS) >= 40
