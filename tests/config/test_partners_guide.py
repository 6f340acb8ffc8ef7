"""The examples of docs/guide/partners.md, run by a shell against a server, as they stand."""

import re
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

from lianxin.people.models import Account
from tests import factories as f
from tests.authorisation.things import key_of

GUIDE = Path(settings.BASE_DIR) / "docs" / "guide" / "partners.md"


@pytest.mark.django_db(transaction=True)
def test_the_examples_work_as_they_stand(live_server, tmp_path):
    f.world()
    key = key_of(Account.objects.get(username="clerk"))
    examples = re.findall(r"```sh\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.S)
    assert len(examples) == 5
    script = "\n".join(examples).replace("http://localhost:8000", live_server.url)
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={"KEY": key, "PATH": "/usr/bin:/bin:/usr/local/bin"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert '"code": "invalid"' in done.stdout
    assert '"state": "accepted"' in done.stdout
