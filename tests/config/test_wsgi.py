"""What a process that serves pages brings in before its first page."""

import json
import subprocess
import sys

from django.conf import settings

ASKED = """
import json, sys
import lianxin.config.wsgi
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def test_the_solver_of_rotas_is_not_loaded_to_serve_pages():
    """It would make every start longer, and every process 50 MB larger."""
    said = subprocess.run(
        [sys.executable, "-c", ASKED],
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = json.loads(said.stdout)
    assert "lianxin" in loaded
    assert not {"ortools", "pandas"} & set(loaded)
