"""
What a task may do about another one's result, and what is said of it: tried where it is run.
"""

import asyncio
import contextvars
import sys
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from celery.app.task import Context
from celery.exceptions import TimeoutError as CelerysTimeoutError
from celery.result import AsyncResult, GroupResult, ResultSet, allow_join_result

from celerykit import Handle, ReadRefused, allow_blocking_get, guard
from celerykit.errors import CelerykitWarning

SOON = 0.2
LOOKS = 5


@dataclass(frozen=True)
class Scene:
    """
    What a probe works with: the app, a task of it, a result that is there, and one that is not.
    """

    app: Any
    add: Any
    ready: str
    pending: str

    def result(self) -> AsyncResult:
        """
        A result that is there, though nobody has looked: to read it takes no time.
        """
        return AsyncResult(self.ready, app=self.app)

    def two(self) -> GroupResult:
        """
        The same, as a group of two.
        """
        other = self.app.AsyncResult(self.pending)
        other.backend.mark_as_done(other.id, 5, request=Context(id=other.id))
        return self.app.GroupResult("two", [self.result(), other])


def get(scene: Scene) -> Any:
    """
    What most do.
    """
    return scene.result().get(timeout=SOON)


def join_allowed(scene: Scene) -> Any:
    """
    Celery's own way out.
    """
    with allow_join_result():
        return get(scene)


def means_to(scene: Scene) -> Any:
    """
    The way out of celerykit.
    """
    with allow_blocking_get():
        return get(scene)


def look_at(name: str, scene: Scene) -> None:
    """
    Look for a result that does not come, as a loop does.
    """
    result = scene.app.AsyncResult(scene.pending)
    for _ in range(LOOKS):
        look = getattr(result, name)
        if callable(look):
            look()


def refusing(scene: Scene) -> Any:
    """
    Read in an app whose guard refuses.
    """
    guard(scene.app, action="raise")
    try:
        return get(scene)
    finally:
        guard(scene.app)


def unguarded(read: Callable[[Scene], Any], scene: Scene) -> Any:
    """
    Read in an app without a guard.
    """
    guard(scene.app).remove()
    try:
        return read(scene)
    finally:
        guard(scene.app)


def handle(scene: Scene) -> Any:
    """
    Read as celerykit does.
    """
    return Handle(scene.result()).get(SOON)


def in_a_loop(scene: Scene) -> Any:
    """
    Read in an asyncio loop.
    """

    async def page() -> Any:
        """
        Read where a loop runs.
        """
        return get(scene)

    return asyncio.run(page())


def in_a_thread(scene: Scene) -> None:
    """
    Read in a thread of one's own, and raise here what is raised there.
    """
    failures: list[Exception] = []

    def run() -> None:
        try:
            get(scene)
        except (RuntimeError, CelerysTimeoutError) as failure:
            failures.append(failure)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    for failure in failures:
        raise failure


def in_an_executor(read: Callable[[], Any]) -> Any:
    """
    Read in a pool of threads.
    """
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(read).result()


def in_a_greenlet(scene: Scene) -> Any:
    """
    Read in a greenlet, where the pool has them; in others this cannot be done.
    """
    for name, wait in (("gevent", "get"), ("eventlet", "wait")):
        if name in sys.modules:
            return getattr(sys.modules[name].spawn(get, scene), wait)()
    raise NotImplementedError


def cached(scene: Scene) -> Any:
    """
    Read what was seen to be there.
    """
    result = scene.result()
    return result.ready() and result.get(timeout=SOON)


def ignored(scene: Scene) -> Any:
    """
    Read a result that nobody keeps.
    """
    result = scene.result()
    result.ignored = True
    return result.get(timeout=SOON)


# Each way to read, as the documentation lists it.
KINDS: dict[str, Callable[[Scene], Any]] = {
    "`AsyncResult.get()`": get,
    "`AsyncResult.wait()`": lambda s: s.result().wait(timeout=SOON),
    "`app.AsyncResult(id).get()`": lambda s: s.app.AsyncResult(s.ready).get(timeout=SOON),
    "`get(disable_sync_subtasks=False)`": lambda s: s.result().get(
        timeout=SOON, disable_sync_subtasks=False
    ),
    "`with allow_join_result(): get()`": join_allowed,
    "`collect()`": lambda s: [*s.result().collect(timeout=SOON)],
    "`get_leaf()`": lambda s: s.result().get_leaf(),
    "`GroupResult.get()`": lambda s: s.two().get(timeout=SOON),
    "`GroupResult.join()`": lambda s: s.two().join(timeout=SOON),
    "`GroupResult.join_native()`": lambda s: s.two().join_native(timeout=SOON),
    "`GroupResult.iter_native()`": lambda s: [*s.two().iter_native(timeout=SOON)],
    "`ResultSet.join()`": lambda s: ResultSet(s.two().results).join(timeout=SOON),
    "`backend.wait_for_pending()`": lambda s: s.app.backend.wait_for_pending(
        s.result(), timeout=SOON
    ),
    "a loop on `ready()`": partial(look_at, "ready"),
    "a loop on `state`": partial(look_at, "state"),
    "`Handle.get()`": handle,
    "`Handle.get()`, without `guard(app)`": partial(unguarded, handle),
    "`get()`, without `guard(app)`": partial(unguarded, get),
    '`get()`, with `action="raise"`': refusing,
    "in a function that it calls": lambda s: [get(each) for each in [s]],
    "in `asyncio.run()`": in_a_loop,
    "in `asyncio.to_thread()`": lambda s: asyncio.run(asyncio.to_thread(get, s)),
    "in a copied context, in an executor": lambda s: in_an_executor(
        partial(contextvars.copy_context().run, get, s)
    ),
    "in a `threading.Thread`": in_a_thread,
    "in a `ThreadPoolExecutor`": lambda s: in_an_executor(partial(get, s)),
    "in a greenlet that it spawns": in_a_greenlet,
    "of a task that is applied: `EagerResult`": lambda s: s.add.apply((2, 3)).get(timeout=SOON),
    "of a result that was seen to be there": cached,
    "of a result that is ignored": ignored,
    "of an empty set": lambda s: s.app.ResultSet([]).join(timeout=SOON),
    "`with allow_blocking_get(): get()`": means_to,
}


def observe(scene: Scene, kind: str) -> dict[str, Any]:
    """
    Read in one way, and tell what the guard said and what came of it.
    """
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("ignore")
        warnings.simplefilter("always", CelerykitWarning)
        try:
            KINDS[kind](scene)
        except NotImplementedError:
            return {"guard": "-", "read": "-", "said": []}
        except ReadRefused as refusal:
            return {"guard": "refused", "read": "refused", "said": [str(refusal)]}
        except RuntimeError as refusal:
            if not str(refusal).startswith("Never call result.get() within a task!"):
                raise
            read = "Celery refuses"
        except CelerysTimeoutError:
            read = "waits"
        else:
            read = "waits"
    said = [str(each.message) for each in caught]
    known = "likely" if any("may belong to this task" in text for text in said) else "caught"
    return {"guard": known if said else "passes", "read": read, "said": said}


def observe_all(app: Any, add: Any, pairs: list[list[str]]) -> dict[str, dict[str, Any]]:
    """
    Read in every way, one after the other, each with a pair of ids of its own.
    """
    scenes = [Scene(app, add, ready, pending) for ready, pending in pairs]
    return {kind: observe(scene, kind) for kind, scene in zip(KINDS, scenes, strict=True)}
