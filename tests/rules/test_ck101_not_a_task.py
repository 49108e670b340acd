"""
CK101: what is called is a task.
"""

import functools

import pytest
from celery import Task, shared_task

from celerykit import Service, call, remote, step
from tests.naming import steady

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


@pytest.mark.parametrize("thing", [hello, print, "shop.add", None, 5], ids=steady)
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


@pytest.mark.parametrize("method", ["delay", "apply_async", "s", "si", "signature"])
def test_knows_a_method_of_a_task(app, add, method):
    """
    Who passes `add.delay` means the task, however it was found.
    """
    for task in [add, app.tasks["shop.add"]]:
        (finding,) = refusal(lambda task=task: call(getattr(task, method), 2, 3)).findings

        assert finding.remedy == "Pass the task itself: call(add, ...)"


def test_knows_a_method_of_a_task_that_is_a_class(app):
    """
    A task without a function has no name to write, and is called a task.
    """

    class Report(Task):
        name = "shop.report"

    report = app.register_task(Report())

    (finding,) = refusal(lambda: call(report.delay)).findings

    assert finding.remedy == "Pass the task itself: call(task, ...)"


@pytest.mark.parametrize("value", [5, None, 1.5, [2, 3], {"x": 2}], ids=repr)
def test_knows_the_result_of_a_task(value):
    """
    What cannot be called is likely what the task returned, called on the spot.
    """
    (finding,) = refusal(lambda: call(value)).findings

    assert finding.remedy == "Pass the task and its arguments apart: call(task, 2, 3)"


def test_knows_the_name_of_a_task():
    """
    A name alone does not tell the parameters; a declaration does.
    """
    (finding,) = refusal(lambda: call("shop.add", 2, 3)).findings

    assert finding.remedy == (
        "Declare it with celerykit.remote('shop.add'), or pass the task itself"
    )


def test_knows_a_method_of_a_service():
    """
    A task of a service is one of its instance, and not of the class.
    """

    class Billing(Service, prefix="billing"):
        def charge(self, user):
            raise NotImplementedError

    class European(Billing, prefix="billing.eu"):
        def refund(self, user):
            raise NotImplementedError

    for build, remedy in [
        (lambda: call(Billing.charge, 7), "Billing(app).charge"),
        (lambda: call(European.charge, 7), "European(app).charge"),
        (lambda: step(European.refund), "European(app).refund"),
    ]:
        (finding,) = refusal(build).findings
        assert finding.remedy == f"Make an instance of the service: {remedy}"


def test_near_miss_other_methods_and_functions_are_to_be_decorated():
    """
    A method of anything else, or a function in a class of its own, is not taken for these.
    """

    class Task:
        def save(self):
            """
            Keep it; this has nothing to do with Celery.
            """

    for thing in [Task().save, Task.save, "text".upper, Service.__init__, functools.partial(hello)]:
        (finding,) = refusal(lambda thing=thing: call(thing)).findings
        assert finding.remedy.startswith("Decorate the function with @app.task")


def test_a_task_behind_a_decorator_is_refused(add):
    """
    A decorator above `@app.task` hides the task, and that is said on the line of the call.
    """

    @functools.wraps(add.run)
    def timed(*args):
        return add(*args)

    assert refused(lambda: call(timed, 2, 3))[0][0] == "CK101"


def test_near_miss_unusual_tasks_pass(app, add, set_current):
    """
    A proxy, a shared task, a class-based, a bound and a remote task are tasks.
    """
    set_current(app)

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
