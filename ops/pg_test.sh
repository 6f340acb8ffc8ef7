#!/bin/sh
# Runs a command with DATABASE_URL set to PostgreSQL: the caller's own, or a private cluster
# that lives in a temporary folder, listens on a local socket alone, and is gone afterwards.
#   ops/pg_test.sh COMMAND [ARGUMENT ...]
set -eu

case "${DATABASE_URL:-}" in
    postgres*) exec "$@" ;;
esac

bin=${PG_BIN:-}
for folder in $(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -rV); do
    [ -n "$bin" ] || [ ! -x "$folder/initdb" ] || bin=$folder
done
if [ -z "$bin" ]; then
    echo "PostgreSQL is not installed (Debian: apt-get install postgresql), and DATABASE_URL is not set." >&2
    exit 1
fi

home=$(mktemp -d /tmp/lianxin-pg.XXXXXX)
chmod 755 "$home"
data=$home/data
# PostgreSQL refuses to run as root.
if [ "$(id -u)" = 0 ]; then
    id postgres >/dev/null 2>&1 || useradd --system --no-create-home postgres
    chown postgres "$home"
    as() { setpriv --reuid=postgres --regid="$(id -g postgres)" --clear-groups "$@"; }
else
    as() { "$@"; }
fi

stop() {
    status=$?
    trap - EXIT INT TERM
    as "$bin/pg_ctl" -D "$data" -m immediate -s stop >/dev/null 2>&1 || true
    rm -rf "$home"
    exit "$status"
}
trap stop EXIT INT TERM

cd "$home"
# C.UTF-8 is the one locale that every machine has. The cluster is thrown
# away, so it need not survive a power cut.
as "$bin/initdb" -D "$data" --username=postgres --auth=trust --encoding=UTF8 --locale=C.UTF-8 \
    --no-sync >"$home/initdb.log" 2>&1 || { cat "$home/initdb.log" >&2; exit 1; }
as "$bin/pg_ctl" -D "$data" -s -w -l "$home/log" \
    -o "-k $home -c listen_addresses= -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c jit=off -c shared_buffers=256MB -c max_connections=300" start \
    || { cat "$home/log" >&2; exit 1; }
# Superusers are not held to row level security, so the command runs as somebody else. Full-text
# search may use its index under security only where its operator is said not to leak.
as "$bin/psql" -h "$home" -U postgres -q -v ON_ERROR_STOP=1 template1 \
    -c "ALTER FUNCTION pg_catalog.ts_match_vq(tsvector, tsquery) LEAKPROOF" \
    -c "CREATE ROLE lianxin LOGIN CREATEDB CREATEROLE"
as "$bin/createdb" -h "$home" -U postgres -O lianxin lianxin
cd "$OLDPWD"

DATABASE_URL="postgres://lianxin@/lianxin?host=$home" "$@"
