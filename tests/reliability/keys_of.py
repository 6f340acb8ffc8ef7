"""Counts the residents' keys of a back-up, and how many of them stand in the database's file, as JSON.

python -m tests.reliability.keys_of ARCHIVE FOLDER
"""

from __future__ import annotations

import json
import sys
from pathlib import Path


def main(archive: Path, folder: Path) -> dict[str, int]:
    import django

    django.setup()
    from lianxin.config.backup import keys

    data = archive.read_bytes()
    with keys.unpacked(folder / f"{archive.stem}.keys") as (rows, _at):
        wrapped = [bytes(key.wrapped) for key in keys.read_rows(rows)]
    return {"kept": len(wrapped), "in_archive": sum(one in data for one in wrapped)}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), Path(sys.argv[2]))))
