"""
What happened: reading the result of a sent call.
"""

import copy
import pickle
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from math import inf, nan

import celery.exceptions
import pytest
from celery import Celery
from celery.backends.cache import CacheBackend
from celery.result import AsyncResult, EagerResult

from celerykit import Handle, ResultBackendNotConfigured, ResultUnavailable, call, remote


def test_the_result_comes_back(app, add, work):
    """
    get() returns what the task returned.
    """
    handle = call(add, 2, 3).send()
    work(app)

    assert handle.get(timeout=5) == 5
    assert handle.get(timedelta(seconds=5)) == 5
    assert handle.get(None) == 5


def test_the_handle_wraps_celerys_result(app, add, message):
    """
    A handle has the id of the message, and Celery's own result for all else.
    """
    handle = call(add, 2, 3).send()

    assert handle.id == message().headers["id"]
    assert isinstance(handle.async_result, AsyncResult)
    assert handle.async_result.id == handle.id
    assert handle.async_result.app is app


@pytest.mark.parametrize("timeout", [0.01, timedelta(milliseconds=10)])
def test_a_result_that_does_not_come_in_time(add, timeout):
    """
    get() gives up after the timeout with Celery's own TimeoutError, which is not the builtin one.
    """
    handle = call(add, 2, 3).send()

    with pytest.raises(celery.exceptions.TimeoutError) as caught:
        handle.get(timeout=timeout)
    assert not isinstance(caught.value, TimeoutError)


@pytest.mark.parametrize("timeout", [None, 30, timedelta(seconds=30)])
def test_a_result_is_waited_for(app, add, work, timeout):
    """
    get() waits for a result that is not there yet, and returns it when it comes.
    """
    handle = call(add, 2, 3).send()

    with ThreadPoolExecutor() as pool:
        waiting = pool.submit(handle.get, timeout)
        pool.submit(work, app).result()

        assert waiting.result() == 5


@pytest.mark.parametrize("timeout", [0, -1, timedelta(0)])
def test_no_time_is_not_for_ever(app, add, work, timeout):
    """
    A timeout of 0 looks once and does not wait, also where Celery would wait for ever.
    """
    handle = call(add, 2, 3).send()

    with pytest.raises(celery.exceptions.TimeoutError, match=r"The operation timed out\."):
        handle.get(timeout=timeout)

    work(app)
    assert handle.get(timeout=timeout) == 5


def test_the_tasks_own_error_is_raised(app, work):
    """
    get() raises what the task raised.
    """

    @app.task(name="shop.fail")
    def fail():
        raise KeyError("pen")

    handle = call(fail).send()
    work(app)

    with pytest.raises(KeyError, match="pen"):
        handle.get(timeout=5)


def test_a_call_that_ignores_its_result_has_none(app, add, work):
    """
    get() says at once that no result is kept, where Celery would return None.
    """
    handle = call(add, 2, 3).ignore_result().send()
    work(app)

    with pytest.raises(ResultUnavailable) as caught:
        handle.get(timeout=5)
    assert str(caught.value) == (
        f"the result of {handle.id} is not available: the call or its task has ignore_result set, "
        "so the worker keeps nothing. "
        "Leave ignore_result out, or write .ignore_result(False) on the call"
    )


def test_a_task_that_ignores_its_result_has_none(app, messages):
    """
    get() knows of a task's own ignore_result, and of a call that wants the result all the same.
    """

    @app.task(name="shop.add", ignore_result=True)
    def add(x, y):
        return x + y

    ignored, kept = call(add, 2, 3).send(), call(add, 2, 3).ignore_result(False).send()

    assert [sent.headers["ignore_result"] for sent in messages()] == [True, False]
    with pytest.raises(ResultUnavailable):
        ignored.get(timeout=5)
    with pytest.raises(celery.exceptions.TimeoutError):
        kept.get(timeout=0)


def test_an_app_that_ignores_results_has_none(make_app):
    """
    get() knows of the setting task_ignore_result.
    """
    app = make_app(task_ignore_result=True)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    with pytest.raises(ResultUnavailable):
        call(add, 2, 3).send().get(timeout=5)


@pytest.mark.parametrize("setting", [None, "disabled://"])
def test_without_a_backend_nothing_can_be_read(make_app, setting):
    """
    get() says at once which app lacks which setting, and what to write, without waiting.
    """
    app = make_app(result_backend=setting)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    handle = call(add, 2, 3).send()

    for timeout in (None, 0, 5):
        with pytest.raises(ResultBackendNotConfigured) as caught:
            handle.get(timeout)
        assert caught.value.task_id == handle.id
        assert str(caught.value) == (
            f"the result of {handle.id} cannot be read: the app {app.main!r} has "
            f"result_backend={setting!r} (result_backend in Celery(...) or app.conf). "
            "Write for example app.conf.result_backend = 'redis://localhost:6379/1' before the "
            "first call, and start the workers with it too."
        )


@pytest.mark.parametrize(
    ("main", "made", "words"),
    [
        (None, {}, "an app without a name has"),
        ("default", {}, "the app 'default' has"),
        ("default", {"fixups": []}, "Celery's fallback app (no app of yours was found) has"),
    ],
    ids=["no name", "default", "Celery's own"],
)
def test_the_app_at_fault_can_be_recognised(make_app, main, made, words):
    """
    An app without a name, and the one Celery falls back to, are described in words; yours may be
    called like that one.
    """
    app = make_app(lambda name, **options: Celery(main, **options, **made), result_backend=None)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    with pytest.raises(ResultBackendNotConfigured) as caught:
        call(add, 2, 3).send().get(timeout=5)

    assert words in str(caught.value)


def test_what_was_written_in_vain_is_named(make_app):
    """
    get() tells a backend under another name from none at all.
    """
    app = make_app(result_backend=None, results_backend="redis://localhost/1")

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    with pytest.raises(ResultBackendNotConfigured, match="Call it result_backend") as caught:
        call(add, 2, 3).send().get(timeout=5)
    assert caught.value.problem.kind == "misnamed"


def test_a_backend_that_was_set_after_the_call_is_named(make_app):
    """
    A handle of before the setting has no backend, and says why it did not help.
    """
    app = make_app(result_backend=None)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    handle = call(add, 2, 3).send()
    app.conf.result_backend = "cache+memory://"

    with pytest.raises(ResultBackendNotConfigured, match="made before that was set") as caught:
        handle.get(timeout=5)
    assert caught.value.problem.kind == "too-late"


def test_a_task_with_a_backend_of_its_own_has_its_result(make_app, work):
    """
    What a task keeps in a backend of its own can be read, though its app has none.
    """
    app = make_app(result_backend=None)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    add.backend = CacheBackend(app=app, url="memory://")
    handle = call(add, 2, 3).send()
    work(app)

    assert handle.get(timeout=5) == 5


def test_a_task_whose_own_backend_is_text_has_no_result(app, add):
    """
    Celery takes a backend object there; a URL fails without saying so.
    """
    add.backend = "redis://:pw@localhost/1"
    result = add.AsyncResult("7")

    with pytest.raises(AttributeError):
        result.get(timeout=0.01)
    with pytest.raises(ResultBackendNotConfigured) as caught:
        Handle(result).get(timeout=5)
    result.backend = app.backend  # or Celery fails once more when it forgets the result
    assert str(caught.value) == (
        f"the result of 7 cannot be read: the app {app.main!r} has "
        "backend='redis://:***@localhost/1' (the task's own backend), which is text, and no "
        "backend. Give the task a backend object, or set result_backend for the whole app."
    )


def test_near_miss_a_pickled_handle_finds_what_all_can_read(app, add, work):
    """
    A handle can be pickled and copied, and reads what any process can.
    """
    handle = call(add, 2, 3).send()
    again, copied = pickle.loads(pickle.dumps(handle)), copy.copy(handle)  # noqa: S301 - ours
    work(app)

    assert (again, copied) == (handle, handle)
    assert again.get(timeout=5) == copied.get(timeout=5) == 5


def test_a_reply_to_another_process_is_not_waited_for(make_app):
    """
    With rpc the worker answers the process that sent; a handle from there says so at once.
    """
    app = make_app(result_backend="rpc://")
    result = app.AsyncResult("7")

    with pytest.raises(ResultUnavailable) as caught:
        Handle(result, answered_to="the queue of another process").get(timeout=5)

    assert str(caught.value) == (
        "the result of 7 is not available: with the result backend rpc:// the worker answers the "
        "process that sent the call, and this handle was pickled there. Read it there, or use a "
        "backend that all processes reach, for example 'redis://localhost:6379/1'"
    )


def test_near_miss_a_reply_to_this_process_is_waited_for(make_app):
    """
    A handle that was copied where it was sent may still get its answer.
    """
    app = make_app(result_backend="rpc://")

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    handle = copy.copy(call(add, 2, 3).send())

    with pytest.raises(celery.exceptions.TimeoutError):
        handle.get(timeout=0.01)


def test_what_another_process_ignores_is_not_known(app):
    """
    Whether a task known by its name alone ignores its results is not known: get() waits.
    """

    @app.task(name="shop.ignoring", ignore_result=True)
    def ignoring():
        return 1

    handle = call(remote("shop.ignoring", app=app)(lambda: 1)).send()

    with pytest.raises(celery.exceptions.TimeoutError):
        handle.get(timeout=0.01)


@pytest.mark.parametrize("backend", ["cache+memory://", None])
def test_an_applied_call_has_its_result(make_app, backend):
    """
    A call that ran here has its result, whatever the backend and even if it ignores results.
    """
    app = make_app(result_backend=backend)

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    handle = call(add, 2, 3).ignore_result().apply()

    assert isinstance(handle.async_result, EagerResult)
    assert [handle.get(timeout) for timeout in (None, 0, 5)] == [5, 5, 5]


def test_an_applied_call_keeps_its_error_for_get(app):
    """
    An error of a task that ran here is raised by get(), not by apply().
    """

    @app.task(name="shop.fail")
    def fail():
        raise KeyError("pen")

    handle = call(fail).apply()

    with pytest.raises(KeyError, match="pen"):
        handle.get(timeout=5)


def test_handles_on_one_call_are_equal(app, add):
    """
    Two handles on the same id are equal, and can be kept in a set.
    """
    handle = call(add, 2, 3).send()
    again = Handle(app.AsyncResult(handle.id))

    assert handle == again
    assert handle != call(add, 2, 3).send()
    assert handle != handle.id
    assert len({handle, again}) == 1
    assert repr(handle) == f"<Handle {handle.id}>"


@pytest.mark.parametrize("timeout", [nan, inf, -inf], ids=str)
def test_a_timeout_is_finite(app, add, work, timeout):
    """
    NaN, with which Celery would wait for ever, and what is endless are refused, even for a result
    that is there.
    """
    handle = call(add, 2, 3).send()
    work(app)

    with pytest.raises(ValueError, match="is no time") as caught:
        handle.get(timeout=timeout)

    assert str(caught.value) == (
        f"timeout={timeout} is no time. Pass seconds, or None to wait for ever"
    )
    assert handle.get(timeout=10**9) == 5


@pytest.mark.parametrize("timeout", ["5", True, [5]])
def test_a_timeout_is_a_time(add, timeout):
    """
    A timeout of another type is refused with what to pass, before anything is waited for.
    """
    with pytest.raises(TypeError, match="is not a number of seconds, a timedelta or None"):
        call(add, 2, 3).send().get(timeout=timeout)
