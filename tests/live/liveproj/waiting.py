"""
The same project with celerykit's guard, and a task that reads results in any way.
"""

from typing import Any

from celery.signals import worker_ready
from liveproj.probes import KINDS, Scene, observe, observe_all
from liveproj.tasks import add, app, append

from celerykit import guard

__all__ = ["app"]

guard(app)


@app.task(shared=False, name="live.probe")
def probe(pairs: list[list[str]]) -> dict[str, Any]:
    """
    Read results in every way, and tell what was said.
    """
    return observe_all(app, add, pairs)


@worker_ready.connect
def read_in_a_handler(sender: Any, **_: Any) -> None:
    """
    Read a result where no task runs: in a handler of the worker's own.
    """
    (get, *_others) = KINDS
    ready = add.apply((2, 3)).id
    app.backend.mark_as_done(ready, 5)
    append(f"handler:{sender.hostname}", observe(Scene(app, add, ready, ""), get))
