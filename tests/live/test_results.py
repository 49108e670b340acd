"""
What comes back: results, errors, retries, and what is known when nothing is kept.
"""

from datetime import timedelta

import pytest
from celery import Celery
from celery.exceptions import MaxRetriesExceededError, TimeoutError  # noqa: A004 - Celery's own

from celerykit import ResultBackendNotConfigured, ResultUnavailable, Service, call, remote, retype

from .observed import listen
from .stage import Stage

pytestmark = pytest.mark.live

PATIENCE = 20


def add(x: int, y: int) -> int:
    """
    What a type checker is told of live.add, whose module each stage loads anew.
    """
    raise NotImplementedError


@pytest.mark.parametrize("timeout", [PATIENCE, timedelta(seconds=PATIENCE), None], ids=str)
def test_a_result_comes_back(live: Stage, timeout: float | timedelta | None) -> None:
    """
    A call sent through a real broker runs in another process, and get() returns its result,
    whether its patience is in seconds, a timedelta or without end.
    """
    assert call(retype(live.tasks.add, like=add), 2, y=3).send().get(timeout) == 5


def test_patience_ends(live: Stage) -> None:
    """
    A result that does not come in time is Celery's own TimeoutError, and the handle stays good.
    """
    queue = live.queue(live.unique("unread-for-a-while"))
    handle = call(live.tasks.add, 2, 3).queue(queue).send()
    with pytest.raises(TimeoutError):
        handle.get(timeout=0.1)
    listen(live, queue)
    assert handle.get(PATIENCE) == 5


def test_every_kind_of_task_can_be_called(live: Stage) -> None:
    """
    A bound task and one that takes and returns a pydantic model are called like any other; the
    model is what it was when the call was built.
    """
    handle = call(live.tasks.bound, "hello").send()
    assert handle.get(PATIENCE) == {"id": handle.id, "name": "live.bound", "word": "hello"}
    order = live.tasks.Order(sku="tea", count=2)
    double = call(live.tasks.double, order)
    order.count = 100
    assert double.send().get(PATIENCE) == {"sku": "tea", "count": 4}


def test_the_error_of_a_task_is_raised(live: Stage) -> None:
    """
    When the task failed, get() raises the task's own exception.
    """
    handle = call(live.tasks.boom, "ouch").send()
    with pytest.raises(ValueError, match=r"^ouch$"):
        handle.get(PATIENCE)


def test_a_task_that_retries_is_one_call(live: Stage) -> None:
    """
    A task that asks to be tried again runs again with its arguments, and the first handle gives
    the result of the last attempt.
    """
    trail = live.unique()
    handle = call(live.tasks.flaky, trail, failures=2).send()
    assert handle.get(PATIENCE) == 2
    assert [note.label for note in live.notes(trail, 3)] == [0, 1, 2]


def test_a_task_that_gives_up_says_so(live: Stage) -> None:
    """
    When every retry is used up, get() raises what Celery raised.
    """
    handle = call(live.tasks.flaky, live.unique(), failures=100).send()
    with pytest.raises(MaxRetriesExceededError, match=handle.id):
        handle.get(PATIENCE)


def test_an_ignored_result_is_not_kept(live: Stage) -> None:
    """
    With ignore_result() the task runs, nothing is kept, and get() says why instead of waiting.
    """
    trail = live.unique()
    done = call(live.tasks.note, trail, "done")
    handle = call(live.tasks.add, 1, 1).link(done).ignore_result().send()
    live.notes(trail, 1)
    backend = live.app.backend
    assert backend.get(backend.get_key_for_task(handle.id)) is None
    with pytest.raises(ResultUnavailable, match="ignore_result"):
        handle.get(PATIENCE)


def test_a_result_is_kept_against_the_tasks_default(live: Stage) -> None:
    """
    A task that ignores its results keeps the one of a call with ignore_result(False).
    """
    note = call(live.tasks.note, live.unique(), "kept")
    with pytest.raises(ResultUnavailable):
        note.send().get(PATIENCE)
    handle = note.ignore_result(False).send()
    assert handle.get(PATIENCE) is None
    assert handle.async_result.successful()


def test_a_task_elsewhere_is_called_by_name(live: Stage) -> None:
    """
    A task known by its name and parameters alone is sent, run and answered like any other.
    """
    distant = remote("live.add", app=live.app)(add)
    assert call(distant, 2, y=3).queue(live.high).send().get(PATIENCE) == 5


def test_a_service_is_called_by_its_methods(live: Stage) -> None:
    """
    The methods of a Service are tasks under its prefix, and an error there is raised here.
    """

    class Live(Service, prefix="live"):
        def add(self, x: int, y: int = 1) -> int:
            raise NotImplementedError

        def boom(self, message: str) -> None:
            raise NotImplementedError

    service = Live(live.app)
    assert call(service.add, 2, 3).send().get(PATIENCE) == 5
    with pytest.raises(ValueError, match=r"^ouch$"):
        call(service.boom, "ouch").send().get(PATIENCE)


def test_no_backend_is_named_at_once(live: Stage) -> None:
    """
    An app without a result backend sends, and its handle says which setting is missing.
    """
    app = Celery("forgetful", broker=live.broker.url, set_as_current=False)
    app.conf.broker_transport_options = live.app.conf.broker_transport_options
    parked = live.queue(live.unique("nobody-reads-this"))
    handle = call(remote("live.add", app=app)(add), 2, 3).queue(parked).send()
    with pytest.raises(ResultBackendNotConfigured, match="'forgetful' has result_backend=None"):
        handle.get(PATIENCE)
    assert [message.headers["id"] for message in live.take(parked)] == [handle.id]
