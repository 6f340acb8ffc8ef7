"""Runs in the peer's own environment: a classic tracker with issues, and how its admin is named."""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from urllib.parse import quote

HOME = Path(os.environ["PEER_FOLDER"]) / "tracker"
ADMIN = str(Path(sys.executable).parent / "roundup-admin")
SAID = "小区后面的路灯坏了一个多月，晚上老人出门看不见台阶"


def admin(*words: str) -> None:
    subprocess.run([ADMIN, "-i", str(HOME), *words], check=True, capture_output=True)


shutil.rmtree(HOME, ignore_errors=True)
admin("install", "classic", "sqlite")
config = HOME / "config.ini"
written = config.read_text(encoding="utf-8")
for name, value in (
    ("web", f"http://localhost:{os.environ['PEER_PORT']}/"),
    ("admin_email", "admin@localhost"),
    ("domain", "localhost"),
    ("host", "localhost"),
    ("password_pbkdf2_default_rounds", "1000"),  # else the password alone costs half the time
):
    written = re.sub(rf"(?m)^#?{name} =.*$", f"{name} = {value}", written, count=1)
config.write_text(written, encoding="utf-8")
admin("initialise", "bench")

import roundup.instance  # noqa: E402

db = roundup.instance.open(str(HOME)).open("admin")
for number in range(int(sys.argv[1])):
    last = db.issue.create(title=f"{SAID} lamp {number}")
    if number % 1000 == 999:
        db.commit()
db.commit()
db.close()
print(
    json.dumps(
        {
            "basic": base64.b64encode(b"admin:bench").decode(),
            "ticket": last,
            "search": quote("lamp"),
        }
    )
)
