"""
The doctor asks real brokers and real workers: what is wrong is found, and what is right passes.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import closing
from typing import Any

import pytest
from celery import __version__
from kombu import Exchange

from celerykit import Finding, call, diagnose
from celerykit._read_config import config_of
from celerykit.doctor._live_of import live_of

from .brokers import RABBITMQ, REDIS
from .stage import Stage

pytestmark = pytest.mark.live

WITHIN = 10


def live_findings(stage: Stage, within: float = WITHIN) -> list[Finding]:
    """
    What is found by asking, and not from the configuration alone.
    """
    return [each for each in diagnose(stage.app, live=True, within=within) if each.code >= "CK660"]


def test_a_worker_tells_of_itself(live: Stage) -> None:
    """
    A real worker's queues, tasks, settings and version are known, and so are RabbitMQ's consumers.
    """
    heard = live_of(live.app, config_of(live.app), WITHIN)

    (worker,) = [each for each in heard.workers if each.name.endswith(live.prefix)]
    assert worker.queues is not None  # other tests have it read more of them
    assert worker.queues >= {live.default, live.high, live.ranked}
    assert worker.tasks is not None
    assert "live.add" in worker.tasks
    assert worker.settings is not None
    assert worker.settings["task_default_queue"] == live.default
    assert worker.celery == __version__
    assert worker.results == heard.results
    assert worker.accepts == {"json"}
    assert (heard.broker, heard.backend, heard.control) == (None, None, "")
    counted = {} if live.broker.name == REDIS else {live.default: 1}
    assert {name: heard.consumers[name] for name in counted} == counted


def test_near_miss_a_stage_that_works_passes(live: Stage) -> None:
    """
    Where a worker reads what is sent and agrees on the settings, nothing is found.
    """
    assert live_findings(live) == []


def test_harm_ck663_and_ck664_are_found_before_they_happen(
    make_stage: Callable[..., Stage],
) -> None:
    """
    A route to a queue nobody reads, and an entry of beat's that no worker has, are found; what is
    sent there waits.
    """
    stage = make_stage()
    unread = stage.queue("unread")
    stage.app.conf.update(
        task_routes={"live.add": {"queue": unread}},
        beat_schedule={"nightly": {"task": "live.gone", "schedule": 3600.0}},
    )
    stage.start()

    found = live_findings(stage)

    assert [(each.code, each.option) for each in found] == [
        ("CK663", "task_routes"),
        ("CK664", "beat_schedule"),
    ]
    assert f"live.add goes to the queue {unread!r}" in found[0].message
    assert "live.gone" in found[1].message
    stage.tasks.add.delay(2, 3)
    stage.wait_depth(unread, 1)


def test_harm_ck666_what_the_worker_refuses_is_found(make_stage: Callable[..., Stage]) -> None:
    """
    A caller whose serializer and result database its worker does not share is told of both; with
    plain Celery such a call is thrown away.
    """
    stage = make_stage()
    stage.start()
    stage.app.conf.update(task_serializer="yaml", result_backend="redis://127.0.0.1:6379/7")

    found = live_findings(stage)

    assert {(each.code, each.option) for each in found} == {
        ("CK666", "accept_content"),
        ("CK666", "result_backend"),
    }


def test_nobody_answers(make_stage: Callable[..., Stage]) -> None:
    """
    Without a worker, that is all that is said, in the time that was given.
    """
    stage = make_stage(control_exchange="cklive-nobody")
    started = time.monotonic()

    try:
        found = live_findings(stage, within=3)
    finally:
        if stage.broker.name == RABBITMQ:
            forget(stage, "cklive-nobody.pidbox", "reply.cklive-nobody.pidbox")

    assert [each.code for each in found] == ["CK662"]
    assert 3 <= time.monotonic() - started < 30  # it waits, and not for ever


def forget(stage: Stage, *exchanges: str) -> None:
    """
    Delete exchanges.
    """
    with stage.app.connection_for_write() as connection, closing(connection.channel()) as channel:
        for name in exchanges:
            Exchange(name)(channel).delete()


def test_nothing_is_left_behind(live: Stage) -> None:
    """
    Asking takes nothing from the app's own pool, leaves no thread, and the app works on.
    """
    threads = threading.active_count()

    live_findings(live)

    assert threading.active_count() == threads
    assert call(live.tasks.add, 2, 3).send().get(WITHIN) == 5


def test_the_command_asks_too(live: Stage) -> None:
    """
    ``python -m celerykit doctor --live`` finds the app, asks, and prints what it heard.
    """
    command = ("-m", "celerykit", "doctor", "-A", "liveproj.tasks", "--live", "--format", "json")
    done = subprocess.run(
        [sys.executable, *command, "--within", str(WITHIN)],
        env=live.environ(),
        cwd=live.folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    report: dict[str, Any] = json.loads(done.stdout)
    assert report["live"] is True
    assert any("worker" in each for each in report["looked_at"])
    assert [each["code"] for each in report["findings"] if each["code"] >= "CK660"] == []
