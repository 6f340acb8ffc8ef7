# The same recipes on every machine, and in .ci/run.
PYTHON ?= python3
PY = .venv/bin/python
WORKERS ?= 2
SOURCES = lianxin tests ops benchmarks deploy verify manage.py
# Bytecode is kept, whatever the shell says: without it each process of a trial compiles the product.
export PYTHONDONTWRITEBYTECODE =
SUITE = $(PY) -m pytest -n $(WORKERS) --dist worksteal


.PHONY: setup
setup: ## everything that running needs, the demo world included
	@$(PYTHON) ops/setup.py run world

.PHONY: run
run: setup ## serve on HOST and PORT
	@exec $(PY) manage.py serve

.PHONY: tools
tools:
	@$(PYTHON) ops/setup.py dev

.PHONY: test
test: tools ## the default suite
	@$(SUITE) $(ARGS)

.PHONY: test-postgres
test-postgres: tools ## the same suite on PostgreSQL: DATABASE_URL, or a private cluster
	@ops/pg_test.sh $(SUITE) $(ARGS)

.PHONY: matrix
matrix: tools ## every address, for every role in every relation to what it names
	@MATRIX_SHARE=1 $(PY) -m benchmarks.tried matrix -n $(WORKERS) --dist worksteal tests/authorisation $(ARGS)

.PHONY: asvs
asvs: tools ## the chosen items of ASVS, each by its test; staff sign in with two factors
	@$(PY) -m benchmarks.tried asvs -n $(WORKERS) --dist worksteal tests/asvs $(ARGS)
	@$(PY) -m benchmarks.tried staff-sign-in tests/asvs/test_authentication.py tests/asvs/test_sessions.py $(ARGS)

.PHONY: journeys
journeys: tools ## walks the product in a browser
	@$(PY) -m pytest tests/journeys --journeys -p no:randomly $(ARGS)

.PHONY: province bench
province: tools ## a province to measure in, kept in var: SCALE=1 is 1,000,000 cases; texts of MESSAGES_DIR
	@$(PY) -m benchmarks.provinces make $(or $(SCALE),1) $(ARGS)

bench: tools ## measures over real HTTP, as ratios
	@$(PY) -m benchmarks $(ARGS)

.PHONY: crash
crash: tools ## kills the server and its parts while residents file, on both engines; no receipt may be lost
	@DATABASE_URL= $(PY) -m benchmarks.crash $(ARGS)
	@ops/pg_test.sh $(PY) -m benchmarks.crash $(ARGS)

.PHONY: outbox
outbox: tools ## kills outbox workers while they deliver to a bad partner, on both engines
	@DATABASE_URL= $(PY) -m benchmarks.outbox $(ARGS)
	@ops/pg_test.sh $(PY) -m benchmarks.outbox $(ARGS)

.PHONY: fuzz
fuzz: tools ## schemathesis on the API for every role, hostile values at every address; on both engines
	@DATABASE_URL= $(PY) -m benchmarks.fuzz $(ARGS)
	@ops/pg_test.sh $(PY) -m benchmarks.fuzz $(ARGS)
	@DATABASE_URL= CORPUS=all $(PY) -m benchmarks.tried corpus-sqlite tests/config/test_corpus.py
	@CORPUS=all ops/pg_test.sh $(PY) -m benchmarks.tried corpus-postgresql tests/config/test_corpus.py

.PHONY: erasure
ERASURE = tests/cases/test_erasing.py tests/cases/test_my_data_pages.py tests/asvs/test_privacy.py \
	tests/reliability/test_erased_proof.py tests/reliability/test_erased_backup.py \
	tests/record/test_attachments.py tests/config/test_backup_keys.py tests/deploy/test_archive.py
erasure: tools ## what was erased is read nowhere, in no back-up, and every proof stays valid; on both engines
	@DATABASE_URL= $(PY) -m benchmarks.tried erasure-sqlite $(ERASURE) $(ARGS)
	@ops/pg_test.sh $(PY) -m benchmarks.tried erasure-postgresql $(ERASURE) $(ARGS)

.PHONY: drill
drill: tools ## backs up under load, restores into an empty place, compares; on both engines
	@DATABASE_URL= $(PY) -m benchmarks.drill $(ARGS)
	@ops/pg_test.sh $(PY) -m benchmarks.drill $(ARGS)

.PHONY: pitr
pitr: tools ## restores PostgreSQL to a chosen second
	@$(PY) -m benchmarks.pitr $(ARGS)

.PHONY: clock
clock: tools ## sets the clock of running processes forth and back (needs faketime)
	@$(PY) -m benchmarks.clock $(ARGS)

.PHONY: rolling-update
rolling-update: tools ## an old and the new version serve one database side by side (ARGS="--old REVISION")
	@ops/pg_test.sh $(PY) -m benchmarks.rolling $(ARGS)

.PHONY: soak
# The long forms one after the other; a target that is not there is left out, one that fails is named
# at the end. MINUTES is how long the server runs under load in the last part, on each engine.
SOAK = crash outbox one-key machine tampering ledger drill pitr clock rolling-update mutants \
	matrix asvs isolation planted erasure rotation fuzz uploads guessing powercut diskfull village failover storm
MINUTES ?= 60
soak: tools ## the long forms of all trials, then MINUTES of load; make scoreboard says what came out
	@$(PY) -m benchmarks.sequence $(SOAK)
	@DATABASE_URL= $(PY) -m benchmarks.soak --minutes $(MINUTES)
	@ops/pg_test.sh $(PY) -m benchmarks.soak --minutes $(MINUTES)
	@$(MAKE) --no-print-directory scoreboard

.PHONY: isolation
isolation: tools ## two counties and strangers on one small pool of PostgreSQL: nobody sees the other's rows
	@ops/pg_test.sh $(PY) -m benchmarks.isolation $(ARGS)

.PHONY: tampering
tampering: tools ## alters ledgers, proofs and heads; the separate programs must find it all
	@$(PY) -m benchmarks.tampering $(ARGS)

.PHONY: one-key
one-key: tools ## the same filing many times at once, the same seat for many, the same key of others
	@$(PY) -m benchmarks.tried one-key tests/reliability/test_one_key.py tests/reliability/test_one_slot.py tests/kernel/test_idempotency.py $(ARGS)

# Of the steps asked for, about one in a hundred falls away: a walk may end early.
.PHONY: machine
machine: tools ## 50,000 acts in any order: no illegal state, and what is stored is what its events say
	@MACHINE_STEPS=$${MACHINE_STEPS:-52000} $(PY) -m benchmarks.tried machine tests/handling/test_machine.py tests/reception/test_bookings_machine.py $(ARGS)

.PHONY: mutants
mutants: tools ## plants faults in a copy of the source; each must be found by its tests
	@DATABASE_URL= $(PY) -m benchmarks.mutants $(ARGS)
	@ops/pg_test.sh $(PY) -m benchmarks.mutants $(ARGS)

.PHONY: failover
failover: tools ## three nodes under Patroni, residents filing, one disaster after the other
	@$(PY) -m benchmarks.failover $(ARGS)

.PHONY: diskfull
diskfull: tools ## the disk fills up under load, three times
	@$(PY) -m benchmarks.diskfull $(ARGS)

.PHONY: powercut
powercut: tools ## the power fails on a disk that forgets what was not forced to it
	@$(PY) -m benchmarks.powercut sqlite $(ARGS)
	@$(PY) -m benchmarks.powercut postgresql $(ARGS)

.PHONY: village
village: tools ## a matter with a photo over 64 kbit/s, 800 ms, 5 % loss
	@$(PY) -m benchmarks.village $(ARGS)

.PHONY: scoreboard
scoreboard: tools ## the promises with the figures of the last runs
	@$(PY) -m benchmarks.scoreboard --page var/scoreboard.html $(ARGS)

.PHONY: planted
planted: tools ## invented names, phones and identity numbers go in; every byte left behind is searched for them
	@DATABASE_URL= $(PY) -m benchmarks.planted $(ARGS)
	@ops/pg_test.sh $(PY) -m benchmarks.planted $(ARGS)

.PHONY: rotation
rotation: tools ## another key seals 100,000 rows anew while residents file and everybody reads
	@DATABASE_URL= $(PY) -m benchmarks.rotation $(ARGS)
	@ops/pg_test.sh $(PY) -m benchmarks.rotation $(ARGS)

.PHONY: storm
SECONDS ?= 60
storm: tools ## residents as in the design's storm, once, three and ten times as many, SECONDS each
	@DATABASE_URL= $(PY) -m benchmarks.storm --seconds $(SECONDS) $(ARGS)
	@ops/pg_test.sh $(PY) -m benchmarks.storm --seconds $(SECONDS) $(ARGS)

.PHONY: guessing
guessing: tools ## guesses receipt codes from one network and from a thousand
	@$(PY) -m benchmarks.guessing $(ARGS)

.PHONY: uploads
uploads: tools ## hostile files through the real server; clamd and exiftool judge where they are installed
	@$(PY) -m benchmarks.uploads $(ARGS)

.PHONY: ledger
ledger: tools ## a million leaves in one log: the sequencer, proofs, and trees of another library
	@$(PY) -m benchmarks.ledger $(ARGS)

.PHONY: check
check: tools ## format, lint, types, contracts, migrations, translations, diagrams
	@$(PY) ops/check.py

.PHONY: fix
fix: tools ## what a machine can put right
	@$(PY) -m ruff check --fix $(wildcard $(SOURCES))
	@$(PY) -m ruff format $(wildcard $(SOURCES))
	@$(PY) manage.py write_docs
	@$(PY) -m ops.asvs --write
	@$(PY) -m ops.one_engine --write

.PHONY: lock
lock: tools ## new locks from requirements/*.in
	@for kind in run dev node; do \
	  $(PY) -m uv pip compile requirements/$$kind.in -o requirements/$$kind.txt --universal \
	    --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links \
	    --no-annotate --no-header --quiet $(ARGS) || exit 1; \
	done

.PHONY: messages
messages: tools ## gathers new messages into each app's translation file (needs gettext)
	@for app in lianxin/*/; do \
	  (cd $$app && ../../$(PY) ../../manage.py makemessages -l zh_Hans --no-location --no-obsolete) || exit 1; \
	done
