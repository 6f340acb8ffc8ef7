"""A proof taken from the running server: valid, refused after any flipped byte, valid after erasure."""

import importlib.util
import random
import re

from benchmarks.client import Client
from benchmarks.filings import RECEIPT, token_of, walked
from benchmarks.installation import ROOT

SEQUENCE = (
    "from lianxin.record.services import ledger; from lianxin.kernel.clock import now;"
    "ledger.sequence_all(now())"
)
WORDS = "楼道灯坏了，请打13811112222找我。"


def verifier():
    spec = importlib.util.spec_from_file_location("apart", ROOT / "verify" / "lianxin_verify.py")
    apart = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(apart)
    return apart


def test_erasure_leaves_the_proof_valid_and_nothing_to_read(home, url, tmp_path, capsys):
    apart, file = verifier(), tmp_path / "one.tlog-proof"

    def holds(data: bytes) -> bool:
        file.write_bytes(data)
        return apart.main(["proof", str(file), "--key", vkey]) == 0

    with home.serve(url=url, WEB_WORKERS="1") as server, Client(server.port) as client:
        form = walked(client, WORDS)
        for name in ("name", "phone", "consents"):
            form.pop(name)
        answer = client.post("/file/send/", form)
        code = RECEIPT.search(answer.header("location")).group(1)
        home._run(["manage.py", "shell", "-v0", "-c", SEQUENCE], url)
        proof = client.get(f"/t/{code}/proof/").body
        page = client.get("/ledger/").text
        vkey = re.search(r"[\w./-]+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+", page).group(0)
        assert holds(proof), capsys.readouterr().out
        places = random.Random(1).sample(range(len(proof)), 100)  # make tampering: 10,000
        flipped = [proof[:at] + bytes([proof[at] ^ 1]) + proof[at + 1 :] for at in places]
        assert sum(holds(one) for one in flipped) == 0
        erase = {"csrfmiddlewaretoken": token_of(client), "act": "erase", "sure": "on"}
        done = client.post(f"/t/{code}/data/", {**erase, "way": "withdraw"})
        assert done.status == 302, done.text[:2000]
        assert holds(proof)
        for path in ("", "data/", "proof/", "receipt/"):
            shown = client.get(f"/t/{code}/{path}").body.decode(errors="replace")
            assert "13811112222" not in shown
            assert "楼道灯坏了" not in shown
