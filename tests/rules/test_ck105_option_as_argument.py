"""
CK105: an option beside the arguments is an argument.
"""

import pytest

from celerykit import CallWarning, call

from .asking import ask


@pytest.fixture
def log(app):
    """
    A task that takes anything by name.
    """

    @app.task(name="shop.log")
    def log(text, **fields):
        return sorted(fields)

    return log


@pytest.mark.parametrize(
    "name", ["countdown", "eta", "queue", "routing_key", "time_limit", "ignore_result"]
)
def test_an_argument_called_like_an_option_is_found(name):
    """
    What `**kwargs` catches was very likely meant for Celery.
    """
    (finding,) = ask("CK105", {}, parameters=("text", "fields"), kwargs={name: 10})

    assert (finding.level, finding.option, finding.value) == ("warning", name, "10")


def test_says_so_at_the_send_and_sends(log, message):
    """
    The call is sent, with a warning that names the method to write.
    """
    one = call(log, "hello", countdown=10)

    with pytest.warns(CallWarning, match="CK105") as caught:
        one.send()

    assert str(caught[0].message) == (
        "shop.log: CK105 the argument 'countdown' is called like an option, but goes to the task. "
        "Write .countdown() after call(...), or give it another name."
    )
    assert message().headers["eta"] is None


def test_each_argument_is_told(log):
    """
    Two of them are two findings.
    """
    findings = call(log, "hello", countdown=10, queue="high").check()

    assert [finding.option for finding in findings] == ["countdown", "queue"]


@pytest.mark.parametrize("name", ["headers", "priority", "expires", "timeout", "shadow", "retry"])
def test_near_miss_words_that_tasks_use_too_pass(log, name):
    """
    A word that tasks use for values of their own is an argument like any other.
    """
    assert call(log, "hello", **{name: 1}).check() == []


def test_near_miss_a_parameter_of_that_name_passes(app):
    """
    A parameter that the task names itself is meant.
    """

    @app.task(name="shop.move")
    def move(queue, *, countdown=0):
        return queue

    assert call(move, queue="a", countdown=3).check() == []
    assert ask("CK105", {}, parameters=("queue",), kwargs={"queue": "a"}) == []


def test_near_miss_an_unknown_signature_is_not_judged():
    """
    Where the parameters are not known, nothing is said.
    """
    assert ask("CK105", {}, kwargs={"countdown": 10}) == []


def test_harm_the_task_runs_at_once_with_an_argument_more(log, received):
    """
    With plain Celery `delay(..., countdown=10)` waits for nothing and hands the task a countdown.
    """
    log.delay("hello", countdown=10)

    request = received()
    assert request.eta is None
    assert request.execute() == ["countdown"]
