"""
The same project with the tasks of tests/fidelity: what they note goes to Redis.
"""

import sys
from pathlib import Path

from liveproj.tasks import BACKEND, PREFIX, app, append
from redis import Redis

sys.path.append(str(Path(__file__).parents[3]))
from tests.fidelity.tasks import declare

__all__ = ["app"]

PATIENCE = 60


def note(text: str) -> None:
    """
    Keep what a task noted.
    """
    append("trail:fidelity", {"label": text})


def hold() -> None:
    """
    Wait until the test has sent all.
    """
    with Redis.from_url(BACKEND, socket_timeout=2 * PATIENCE) as redis:
        redis.blpop([f"{PREFIX}:let-go"], timeout=PATIENCE)


declare(app, note, hold)
