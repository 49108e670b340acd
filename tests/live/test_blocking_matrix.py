"""
The blocking guard in every pool: what is caught, what passes, and where nobody can know.

One worker of each pool, each with a guarded app, tries every way to read a result. What was seen is
the table in docs/blocking.md.
"""

import json
import re
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from celery.app.task import Context
from celery.contrib.testing.worker import start_worker

from celerykit import guard

from .brokers import REDIS, Broker, find
from .liveproj.probes import KINDS, observe_all
from .stage import SOON, Stage

pytestmark = pytest.mark.live

PAGE = Path(__file__).parents[2] / "docs" / "blocking.md"
POOLS = ["prefork", "threads", "solo", "gevent", "eventlet"]
HERE = ["test worker", "eager"]
PLACES = [*POOLS, *HERE]

# Nothing is said of these, for want of a guard, and for want of knowledge.
SILENT = {
    "`get()`, without `guard(app)`": "not watched",
    "in a `threading.Thread`": "cannot be known",
    "in a `ThreadPoolExecutor`": "cannot be known",
}

Seen = dict[str, dict[str, dict[str, Any]]]


def pairs(stage: Stage) -> list[list[str]]:
    """
    For each kind two ids: of a result that is there, and of one that nobody has sent.
    """
    made = [[str(uuid.uuid4()), str(uuid.uuid4())] for _ in KINDS]
    for ready, _ in made:
        stage.app.backend.mark_as_done(ready, 5, request=Context(id=ready))
    return made


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """
    A stage on Redis with a worker of each pool, whose app is guarded.
    """
    redis: Broker = find(REDIS)
    # Without an expiry Celery calls nothing that redis-py warns of, in this process.
    stage = Stage(redis, redis, tmp_path_factory.mktemp("matrix"), {"result_expires": 0})
    try:
        for pool in POOLS:
            stage.launch(stage.queue(pool), project="liveproj.waiting", pool=pool)
        for worker in stage.workers:
            worker.wait_ready(stage.state, stage.prefix)
        yield stage
    finally:
        stage.close()


@pytest.fixture(scope="module")
def probe(stage: Stage) -> Any:
    """
    A task of this process that tries one way to read.
    """

    @stage.app.task(shared=False, name="live.probe")
    def probe(pairs: list[list[str]]) -> dict[str, Any]:
        return observe_all(stage.app, stage.tasks.add, pairs)

    return probe


@pytest.fixture(scope="module")
def seen(stage: Stage, probe: Any) -> Seen:
    """
    What the guard said and what came of it, by place and kind; every worker tries them all.
    """
    sent = {pool: probe.apply_async((pairs(stage),), queue=stage.queue(pool)) for pool in POOLS}
    watching = guard(stage.app)
    found = {
        "test worker": in_the_test_worker(stage, probe),
        "eager": probe.apply((pairs(stage),)).result,
    }
    watching.remove()
    return {**{pool: result.get(timeout=SOON) for pool, result in sent.items()}, **found}


def in_the_test_worker(stage: Stage, probe: Any) -> Any:
    """
    What is seen in Celery's own worker for tests, which runs in this process.
    """
    queue = stage.queue("here")
    options = {"pool": "solo", "perform_ping_check": False, "queues": [queue]}
    with start_worker(stage.app, shutdown_timeout=30, **options):
        return probe.apply_async((pairs(stage),), queue=queue).get(timeout=SOON)


def table(seen: Seen, what: str) -> str:
    """
    What was seen, as docs/blocking.md shows it.
    """
    rows = [["", *PLACES], ["---"] * (len(PLACES) + 1)]
    rows += [[kind, *(word(kind, seen[place][kind][what]) for place in PLACES)] for kind in KINDS]
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def word(kind: str, observed: str) -> str:
    """
    What was observed, in the words of the documentation.
    """
    return SILENT.get(kind, "allowed") if observed == "passes" else observed


@pytest.mark.parametrize("what", ["guard", "read"])
def test_the_table_is_what_was_seen(seen: Seen, what: str) -> None:
    """
    docs/blocking.md says of each way to read what the guard says of it in each pool, and what
    Celery makes of it.
    """
    page = PAGE.read_text(encoding="utf-8")
    marks = f"<!-- {what}: tests/live/test_blocking_matrix.py -->\n"
    held = re.search(re.escape(marks) + r"\n(.*?)\n\n", page, re.DOTALL)

    assert held is not None
    assert held[1] == table(seen, what), "\n" + table(seen, what)


@pytest.mark.parametrize("pool", POOLS)
def test_a_handler_of_the_workers_own_signals_passes(stage: Stage, pool: str) -> None:
    """
    Where no task runs nothing is said, even where Celery takes the worker for a task.
    """
    worker = stage.workers[POOLS.index(pool)]
    entry = stage.state.blpop([f"{stage.prefix}:handler:{worker.hostname}"], timeout=SOON)

    assert entry is not None
    assert json.loads(entry[1])["guard"] == "passes"


@pytest.mark.parametrize("place", PLACES)
def test_the_task_is_named(seen: Seen, place: str) -> None:
    """
    Whatever is said names the task that waits.
    """
    said = [text for each in seen[place].values() for text in each["said"]]

    assert said
    assert [text for text in said if not text.startswith("live.probe")] == []
