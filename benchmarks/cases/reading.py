"""What the guard adds to reading a result where anybody may: the same read with it, and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import uuid4

from brokers import open_stage
from messages import received
from promises import Line
from timing import beyond, microseconds

from celerykit import guard
from celerykit._allow import ALLOWED
from celerykit._blocking import before_read, may_wait

__all__ = ["lines"]

_LIMIT_US = 3.0


def lines() -> Iterator[Line]:
    """Yield how much longer reads take outside a task, in microseconds."""
    with open_stage("memory") as stage:
        app: Any = stage.app
        app.conf.result_backend = "cache+memory://"
        there, pending = stage.add.delay(2, 3).id, str(uuid4())
        received(stage, 1)
        app.backend.mark_as_done(there, 5)
        with _both_ways(app) as (guarded, plain):
            yield _line("AsyncResult.get()", _get(guarded(there)), _get(plain(there)))
            yield _line("AsyncResult.state", _look(guarded(pending)), _look(plain(pending)))
        asked = microseconds(_asking(app.AsyncResult(pending)))
        yield Line("guard, what Handle.get() asks", "-", asked, "us", _LIMIT_US)


def _line(name: str, ours: Callable[[], Any], theirs: Callable[[], Any]) -> Line:
    assert ours() == theirs()
    return Line(f"guard, {name} beyond plain", "-", beyond(ours, theirs), "us", _LIMIT_US)


@contextmanager
def _both_ways(app: Any) -> Iterator[tuple[Callable[[str], Any], Callable[[str], Any]]]:
    """Make results of *app* that are guarded, and others whose methods are those of before."""
    kind, backend = app.AsyncResult, type(app.backend)
    names = {"get": kind.get, "_get_task_meta": kind._get_task_meta}  # noqa: SLF001 - as it was
    plain = type(kind.__name__, (kind,), names)
    spared = type(backend.__name__, (backend,), {"wait_for_pending": backend.wait_for_pending})
    own = spared(app=app, backend="memory")
    watching = guard(app)
    yield kind, lambda task_id: plain(task_id, backend=own)
    watching.remove()


def _get(result: Any) -> Callable[[], Any]:
    def read() -> Any:
        result._cache = None  # noqa: SLF001 - as one that nobody has looked at
        return result.get(timeout=5)

    return read


def _look(result: Any) -> Callable[[], Any]:
    return lambda: result.state


def _asking(result: Any) -> Callable[[], Any]:
    """Return all that a handle asks before it reads."""

    def ask() -> None:
        if may_wait(result) and not ALLOWED.get():
            before_read(result, result.app, "Handle.get", bounded=True)

    return ask
