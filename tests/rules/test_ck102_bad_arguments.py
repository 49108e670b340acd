"""
CK102: the arguments are those that the task takes.
"""

import pytest

from celerykit import call, remote, step

from .asking import printed, refusal, refused

MISFITS = {
    "too few": ((2,), {}),
    "too many": ((2, 3, 4), {}),
    "unknown name": ((2,), {"z": 3}),
    "twice": ((2, 3), {"x": 4}),
}


@pytest.mark.parametrize(("args", "kwargs"), MISFITS.values(), ids=MISFITS)
def test_arguments_that_do_not_fit_are_refused(add, args, kwargs):
    """
    Too few, too many or unknown arguments are refused on the line that writes them.
    """
    assert refused(lambda: call(add, *args, **kwargs)) == [("CK102", "arguments", "")]


def test_says_which_argument_is_missing(add):
    """
    The message is Python's own, with the parameters of the task.
    """
    assert str(refusal(lambda: call(add, 2))) == printed(
        "CK102",
        "add() missing 1 required positional argument: 'y'. Match the parameters x, y.",
    )


def test_a_task_without_parameters_says_so(app):
    """
    A task that takes nothing gets nothing.
    """

    @app.task(name="shop.tick")
    def tick():
        return 1

    (finding,) = refusal(lambda: call(tick, 1)).findings

    assert finding.remedy == "The task takes no arguments"


def test_a_step_counts_the_value_it_waits_for(add):
    """
    A step has one argument less to write, and no more than that.
    """
    assert refused(lambda: step(add)) == [("CK102", "arguments", "")]
    assert refused(lambda: step(add, 2, 3)) == [("CK102", "arguments", "")]


@pytest.mark.parametrize(
    ("options", "methods"),
    [
        ({"countdown": 5}, ".countdown()"),
        ({"priority": 5}, ".priority()"),
        ({"queue": "high", "z": 1, "eta": None}, ".queue() and .eta()"),
    ],
    ids=["one", "a word of tasks", "two"],
)
def test_an_option_among_the_arguments_has_a_method(add, options, methods):
    """
    An unexpected argument that is called like an option is answered with its method.
    """
    (finding,) = refusal(lambda: call(add, 2, 3, **options)).findings
    (waiting,) = refusal(lambda: step(add, 3, **options)).findings

    assert finding.remedy == f"Write {methods} after call(...)"
    assert waiting.remedy == f"Write {methods} after step(...)"


def test_near_miss_an_option_is_not_at_fault_where_the_task_takes_it(app, add):
    """
    A parameter of that name, or `**kwargs`, takes it; another slip has the ordinary remedy.
    """

    @app.task(name="shop.move")
    def move(item, queue):
        return item

    @app.task(name="shop.log")
    def log(text, **fields):
        return text

    remedies = [
        refusal(build).findings[0].remedy
        for build in [
            lambda: call(move, 1, queue="a", z=1),
            lambda: call(log, countdown=5),
            lambda: call(add, 2, 3, count_down=5),
        ]
    ]

    assert remedies == [
        "Match the parameters item, queue",
        "Match the parameters text, fields",
        "Match the parameters x, y",
    ]


@pytest.mark.parametrize(
    ("args", "kwargs"), [((1, 2), {}), ((), {}), ((), {"x": 1, "y": 2}), ((1,), {"z": 2})]
)
def test_a_step_says_what_the_value_before_it_is(add, args, kwargs):
    """
    Python counts the value that comes before, which nobody wrote: the remedy says so.
    """
    (finding,) = refusal(lambda: step(add, *args, **kwargs)).findings

    assert finding.remedy == (
        "The value that comes before is the first argument, x: match the others, y"
    )


def test_a_step_of_a_task_that_takes_one_value_or_none(app):
    """
    Where nothing is left to write, or nobody takes the value, that is said.
    """

    @app.task(name="shop.one")
    def one(x):
        return x

    @app.task(name="shop.tick")
    def tick(*, loud=False):
        return loud

    @app.task(name="shop.many")
    def many(*items, box):
        return box

    remedies = [
        refusal(build).findings[0].remedy
        for build in [lambda: step(one, 1), lambda: step(tick), lambda: step(many, 1)]
    ]

    assert remedies == [
        "The value that comes before is the first argument, x: the task takes no other",
        "The task takes nothing by position, and so not the value that comes before",
        "The value that comes before is the first argument, items: match the others, box",
    ]


def test_a_remote_task_is_checked_like_a_local_one(app):
    """
    A task that lives elsewhere is checked against its contract, which Celery never does.
    """

    @remote("other.mul", app=app)
    def mul(x, y=1):
        raise NotImplementedError

    assert refused(lambda: call(mul)) == [("CK102", "arguments", "")]


def test_near_miss_defaults_names_and_stars_pass(app, add, greet):
    """
    A default left out, an argument by name, `**kwargs`, a bound task's `self` and None all fit.
    """

    @app.task(name="shop.anything", bind=True)
    def anything(self, *args, **kwargs):
        return 1

    assert call(greet, "Ann")
    assert call(greet, name=None, loud=True)
    assert call(add, y=3, x=2)
    assert call(anything, 1, 2, three=3)
    assert step(add, 3)


def test_near_miss_a_task_that_asks_not_to_be_checked_is_not(app):
    """
    `typing=False` says that Celery checks nothing, and celerykit follows.
    """

    @app.task(name="shop.loose", typing=False)
    def loose(x):
        return x

    assert call(loose, 1, 2, 3)


def test_harm_a_call_by_name_fails_in_the_worker(app, add, outcome):
    """
    With plain Celery `send_task` sends one argument where two are needed, and the worker fails.
    """
    app.send_task("shop.add", (2,))

    state, error = outcome()
    assert state == "FAILURE"
    assert "missing 1 required positional argument" in str(error)


def test_harm_a_callback_that_takes_nothing_fails_its_parent(app, add, outcome):
    """
    With plain Celery a callback without a parameter marks the task that succeeded as failed.
    """

    @app.task(name="shop.tick")
    def tick():
        return 1

    add.apply_async((2, 3), link=tick.s())

    with pytest.warns(RuntimeWarning, match="Exception raised outside body"):
        state, error = outcome()
    assert (state, type(error)) == ("FAILURE", TypeError)
