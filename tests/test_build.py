"""
call() and step(): what they take, and what they refuse at the line that is wrong.
"""

from types import SimpleNamespace

import pytest
from celery import Task

from celerykit import CallRejected, Service, call, remote, shared_task, step

_DECORATE = (
    "Decorate the function with @app.task, or declare it with celerykit.remote() "
    "when it lives in another service"
)
_APART = "Pass the task and its arguments apart: call(task, 2, 3)"


class Unregistered(Task):
    """
    A task class that no app knows.
    """


class Noisy(Task):
    """
    A base with its own way to run a task.
    """

    def __call__(self, *args, **kwargs):
        """
        Run it as any other.
        """
        return super().__call__(*args, **kwargs)


class Billing(Service, prefix="billing"):
    """
    A service with one task.
    """

    def charge(self, user, cents):
        """
        A contract.
        """
        raise NotImplementedError


_NOT_TASKS = {
    "a function": (lambda add: add.run, "CK101", _DECORATE),
    "None": (lambda add: None, "CK101 None is not", _APART),
    "a string": (
        lambda add: add.name,
        "CK101 'shop.add' is not",
        "Declare it with celerykit.remote('shop.add')",
    ),
    "a signature": (lambda add: add.s(1, 2), "CK101", "Pass the task itself and its arguments"),
    "a chain": (lambda add: add.s(1, 2) | add.s(3), "CK101", "Pass the task itself"),
    "a result": (lambda add: add.AsyncResult("7"), "CK101", "a call that was sent already"),
    "a handle": (lambda add: call(add, 1, 2).send(), "CK101", "a call that was sent already"),
    "a call": (
        lambda add: call(add, 1, 2),
        "CK101 call(shop.add, 1, 2) is",
        "It is a call already",
    ),
    "a step": (lambda add: step(add, 1), "CK101 step(shop.add, 1) is", "It is a step already"),
    "a task's class": (lambda add: Unregistered, "CK101 <class", "Pass what app.register_task("),
    "a task without a name": (lambda add: Unregistered(), "CK101", "Pass what app.register_task("),
    "a service's method": (
        lambda add: Billing.charge,
        "CK101 <function Billing.charge",
        "Make an instance of the service: Billing(app).charge",
    ),
}


@pytest.mark.parametrize("build", [call, step])
@pytest.mark.parametrize(("thing", "text", "remedy"), _NOT_TASKS.values(), ids=_NOT_TASKS)
def test_only_tasks_can_be_called(add, build, thing, text, remedy):
    """
    What is not a task is refused where it is written, with a remedy that fits what it is.
    """
    wrong = thing(add)

    with pytest.raises(CallRejected) as caught:
        build(wrong, 1)

    assert caught.value.findings[0].code == "CK101"
    assert text in str(caught.value)
    assert remedy in str(caught.value)


def decorated(app):
    """
    The ordinary task.
    """

    @app.task(name="shop.adder")
    def adder(x, y):
        return x + y

    return adder


def bound(app):
    """
    A task that gets itself first.
    """

    @app.task(name="shop.adder", bind=True)
    def adder(self, x, y):
        return x + y

    return adder


def class_based(app):
    """
    A task that is a class.
    """

    class Adder(Task):
        name = "shop.adder"

        def run(self, x, y):
            return x + y

    return app.register_task(Adder())


def with_a_base(app):
    """
    A decorated task with a base class of its own.
    """

    @app.task(name="shop.adder", base=Noisy)
    def adder(x, y):
        return x + y

    return adder


def shared(app):
    """
    A task of whichever app is current.
    """

    @shared_task(name="shop.adder")
    def adder(x, y):
        return x + y

    return adder


def elsewhere(app):
    """
    A task of another service.
    """

    @remote("shop.adder", app=app)
    def adder(x, y):
        raise NotImplementedError

    return adder


def of_a_service(app):
    """
    One of several tasks of another service.
    """

    class Shop(Service, prefix="shop"):
        def adder(self, x, y):
            raise NotImplementedError

    return Shop(app).adder


_CHECKED = [decorated, bound, class_based, with_a_base, shared, elsewhere, of_a_service]


@pytest.fixture(params=_CHECKED, ids=lambda make: make.__name__)
def adder(request, app, set_current):
    """
    A task with the parameters x and y, declared in each of the ways there are.
    """
    set_current(app)
    return request.param(app)


@pytest.mark.parametrize(
    ("args", "kwargs"), [((1, 2), {}), ((1,), {"y": 2}), ((), {"x": 1, "y": 2})]
)
def test_fitting_arguments_are_taken(adder, args, kwargs):
    """
    Arguments that the task can take are taken, by position or by name.
    """
    signature = call(adder, *args, **kwargs).signature()

    assert (signature.task, signature.args, signature.kwargs) == ("shop.adder", args, kwargs)


@pytest.mark.parametrize(
    ("args", "kwargs"),
    [((), {}), ((1,), {}), ((1, 2, 3), {}), ((1, 2), {"z": 3}), ((1, 2), {"y": 3})],
    ids=["none", "too few", "too many", "an unknown name", "one twice"],
)
def test_other_arguments_are_refused(adder, args, kwargs):
    """
    Arguments that the task cannot take are refused where they are written, however it is declared.
    """
    with pytest.raises(CallRejected) as caught:
        call(adder, *args, **kwargs)

    (finding,) = caught.value.findings
    assert (finding.code, finding.task) == ("CK102", "shop.adder")
    assert finding.remedy == "Match the parameters x, y"


def test_what_a_step_waits_for_is_counted(adder):
    """
    A step takes one argument less than its task, because the awaited value comes first.
    """
    assert step(adder, 2).signature().args == (2,)

    for args in [(), (1, 2)]:
        with pytest.raises(CallRejected, match="CK102"):
            step(adder, *args)


def test_a_step_cannot_be_given_its_first_parameter(adder):
    """
    A name for the parameter that the awaited value fills is refused.
    """
    with pytest.raises(CallRejected, match="CK102"):
        step(adder, x=1)


def test_the_whole_message(add):
    """
    The message says what was not sent, why, what to write instead, and where to read more.
    """
    with pytest.raises(CallRejected) as caught:
        call(add, 2)

    assert str(caught.value) == (
        "shop.add was not sent:\n"
        "  CK102 add() missing 1 required positional argument: 'y'. Match the parameters x, y.\n"
        "  Read more: python -m pydoc celerykit.rules.ck102_bad_arguments"
    )


def without_typing(app):
    """
    A task that says not to check.
    """

    @app.task(name="shop.loose", typing=False)
    def loose(x, y):
        return x

    return loose


def of_a_loose_app(app):
    """
    A task of an app that says not to check.
    """
    app.strict_typing = False

    @app.task(name="shop.loose")
    def loose(x, y):
        return x

    return loose


def with_its_own_call(app):
    """
    A task whose class puts arguments of its own in front.
    """

    class Loose(Task):
        name = "shop.loose"

        def __call__(self, *args, **kwargs):
            return self.run("first", *args, **kwargs)

        def run(self, first, x, y):
            return first

    return app.register_task(Loose())


def written_in_c(app):
    """
    A task whose body does not tell its parameters.
    """

    class Largest(Task):
        name = "shop.loose"
        run = staticmethod(max)

    return app.register_task(Largest())


@pytest.mark.parametrize("make", [without_typing, of_a_loose_app, with_its_own_call, written_in_c])
def test_tasks_that_check_nothing_are_left_alone(app, make):
    """
    Where Celery does not check arguments, because it was told to or cannot, celerykit does not.
    """
    task = make(app)

    assert call(task, 1).signature().args == (1,)
    assert call(task, 1, 2, 3, z=4).signature().kwargs == {"z": 4}


def test_a_task_without_parameters_says_so(app):
    """
    The remedy for arguments to a task that takes none does not name parameters.
    """

    @app.task(name="shop.tick")
    def tick():
        return None

    with pytest.raises(CallRejected, match=r"The task takes no arguments\."):
        call(tick, 1)


def test_unknown_parameters_are_not_guessed(app):
    """
    A parameter may be redacted by any name when the task does not tell its parameters.
    """
    task = written_in_c(app)

    assert call(task, 1, key=None).redact("anything").signature().args == (1,)


def test_any_object_may_be_asked(add):
    """
    A thing with a name of its own is called by it in the message, and any other by its class.
    """
    thing = SimpleNamespace(__qualname__="")

    with pytest.raises(CallRejected, match=r"^SimpleNamespace was not sent"):
        call(thing)
    with pytest.raises(CallRejected, match=r"^Billing\.charge was not sent"):
        call(Billing.charge)
