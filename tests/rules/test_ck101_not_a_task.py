"""
CK101: what is called is a task.
"""

import functools

import pytest
from celery import Task, shared_task

from celerykit import call, remote, step

from .asking import printed, refusal, refused


def hello(name):
    """
    A function that nobody made a task of.
    """
    return f"hello {name}"


ALREADY = {
    "Signature": lambda add: add.s(2, 3),
    "AsyncResult": lambda add: add.AsyncResult("7"),
    "Call": lambda add: call(add, 2, 3),
    "Step": lambda add: step(add, 3),
}


@pytest.mark.parametrize("thing", [hello, print, "shop.add", None, 5], ids=repr)
@pytest.mark.parametrize("build", [call, step])
def test_only_a_task_can_be_called(build, thing):
    """
    Whatever is not a task is refused on the line that calls it.
    """
    ((code, option, _),) = refused(lambda: build(thing))

    assert (code, option) == ("CK101", "task")


def test_says_how_to_make_a_task_of_a_function():
    """
    The message names the function and the two ways out.
    """
    assert str(refusal(lambda: call(print, "hello"))) == printed(
        "CK101",
        "<built-in function print> is not a Celery task. Decorate the function with @app.task, or "
        "declare it with celerykit.remote() when it lives in another service.",
        task="print",
    )


@pytest.mark.parametrize("kind", ALREADY)
def test_knows_what_belongs_to_a_task_but_is_none(add, kind):
    """
    What came out of a task or a call is told apart from a function.
    """
    (finding,) = refusal(lambda: call(ALREADY[kind](add))).findings

    assert "is not a Celery task" in finding.message
    assert "Decorate" not in finding.remedy


def test_a_task_behind_a_decorator_is_refused(add):
    """
    A decorator above `@app.task` hides the task, and that is said on the line of the call.
    """

    @functools.wraps(add.run)
    def timed(*args):
        return add(*args)

    assert refused(lambda: call(timed, 2, 3))[0][0] == "CK101"


def test_near_miss_unusual_tasks_pass(app, add):
    """
    A proxy, a shared task, a class-based, a bound and a remote task are tasks.
    """

    @shared_task(name="shop.shared")
    def shared():
        return 1

    class Report(Task):
        name = "shop.report"

        def run(self, day):
            return day

    @remote("other.mul", app=app)
    def mul(x, y):
        raise NotImplementedError

    assert call(add, 2, 3)
    assert call(app.tasks["shop.add"], 2, 3)
    assert call(shared)
    assert call(app.register_task(Report()), "monday")
    assert call(mul, 2, 3)


def test_harm_a_plain_function_is_sent_by_its_repr(app, message):
    """
    With plain Celery a function is sent where a name is meant, and no worker can know it.
    """
    app.send_task(hello, ("Ann",))

    sent = message().headers["task"]
    assert sent is hello
    assert sent not in app.tasks


def test_harm_a_task_behind_a_decorator_is_a_function(add):
    """
    With plain Celery a decorator above `@app.task` leaves a function without `delay`.
    """

    @functools.wraps(add.run)
    def timed(*args):
        return add(*args)

    assert not hasattr(timed, "delay")
