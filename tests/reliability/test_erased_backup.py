"""What was erased is read in no back-up either, once its keys are those of afterwards."""

import json

FILE = """
from lianxin.cases.services import filing
from lianxin.kernel.clock import now
for key, name in (("one", "李某某"), ("two", "王某某"), ("three", "赵某某")):
    draft = filing.Draft(words="路灯坏了", division_code="530112005001", channel="web", name=name, phone="13800138000", consents=True)
    filing.file_case(draft=draft, key=key, actor=key, route="test", by=None, at=now())
"""
PHOTOGRAPH = """
import json
from lianxin.cases.models import Voice
from lianxin.kernel.clock import now
from lianxin.record import services
from tests.record.people import photo, upload
taken = services.prepare(upload(photo((64, 48))))
for voice in Voice.objects.all():
    if str(voice.name) in ("李某某", "王某某"):
        services.attach(subject=voice.case, upload=taken, by=None, at=now(), division_code=voice.case.division_code)
print(json.dumps(taken.body.hex()))
"""
ERASE = """
from lianxin.cases.models import Voice
from lianxin.cases.services import erasing
from lianxin.kernel.clock import now
voice = next(one for one in Voice.objects.all() if str(one.name) == "李某某")
erasing.erase(voice_id=voice.pk, withdraws=True, at=now())
"""
RUN_OUT = """
from lianxin.cases.models import Voice
from lianxin.kernel import data_keys
voice = next(one for one in Voice.objects.all() if str(one.name) == "赵某某")
data_keys.destroy([voice.data_key], erased=False)
"""
READ = """
import json
from lianxin.cases.models import Voice
from lianxin.kernel.refused import Absent
from lianxin.record.models import Attachment
from lianxin.record.queries import body_of
def size(one):
    try:
        return len(body_of(one))
    except Absent:
        return 0
names = sorted(str(one.name) for one in Voice.objects.all() if one.name)
photos = sorted(size(one) for one in Attachment.objects.all())
print(json.dumps([names, photos], ensure_ascii=False))
"""


def shell(home, words, url, **more):
    return home._run(["manage.py", "shell", "-v0", "-c", words], url, **more)


def backed_up(home, url, folder):
    """A whole back-up, and the file of its keys."""
    before = set(folder.glob("*.tar"))
    home.manage("backup", str(folder), url=url)
    (archive,) = set(folder.glob("*.tar")) - before
    return archive, folder / "keys" / f"{archive.stem}.keys"


def restored(home, archive, keys, files):
    """The names that can be read after a restore into an empty place, the sizes of photos (0: cannot be
    opened), and what the command said."""
    url = home.new_database()
    said = home._run(["manage.py", "restore", str(archive), "--keys", str(keys)], url,
                     FILES_DIR=str(files))  # fmt: skip
    names, photos = json.loads(shell(home, READ, url, FILES_DIR=str(files)))
    return names, photos, said


def test_a_back_up_from_before_does_not_bring_the_erased_back(home, url, tmp_path):
    shell(home, FILE, url)
    photo = bytes.fromhex(json.loads(shell(home, PHOTOGRAPH, url)))
    old, old_keys = backed_up(home, url, tmp_path)
    stolen = tmp_path / "stolen.keys"
    stolen.write_bytes(old_keys.read_bytes())
    shell(home, ERASE, url)
    shell(home, RUN_OUT, url)
    _new, new_keys = backed_up(home, url, tmp_path)
    # The next back-up, a day later at most, leaves none of the keys from before.
    assert list(new_keys.parent.iterdir()) == [new_keys]
    # The control: with them it would be there.
    names, photos, _said = restored(home, old, stolen, tmp_path / "then")
    assert "李某某" in names
    assert photos == [len(photo), len(photo)]
    names, photos, said = restored(home, old, new_keys, tmp_path / "now")
    assert photos == [0, len(photo)]
    assert "王某某" in names
    assert "李某某" not in names
    assert "赵某某" not in names
    assert "Erased again, as was asked after this back-up: 1 residents" in said
    assert "the same" in said
    assert "李某某".encode() not in old.read_bytes()
    assert photo[:64] not in old.read_bytes()
    assert photo[-64:] not in old.read_bytes()
