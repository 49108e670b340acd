"""
What happened: reading the result of a sent call.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from math import inf, nan

import celery.exceptions
import pytest
from celery import Celery
from celery.result import AsyncResult, EagerResult

from celerykit import Handle, ResultBackendNotConfigured, ResultUnavailable, call


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
        assert str(caught.value) == (
            f"the result of {handle.id} cannot be read: the app {app.main!r} has "
            f"result_backend={setting!r}. Write for example "
            "app.conf.result_backend = 'redis://localhost:6379/1' before the first call, "
            "and start the workers with it too."
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
