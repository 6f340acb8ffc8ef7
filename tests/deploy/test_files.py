"""One plan gives every file of every machine, and the programs themselves find them right."""

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
import yaml

from deploy import files, plan, programs
from deploy.plan import PlanError

ROOT = Path(plan.__file__).resolve().parent
BIN = programs.DEBIAN_BIN


def program(name):
    found = shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin")
    return found or pytest.skip(f"{name} is not installed here")


def said(*command):
    done = subprocess.run([str(one) for one in command], capture_output=True, text=True)
    return done.returncode, done.stdout + done.stderr


@pytest.fixture
def trial(tmp_path):
    """The folder of the first node's files, on one machine."""
    one = plan.trial(tmp_path, port=25_000, install=Path("/opt/lianxin"))
    secrets = plan.secrets_in(tmp_path)
    return files.write_node(one, one.nodes[0], secrets, postgres_bin=BIN)


@pytest.fixture
def three(tmp_path):
    """The folders of three real machines."""
    found = plan.moved(plan.read(ROOT / "plan.example.toml"), tmp_path)
    secrets = plan.secrets_in(tmp_path)
    return [files.write_node(found, one, secrets, postgres_bin=BIN) for one in found.nodes]


def test_nothing_is_left_open_in_any_file(three):
    for folder in three:
        written = [one for one in folder.rglob("*") if one.is_file()]
        assert len(written) == len(files.FILES) + len(files.PARTS) + len(files.KEPT)
        assert [one.name for one in written if "@{" in one.read_text(encoding="utf-8")] == []


def test_machines_differ_by_name_and_address_alone(three):
    first, second, _third = ((one / "patroni.yml").read_text(encoding="utf-8") for one in three)
    differing = [
        line
        for line, other in zip(first.split("\n"), second.split("\n"), strict=True)
        if line != other
    ]
    assert differing
    assert all("db1" in line or "10.0.0.11" in line for line in differing)


def test_secrets_are_made_once_and_kept_from_others(tmp_path, three):
    path = tmp_path / "secrets.json"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert plan.secrets_in(tmp_path) == plan.secrets_in(tmp_path)
    values = plan.secrets_in(tmp_path).values()
    for name in files.OPEN_TO_ALL:
        text = (three[0] / name).read_text(encoding="utf-8")
        assert not any(value in text for value in values)
    assert stat.S_IMODE((three[0] / "lianxin.env").stat().st_mode) == 0o640


def test_patroni_gives_up_no_acknowledged_commit(three):
    dcs = yaml.safe_load((three[0] / "patroni.yml").read_text(encoding="utf-8"))["bootstrap"]["dcs"]
    assert dcs["synchronous_mode"] is dcs["synchronous_mode_strict"] is True
    assert dcs["loop_wait"] + 2 * dcs["retry_timeout"] <= dcs["ttl"]
    assert dcs["failsafe_mode"] is True


def test_on_one_machine_nothing_listens_to_others(trial):
    listening = [
        line.split()[1]
        for name in ("nginx.conf", "haproxy.cfg")
        for line in (trial / name).read_text(encoding="utf-8").splitlines()
        if line.split()[:1] in (["listen"], ["bind"]) and line.startswith(" ") and ":" in line
    ]
    assert len(listening) == 5
    assert all(address.startswith("127.0.0.1:") for address in listening)


def test_who_asks_cannot_say_where_from(trial):
    """Forwarded headers are set anew from the connection, never passed on or added to."""
    text = (trial / "nginx.conf").read_text(encoding="utf-8")
    assert "proxy_set_header X-Forwarded-For $remote_addr;" in text
    assert "proxy_set_header X-Forwarded-Proto $scheme;" in text
    assert 'proxy_set_header Forwarded "";' in text
    assert "$proxy_add_x_forwarded_for" not in text
    assert "ssl_protocols TLSv1.2 TLSv1.3;" in text


def test_what_nginx_logs_names_no_receipt(three):
    """A receipt's code stands in the path of its page, and in the referrer of what that page loads."""
    text = (three[0] / "nginx.conf").read_text(encoding="utf-8")
    shown = re.search(r"log_format lianxin ([^;]+);", text)[1]
    assert not re.search(r"\$(request|request_uri|uri|args|query_string|http_\w+)\b", shown)
    logs = re.findall(r"^ +access_log ([^;]+);", text, re.M)
    assert set(logs) == {"off", "/var/log/nginx/lianxin.log lianxin"}
    servers = text.count("\nserver {")
    assert len(re.findall(r"^ +error_log \S+ crit;", text, re.M)) == servers
    first = re.search(r'"~([^"]+)" \$lianxin_first', text)[1].replace("?<", "?P<")
    assert re.search(first, "/t/685H-AM6T-AMBC-Q5SQ-V6M8-YX6S/")[1] == "/t"
    assert re.search(first, "/685H-AM6T-AMBC-Q5SQ-V6M8-YX6S/") is None


def test_haproxy_takes_its_file(trial):
    code, words = said(program("haproxy"), "-c", "-f", trial / "haproxy.cfg")
    assert code == 0, words


def test_nginx_takes_its_file(trial, tmp_path):
    (trial / "tls").mkdir()
    (tmp_path / "var" / "nginx").mkdir(parents=True)
    # fmt: off
    said("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
         "-subj", "/CN=localhost", "-keyout", trial / "tls/key.pem", "-out", trial / "tls/fullchain.pem")
    # fmt: on
    code, words = said(program("nginx"), "-t", "-c", trial / "nginx-main.conf")
    assert code == 0, words


def test_systemd_takes_its_units(three):
    for unit in sorted(one for one in (three[0] / "systemd").iterdir() if one.is_file()):
        _code, words = said(program("systemd-analyze"), "verify", unit)
        wrong = [
            line
            for line in words.splitlines()
            # Neither the product nor Patroni is installed where the tests run.
            if unit.name in line and "is not executable" not in line and "not found" not in line
        ]
        assert wrong == []


@pytest.mark.parametrize("part", files.PARTS)
def test_a_unit_may_write_to_its_own_folders_alone(three, part):
    unit = (three[0] / "systemd" / f"lianxin-{part}.service").read_text(encoding="utf-8")
    assert "ProtectSystem=strict" in unit
    assert "NoNewPrivileges=yes" in unit
    assert "ReadWritePaths=/var/lib/lianxin /srv/lianxin-files\n" in unit
    assert "RequiresMountsFor=/srv/lianxin-files\n" in unit


def test_a_call_that_a_unit_may_not_make_kills_nothing(three):
    """An allocator of a library asks for memory near its core, and the filter forbids that."""
    for part in (*files.PARTS, "backup"):
        unit = (three[0] / "systemd" / f"lianxin-{part}.service").read_text(encoding="utf-8")
        assert "SystemCallFilter=~@privileged @resources" in unit
        assert "SystemCallErrorNumber=EPERM" in unit


@pytest.mark.parametrize("name", files.KEPT)
def test_what_everything_hangs_on_starts_again_by_itself(three, name):
    """Debian's units of etcd, PgBouncer and nginx stay down once they were killed."""
    kept = (three[0] / f"systemd/{name}.service.d/lianxin.conf").read_text(encoding="utf-8")
    assert "\nAfter=network-online.target\n" in kept
    assert "\nStartLimitIntervalSec=0\n" in kept
    assert "\nRestart=always\n" in kept


def test_all_machines_keep_attachments_in_one_place_of_the_plan(three):
    lines = {
        line
        for folder in three
        for line in (folder / "lianxin.env").read_text(encoding="utf-8").splitlines()
        if line.startswith("FILES_DIR=")
    }
    assert lines == {"FILES_DIR=/srv/lianxin-files"}


def test_a_machine_is_as_large_as_its_plan_says(tmp_path):
    text = (ROOT / "plan.example.toml").read_text(encoding="utf-8")
    small = text.replace("web_workers = 4 ", "web_workers = 1 ").replace('"4GB"', '"128MB"')
    (tmp_path / "small.toml").write_text(small, encoding="utf-8")
    found = plan.moved(plan.read(tmp_path / "small.toml"), tmp_path)
    secrets = plan.secrets_in(tmp_path)
    folder = files.write_node(found, found.nodes[0], secrets, postgres_bin=BIN)
    assert "WEB_WORKERS=1\n" in (folder / "lianxin.env").read_text(encoding="utf-8")
    assert "shared_buffers: 128MB\n" in (folder / "patroni.yml").read_text(encoding="utf-8")


def test_a_plan_of_two_machines_is_refused(tmp_path):
    text = (ROOT / "plan.example.toml").read_text(encoding="utf-8")
    (tmp_path / "two.toml").write_text(text.rpartition("[[node]]")[0], encoding="utf-8")
    with pytest.raises(PlanError, match="three machines"):
        plan.read(tmp_path / "two.toml")
    (tmp_path / "odd.toml").write_text(text.replace("host =", "hosts ="), encoding="utf-8")
    with pytest.raises(PlanError, match="hosts"):
        plan.read(tmp_path / "odd.toml")
