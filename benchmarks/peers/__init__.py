"""Peers on the same machine: other people's programs for cases, each in an environment of its own.

They are installed from PyPI into var/peers (`python -m benchmarks.peers.install`), by their own
guides, on SQLite. Where one is not installed, the bench goes on without it. Payloads differ: a
ticket of theirs is a row or two, without proof, receipt, sealing or idempotency.
"""

from __future__ import annotations

import json
import os
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

from benchmarks.installation import ROOT, Server, free_port

HOME = ROOT / "var" / "peers"
HERE = Path(__file__).resolve().parent
#: What each needs from PyPI, and the server that suits it.
PACKAGES = {"helpdesk": ("django-helpdesk", "granian"), "roundup": ("roundup", "gunicorn")}


@dataclass
class Peer:
    """A peer with a site of its own in `folder`, filled with so many tickets."""

    name: str
    folder: Path
    port: int = field(default_factory=free_port)
    known: dict[str, str] = field(default_factory=dict)

    @property
    def bin(self) -> Path:
        return HOME / self.name / "bin"

    def fill(self, tickets: int) -> None:
        """Makes the site anew; `known` are the cookies, tokens and keys of its pages."""
        self.folder.mkdir(parents=True, exist_ok=True)
        said = self._run(str(self.bin / "python"), str(HERE / f"{self.name}_fill.py"), str(tickets))
        self.known = json.loads(said.splitlines()[-1])

    def _run(self, *words: str) -> str:
        done = subprocess.run(words, env=self.environment, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"{self.name}: {done.stdout[-1000:]}\n{done.stderr[-3000:]}")
        return done.stdout

    @property
    def environment(self) -> dict[str, str]:
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        return {**kept, "PEER_FOLDER": str(self.folder), "PEER_PORT": str(self.port),
                "SENDMAILDEBUG": str(self.folder / "mail.txt"), "PYTHONPATH": str(HERE), "DJANGO_SETTINGS_MODULE": "helpdesk_site"}  # fmt: skip

    def server(self, workers: int = 2) -> Server:
        listen, many = (
            ("--host", "127.0.0.1", "--port", str(self.port)),
            ("--workers", str(workers)),
        )
        if self.name == "helpdesk":
            command = [str(self.bin / "granian"), "--interface", "wsgi", *listen, *many,
                       "--blocking-threads", "2", "--log-level", "error", "helpdesk_site:application"]  # fmt: skip
        else:
            command = [str(self.bin / "gunicorn"), "-b", f"127.0.0.1:{self.port}", "-w", str(workers),
                       "--keep-alive", "30", "-k", "gthread", "--threads", "2", "roundup_site:application"]  # fmt: skip
        return Server(command, self.environment, self.port, self.folder / "server.log", first="/")

    def pages(self) -> dict[str, tuple[str, ...]]:
        """Paths by what they show; a list of theirs is its page and the data it asks for."""
        if self.name == "helpdesk":
            return {
                "list": ("/tickets/", f"/datatables_ticket_list/{self.known['all']}?start=0&length=25&draw=1"),
                "case": (f"/tickets/{self.known['ticket']}/",),
                "search": (f"/datatables_ticket_list/{self.known['search']}?start=0&length=25&draw=1",),
            }  # fmt: skip
        return {
            "list": (
                "/issue?@columns=id,activity,title,creator,status&@sort=-activity&@pagesize=25",
            ),
            "case": (f"/issue{self.known['ticket']}",),
            "search": (
                f"/issue?@search_text={self.known['search']}&@columns=id,title&@pagesize=25",
            ),
        }

    def headers(self) -> dict[str, str]:
        if self.name == "helpdesk":
            return {"Cookie": f"sessionid={self.known['session']}; csrftoken={self.known['csrf']}",
                    "X-CSRFToken": self.known["csrf"], "Content-Type": "application/json"}  # fmt: skip
        return {"Authorization": f"Basic {self.known['basic']}", "X-Requested-With": "rest",
                "Origin": f"http://localhost:{self.port}", "Referer": f"http://localhost:{self.port}/",
                "Content-Type": "application/json", "Accept": "*/*"}  # fmt: skip

    def ticket(self, number: int) -> tuple[str, bytes]:
        """Path and body of one more ticket."""
        if self.name == "helpdesk":
            said = {"queue": 1, "title": f"路灯坏了{number}", "description": "路灯坏了一个多月。" * 8,
                    "submitter_email": "", "priority": 3}  # fmt: skip
            return "/api/tickets/", json.dumps(said).encode()
        return "/rest/data/issue", json.dumps({"title": "路灯坏了一个多月。" * 8}).encode()


def installed() -> list[str]:
    """Those whose environments are there."""
    return [name for name in PACKAGES if (HOME / name / "bin" / "python").exists()]
