"""What a resident had erased is in no base back-up of the cluster, nor in its log, a day later.

The real pgBackRest, with the file that `deploy` writes and the command of its unit.
"""

# The table's name comes from its model.
# ruff: noqa: S608

import json
import os
import re
import shutil

import pytest

from benchmarks.cluster import Cluster
from deploy import files
from lianxin.kernel.models import DataKey
from tests.deploy.test_files import program

TABLE = DataKey._meta.db_table
UNIT = files.TEMPLATES / "systemd" / "lianxin-base.service"
STANZA = ("pgbackrest", "--stanza=lianxin")


class Repository:
    """A cluster that archives, as `deploy` has it, with all folders in one of the trial's."""

    def __init__(self, cluster):
        self.cluster, self.folder = cluster, cluster.folder / "pgbackrest"
        self.repo = self.folder / "repo"
        config = self.folder / "pgbackrest.conf"
        values = {"data": cluster.folder, "postgres": 5432, "sockets": cluster.folder}
        words = files.written("pgbackrest.conf", values)
        for there, here in (("/srv/pgbackrest", "repo"), ("/var/spool/pgbackrest", "spool")):
            assert there in words
            words = words.replace(there, str(self.folder / here))
        words = words.replace(f"{cluster.folder}/postgres", f"{cluster.folder}/data")
        # Nothing is packed: so all of it can be looked through as it lies there.
        words = words.replace("compress-type=zst", "compress-type=none")
        own = {"pg1-user": "lianxin", "log-path": self.folder, "lock-path": self.folder / "lock"}
        self.folder.mkdir()
        config.write_text(words + "".join(f"{key}={value}\n" for key, value in own.items()))
        for one in (self.folder, config):
            shutil.chown(one, cluster.folder.owner())
        self.environment = {
            "PGBACKREST_CONFIG": str(config),
            "PGHOST": str(cluster.folder),
            "PGUSER": "lianxin",
        }

    def call(self, *command):
        return self.cluster.call(*command, **self.environment)

    def tell(self, sql):
        return self.call("psql", "-d", "lianxin", "-Atc", sql)

    def told(self):
        (info,) = json.loads(self.call(*STANZA, "info", "--output=json"))
        return info

    def back_up_as_the_unit_does(self):
        found = re.search(r"^ExecStart=/bin/sh -c '(.+)'$", UNIT.read_text(), re.M)
        assert not re.search(r"%|\$[{$]", found[1])  # systemd hands it on as it stands
        self.call("/bin/sh", "-c", found[1])

    def holds(self, *secrets):
        """Which back-ups and pieces of the log hold any of these bytes."""
        places = (*self.repo.glob("backup/lianxin/*F"), *self.repo.glob("archive/lianxin/*/*/*"))
        return {one.name for one in places if holds_any(one, secrets)}


def holds_any(place, secrets):
    found = (path for path in (place, *place.rglob("*")) if path.is_file())
    return any(
        secret in data for path in found for data in [path.read_bytes()] for secret in secrets
    )


@pytest.fixture
def repository():
    program("pgbackrest")
    with Cluster() as cluster:
        made = Repository(cluster)
        piece = f"pgbackrest --config={made.environment['PGBACKREST_CONFIG']} --stanza=lianxin"
        cluster.stop(cluster.folder / "data")
        cluster.configure(
            cluster.folder / "data",
            {"fsync": "off", "archive_mode": "on", "archive_command": f"'{piece} archive-push %p'"},
        )
        cluster.start(cluster.folder / "data")
        made.call(*STANZA, "stanza-create")
        yield made


@pytest.mark.only_postgresql("pgBackRest keeps PostgreSQL's log")
def test_three_base_back_ups_later_a_destroyed_key_is_nowhere(repository):
    erased, kept = [os.urandom(40) for _ in range(20)], os.urandom(40)
    repository.tell(f"CREATE TABLE {TABLE} (id int PRIMARY KEY, wrapped bytea NOT NULL)")
    for number, secret in enumerate((kept, *erased)):
        repository.tell(f"INSERT INTO {TABLE} VALUES ({number}, '\\x{secret.hex()}')")
    repository.back_up_as_the_unit_does()
    repository.tell(f"UPDATE {TABLE} SET wrapped = '' WHERE id > 0")
    assert len(repository.holds(*erased)) > 1  # the back-up and its log
    # The control: were its table only tidied, keys would go on from back-up to back-up.
    repository.tell(f"VACUUM {TABLE}")
    repository.call(*STANZA, "--type=full", "backup")
    assert repository.told()["backup"][-1]["label"] in repository.holds(*erased)
    for _ in range(3):
        repository.back_up_as_the_unit_does()
    left = {one["label"] for one in repository.told()["backup"]}
    assert len(left) == 3
    assert repository.holds(*erased) == set()
    assert left <= repository.holds(kept)
