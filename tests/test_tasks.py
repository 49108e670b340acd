"""
Types are given back, and nothing at run time changes.
"""

import celery
import pytest
from celery import Celery, Task, _state
from celery._state import get_current_app

from celerykit import TypedTask, call, remote, retype, shared_task, typed_app, untyped
from celerykit._tasks import TypedApp


def test_an_app_stays_itself(app):
    """
    typed_app() returns the very app it was given, and untyped() gives it back.
    """
    assert typed_app(app) is app
    assert untyped(typed_app(app)) is app


@pytest.mark.parametrize("app", ["proj", None, Celery], ids=repr)
def test_what_is_no_app_is_refused(app):
    """
    `typed_app()` takes an app, and says so on its line.
    """
    with pytest.raises(TypeError, match=r"that is not a Celery app\. Pass what Celery\("):
        typed_app(app)


def test_a_task_stays_itself(add):
    """
    retype() and untyped() return the very task they were given, and call nothing.
    """

    def never(x, y):
        raise AssertionError

    assert retype(add, like=never) is add
    assert untyped(add) is add


def test_its_tasks_are_celerys(app):
    """
    What the decorator of a typed app makes is Celery's own task, options and all.
    """

    @typed_app(app).task(name="shop.add", bind=True, max_retries=7)
    def add(self, x, y):
        return x + y

    assert app.tasks["shop.add"] == add
    assert isinstance(add, Task)
    assert add.max_retries == 7
    assert call(add, 2, 3).apply().get(timeout=5) == 5


def test_declaring_a_task_wakes_no_app(app):
    """
    Neither declaring a task nor building a call of it finalises the app, which stays lazy.
    """

    @typed_app(app).task
    def add(x, y):
        return x + y

    base = call(add, 2, 3).queue("high").countdown(10)

    assert not app.finalized
    assert base.send().id


def test_declaring_remote_tasks_wakes_no_app(app):
    """
    A call of a remote task is built without asking the app anything.
    """

    @remote("other.mul", app=app)
    def mul(x, y):
        raise NotImplementedError

    call(mul, 2, 3).queue("high").countdown(10)

    assert (app.finalized, app.configured) == (False, False)


def test_calling_a_task_wakes_its_own_app_alone(make_app, add):
    """
    A call at the top of a module leaves every other app as lazy as it was.
    """
    other = make_app()
    configured = other.configured

    call(add, 2, 3).queue("high")

    assert (other.finalized, other.configured) == (False, configured)


def test_shared_tasks_are_celerys(app, set_current):
    """
    shared_task() declares a task in every app, with the options that Celery's own takes.
    """
    set_current(app)

    @shared_task
    def plain(x):
        return x

    @shared_task(name="shop.bound", bind=True)
    def bound(self, x):
        return self.name, x

    assert plain.name == f"{__name__}.plain"
    assert type(plain) is type(celery.shared_task(plain.run))
    assert call(bound, 7).apply().get(timeout=5) == ("shop.bound", 7)


def test_a_shared_task_is_sent_by_the_app_that_is_current_then(make_app, set_current):
    """
    A call of a shared task goes through whichever app is current when it is sent.
    """
    here, there = make_app(), make_app()
    set_current(here)

    @shared_task(name="shop.tell")
    def tell():
        return get_current_app().main

    base = call(tell)
    set_current(there)

    assert base.send().async_result.app is there
    assert base.signature().app is there
    assert base.apply().get(timeout=5) == there.main


def test_a_shared_task_may_be_called_before_its_app_exists(make_app, set_current, monkeypatch):
    """
    A call at the top of a module whose app is made later is sent by that app.
    """

    @shared_task(name="shop.tell")
    def tell():
        raise NotImplementedError

    set_current(None)
    monkeypatch.setattr(_state, "default_app", None)
    base = call(tell).queue("high")
    app = make_app()
    set_current(app)

    assert base.send().async_result.app is app


@pytest.mark.parametrize(
    "use",
    [
        lambda: TypedTask()(1),
        lambda: TypedTask().delay(1),
        lambda: TypedTask().s(1),
        lambda: TypedTask().si(1),
        lambda: TypedTask().apply_async,
        lambda: TypedApp().task(len),
        lambda: TypedApp().conf,
    ],
    ids=["call", "delay", "s", "si", "another", "task", "conf"],
)
def test_the_typed_views_are_for_annotations_only(use):
    """
    TypedTask and TypedApp describe Celery's own objects; one made by hand does nothing.
    """
    with pytest.raises(NotImplementedError):
        use()
