#!/bin/sh
# The installation of a province: three nodes of PostgreSQL under Patroni, and the product over them.
#   deploy/province.sh up|status|down [FOLDER] [--port N]     on this machine alone, to try it
#   deploy/province.sh write PLAN.toml FOLDER                 the configuration of three machines
set -eu
cd "$(dirname "$0")/.."
python=.venv/bin/python
[ -x "$python" ] || python=python3
exec "$python" -m deploy "$@"
