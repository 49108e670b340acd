"""
What real workers on Redis make of each scenario is what docs/testing.md says.
"""

import json
from collections.abc import Iterator
from functools import partial

import pytest

from tests.fidelity.differences import PREFORK, SOLO, check
from tests.fidelity.drained import lab_of
from tests.fidelity.scenarios import ALL
from tests.fidelity.worked import PATIENCE, Worked

from .brokers import REDIS, find
from .stage import Stage

pytestmark = pytest.mark.live


@pytest.fixture(scope="module", params=[SOLO, PREFORK])
def way(request: pytest.FixtureRequest) -> str:
    """
    The pool of the worker, which runs one task at a time.
    """
    return str(request.param)


@pytest.fixture(scope="module")
def worked(way: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Worked]:
    """
    A worker on Redis that plays them all.
    """
    redis = find(REDIS)
    # Without an expiry Celery calls nothing that redis-py warns of, in this process.
    stage = Stage(redis, redis, tmp_path_factory.mktemp(way), {"result_expires": 0})
    stage.app.conf.other_queue = stage.high
    trail, gate = (f"{stage.prefix}:{name}" for name in ("trail:fidelity", "let-go"))

    def heard() -> str | None:
        entry = stage.state.blpop([trail], timeout=PATIENCE)
        return None if entry is None else str(json.loads(entry[1])["label"])

    try:
        worker = stage.launch(project="liveproj.fidelity", pool=way)
        worker.wait_ready(stage.state, stage.prefix)
        yield Worked(lab_of(stage.app, print), heard, partial(stage.state.rpush, gate, 1))
    finally:
        stage.close()


@pytest.mark.parametrize("name", ALL)
def test_what_a_worker_on_redis_does(worked: Worked, way: str, name: str) -> None:
    """
    The results, and the effects in their order, are those that the scenario tells.
    """
    check(ALL[name], way, worked.play(ALL[name]))
