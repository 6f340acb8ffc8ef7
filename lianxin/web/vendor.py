"""Copies the page libraries from node_modules to static/vendor, with their hashes.

Run at set-up, after `npm ci`: `python lianxin/web/vendor.py`. It needs nothing but Python.
Another library: add it to package.json (`npm install --save-exact`) and to FILES.
"""

import base64
import hashlib
import json
import shutil
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TARGET = Path(__file__).resolve().parent / "static" / "vendor"

# file in node_modules -> name in static/vendor
FILES = {
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
    "altcha/dist/workers/pbkdf2.js": "altcha-pbkdf2.js",
}


def copy(source: Path, target: Path) -> dict[str, str]:
    """Copy FILES from `source` to `target`; the SHA-384 of each by name."""
    missing = [name for name in FILES if not (source / name).is_file()]
    if missing:
        raise FileNotFoundError(f"{', '.join(missing)} not in {source}: run `npm ci` first.")
    target.mkdir(parents=True, exist_ok=True)
    hashes = {}
    for name, short in FILES.items():
        shutil.copyfile(source / name, target / short)
        digest = hashlib.sha384((target / short).read_bytes()).digest()
        hashes[short] = "sha384-" + base64.b64encode(digest).decode()
    (target / "hashes.json").write_text(json.dumps(hashes, indent=2) + "\n")
    return hashes


if __name__ == "__main__":
    try:
        done = copy(ROOT / "node_modules", TARGET)
    except FileNotFoundError as error:
        sys.exit(str(error))
    sys.stdout.write(f"{len(done)} page libraries copied to {TARGET.relative_to(ROOT)}\n")
