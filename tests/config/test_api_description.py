"""The API keeps its description: a short form of `make fuzz`, without sockets."""

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.urls import reverse
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.failures import FailureGroup
from schemathesis.specs.openapi import checks

from benchmarks.fuzz_hooks import well_formed_is_understood
from lianxin.config.wsgi import application
from lianxin.people.models import Account
from tests import factories as f
from tests.authorisation.things import key_of

#: Whether a rule may refuse what fits the schema is asked by `make fuzz`, with its list of statuses.
CHECKS = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
    checks.negative_data_rejection,
    well_formed_is_understood,
]
BRIEF = settings(
    max_examples=1,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def one_connection(db):
    """The server closes connections around a request; here they hold the test's transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.fixture
def clerk(one_connection):
    f.world()
    key = key_of(Account.objects.get(username="clerk"))
    return {"Authorization": f"Bearer {key}", "Accept-Encoding": "identity"}


def tried(app, headers, *, paths=""):
    """Every operation with a right and a wrong request; the statuses of the answers.

    Raises FailureGroup where an answer is not as the description says.
    """
    schema = schemathesis.openapi.from_wsgi(reverse("api:document"), app)
    answers = []
    for found in schema.get_all_operations():
        operation = found.ok()
        if paths and not operation.path.startswith(paths):
            continue
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
            answers += _one(operation, mode, headers)
    return answers


def _one(operation, mode, headers):
    answers = []

    @BRIEF
    @given(case=operation.as_strategy(generation_mode=mode))
    def once(case):
        answer = case.call(headers=headers)
        case.validate_response(answer, checks=CHECKS, headers=headers)
        answers.append(answer.status_code)

    try:
        once()
    except Unsatisfiable:
        return []  # nothing can be wrong about a request without parameters
    return answers


def test_answers_are_as_described(clerk):
    answers = tried(application, clerk)
    assert len(answers) > 100
    assert {200, 404, 422} <= set(answers)


def test_an_answer_that_is_not_as_described_is_found(clerk):
    def lying(environ, start_response):
        answer = b"".join(application(environ, lambda status, headers, *more: None))
        start_response("200 OK", [("Content-Type", "application/json")])
        return [answer if environ["PATH_INFO"].endswith("openapi.json") else b'{"items": "none"}']

    with pytest.raises(FailureGroup):
        tried(lying, clerk, paths="/me")
