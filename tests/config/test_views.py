"""Addresses for machines: alive, ready, figures."""

from datetime import timedelta

import pytest
from django.test import Client

from lianxin.config import health, metrics
from lianxin.kernel import scheduler
from lianxin.kernel.clock import now
from lianxin.kernel.models import OutboxMessage, ScheduledJob


def test_alive_asks_no_database(client):
    response = client.get("/health/")
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.django_db
def test_ready_says_a_word_per_part(client):
    response = client.get("/ready/")
    assert response.status_code == 200
    assert set(response.json()) == {"database", "jobs", "outbox", "disk"}
    assert response.json()["database"] == "ok"


def test_not_ready_while_the_database_is_away(client, monkeypatch):
    monkeypatch.setattr(health, "database_answers", lambda: False)
    response = client.get("/ready/")
    assert response.status_code == 503
    assert response.json()["database"] == "away"
    assert response.json()["jobs"] == "unknown"
    assert b"lianxin_database_up 0\n" in client.get("/metrics/").content


@pytest.mark.django_db
def test_a_late_job_a_parked_message_and_a_low_disk_are_said(monkeypatch):
    at, one = now(), scheduler.jobs()[0]
    late = at - one.every - health.GRACE - timedelta(seconds=1)
    ScheduledJob.objects.create(name=one.name, last_slot=1, last_run_at=late)
    OutboxMessage.objects.create(
        topic="t", handler="h", key="k", payload={}, state=OutboxMessage.State.PARKED
    )
    monkeypatch.setattr(health, "LEAST_FREE", 1 << 62)
    found = health.figures(at)
    assert found.words == {"database": "ok", "jobs": "late", "outbox": "parked", "disk": "low"}
    assert found.ready
    text = metrics.as_text(found)
    assert f'lianxin_job_late{{job="{one.name}"}} 1' in text
    assert 'lianxin_outbox_messages{state="parked"} 1' in text


@pytest.mark.django_db
def test_every_figure_has_a_meaning_and_a_type():
    lines = metrics.as_text(health.figures(now())).splitlines()
    named = {line.split("{")[0].split()[0] for line in lines if not line.startswith("#")}
    assert named <= {line.split()[2] for line in lines if line.startswith("# HELP")}
    assert named <= {line.split()[2] for line in lines if line.startswith("# TYPE")}
    assert "lianxin_ledger_lag_seconds" in named


@pytest.mark.django_db
@pytest.mark.parametrize(
    "asked",
    [
        {"REMOTE_ADDR": "10.1.2.3"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"REMOTE_ADDR": "10.1.2.3", "HTTP_AUTHORIZATION": "Bearer wrong"},
        {"REMOTE_ADDR": "10.1.2.3", "HTTP_AUTHORIZATION": "Bearer "},
    ],
)
def test_figures_are_for_this_machine(asked, settings):
    assert Client(**asked).get("/metrics/").status_code == 404
    settings.METRICS_TOKEN = "a-long-token"
    assert Client(**asked).get("/metrics/").status_code == 404
    right = {**asked, "HTTP_AUTHORIZATION": "Bearer a-long-token"}
    assert Client(**right).get("/metrics/").status_code == 200
