"""Faults to be planted on purpose, each with the tests that must then fail.

A fault is a change of the source, written as the words that are replaced. Where those words are not
there any more, the control is stale and says so: nobody may believe that it was tried.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Control:
    """`old` stands exactly once in `file`; `tests` are names as pytest takes them."""

    name: str
    file: str
    old: str
    new: str
    tests: tuple[str, ...]
    postgresql: bool = False  # the fault shows on PostgreSQL alone


CONTROLS = (
    Control(
        "commits are not forced to the disk",
        "lianxin/config/environment.py",
        "PRAGMA synchronous=FULL",
        "PRAGMA synchronous=OFF",
        ("tests/config/test_settings.py::test_sqlite_is_new_and_set_for_durability",),
    ),
    Control(
        "idempotency keys are not unique",
        "lianxin/kernel/migrations/0001_initial.py",
        "('key', models.CharField(max_length=255, unique=True))",
        "('key', models.CharField(max_length=255))",
        ("tests/kernel/test_idempotency.py",),
    ),
    Control(
        "the key is kept before its act is committed",
        "lianxin/kernel/idempotency.py",
        "@transaction.atomic\ndef _once(",
        "def _once(",
        ("tests/kernel/test_idempotency.py",),
    ),
    Control(
        "another sender reads the first one's outcome",
        "lianxin/kernel/idempotency.py",
        "if record.actor != wanted.actor:",
        "if False:",
        ("tests/kernel/test_idempotency.py",),
    ),
    Control(
        "a receipt is handed out before its commit",
        "lianxin/cases/services/filing.py",
        "        stored = idempotency.once(key=key, actor=actor, route=route, body_hash=body_hash, act=act)\n"
        "    return",
        '        __import__("django.db.transaction").db.transaction.atomic().__enter__()\n'
        "        stored = idempotency.once(key=key, actor=actor, route=route, body_hash=body_hash, act=act)\n"
        "    return",
        ("tests/reliability/test_one_key.py::test_a_lost_answer_is_asked_for_again",),
    ),
    Control(
        "programs wait for their own first request",
        "lianxin/kernel/idempotency.py",
        "if _waits.get():",
        "if True:",
        ("tests/kernel/test_idempotency.py",),
    ),
    Control(
        "forms need no token",
        "lianxin/config/settings.py",
        '    "django.middleware.csrf.CsrfViewMiddleware",\n',
        "",
        ("tests/web/test_middleware.py",),
    ),
    Control(
        "a session keeps its key at the sign-in",
        "lianxin/people/services/signing_in.py",
        '    session.cycle_key()\n    session[_NOTE] = {"account"',
        '    session[_NOTE] = {"account"',
        ("tests/asvs/test_sessions.py::test_asvs_7_2_4_every_step_of_signing_in_gives_a_new_key",),
    ),
    Control(
        "a rotation forgets the residents' keys",
        "lianxin/kernel/resealing.py",
        "        yield _rewrap()\n",
        "        pass\n",
        ("tests/kernel/test_data_keys.py", "tests/kernel/test_resealing.py"),
    ),
    Control(
        "an error is kept with its text",
        "lianxin/kernel/failures.py",
        "causes.append(_named(one) + _place(one))",
        "causes.append(str(one))",
        ("tests/kernel/test_failures.py",),
    ),
    Control(
        "sealed texts are stored in the clear",
        "lianxin/kernel/seals.py",
        "    nonce = os.urandom(_NONCE)\n    encrypt =",
        "    return text\n    nonce = os.urandom(_NONCE)\n    encrypt =",
        ("tests/kernel/test_fields.py",),
    ),
    Control(
        "seals are not bound to row and column",
        "lianxin/kernel/seals.py",
        "def _place(column: str, row: object) -> bytes:\n",
        'def _place(column: str, row: object) -> bytes:\n    return b""\n',
        ("tests/kernel/test_fields.py",),
    ),
    Control(
        "later events overtake earlier ones of their case",
        "lianxin/kernel/outbox.py",
        "return [message for message in found if message.pk not in overtaking]",
        "return found",
        ("tests/kernel/test_outbox.py",),
    ),
    Control(
        "a lease never runs out",
        "lianxin/kernel/outbox.py",
        "free = Q(lease_until=None) | Q(lease_until__lte=at) |",
        "free = Q(lease_until=None) |",
        ("tests/kernel/test_outbox.py::test_a_lease_keeps_others_away_until_it_runs_out",),
    ),
    Control(
        "a lease keeps nobody away",
        "lianxin/kernel/outbox.py",
        "filter(free, come, state=PENDING)",
        "filter(come, state=PENDING)",
        ("tests/kernel/test_outbox.py::test_a_lease_keeps_others_away_until_it_runs_out",),
    ),
    Control(
        "a poisoned event is tried for ever",
        "lianxin/kernel/outbox.py",
        "state=PARKED if attempts >= TRIES else PENDING",
        "state=PENDING",
        ("tests/kernel/test_outbox.py", "tests/reliability/test_outbox.py"),
    ),
    Control(
        "two schedulers run the same slot",
        "lianxin/kernel/scheduler.py",
        "if row.last_slot == current or leased:",
        "if row.last_slot == current:",
        ("tests/kernel/test_scheduler.py",),
    ),
    Control(
        "everybody may import",
        "lianxin/venues/rules/permissions.py",
        "if not by.can(Ability.IMPORT_RUN):",
        "if False:",
        ("tests/authorisation/test_matrix.py::test_every_role_gets_what_the_rows_say[venues]",),
    ),
    Control(
        "every desk sees every case",
        "lianxin/cases/queries/cases.py",
        "return Case.objects.filter(seen)",
        "return Case.objects.all()",
        ("tests/authorisation/test_matrix.py::test_every_role_gets_what_the_rows_say[cases_desk]",),
    ),
    Control(
        "leaves are written after their act",
        "lianxin/record/services/journal.py",
        "    statements.write(statements.prepare(entry), statements.prepare(ledger.leaf_of(entry, salt)))\n",
        "    leaf = ledger.leaf_of(entry, salt)\n"
        "    from django.db import transaction\n"
        "    statements.insert(entry)\n"
        "    transaction.on_commit(lambda: statements.insert(leaf))\n",
        ("tests/record/test_ledger.py",),
    ),
    Control(
        "the sequencer signs a head that is not the tree's",
        "lianxin/record/services/ledger.py",
        "log.root = merkle.root(log.size, queries.tile_reader(log))",
        "log.root = merkle.root(log.size - 1, queries.tile_reader(log))",
        ("tests/record/test_ledger.py",),
    ),
    Control(
        "the separate program believes any path",
        "verify/lianxin_verify.py",
        'need(climb(index, size, leaf(commitment), path) == root, "the ledger does not hold this")',
        "climb(index, size, leaf(commitment), path)",
        ("tests/record/test_ledger.py",),
    ),
    Control(
        "the witness signs forks",
        "verify/lianxin_witness.py",
        "            grown(old, size, kept_root, root, hashes_of(lines))\n",
        "            hashes_of(lines)\n",
        ("tests/record/test_witness.py",),
    ),
    Control(
        "the policies of rows are not forced",
        "lianxin/kernel/rowsecurity.py",
        'on, forced = ("ENABLE", "FORCE")',
        'on, forced = ("ENABLE", "NO FORCE")',
        ("tests/kernel/test_rowsecurity.py",),
        postgresql=True,
    ),
    Control(
        "a scope reaches every row",
        "lianxin/kernel/rowsecurity.py",
        "inside = _unless_everywhere(f\"({column} || '.') ^@ ANY ({_BEGINNINGS})\")",
        "inside = _ANY_SCOPE",
        ("tests/kernel/test_rowsecurity.py",),
        postgresql=True,
    ),
    Control(
        "new columns lose their default, and an older version cannot insert",
        "lianxin/kernel/postgres/schema.py",
        "return True",
        "return False",
        ("tests/kernel/postgres/test_schema.py",),
        postgresql=True,
    ),
    Control(
        "no limit on attempts",
        "lianxin/kernel/limits.py",
        "if statements.draw(fresh, burst=burst, per_hour=per_hour, at=at):",
        "if statements.draw(fresh, burst=burst, per_hour=per_hour, at=at) or True:",
        ("tests/kernel/test_limits.py",),
    ),
    Control(
        "a damaged back-up is restored",
        "lianxin/config/backup/signed.py",
        '        _check_pieces(folder, body["pieces"])\n',
        "",
        ("tests/reliability/test_backup.py",),
    ),
)
