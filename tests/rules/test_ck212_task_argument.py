"""
CK212: an argument of the task is passed to the task.
"""

import pytest

from celerykit import call

from .asking import ask, printed, refusal, refused


@pytest.mark.parametrize("name", ["loud", "name", "user_id", "timeout"])
def test_an_option_called_like_a_parameter_is_found(name):
    """
    Any parameter of the task among the options is an argument in the wrong place.
    """
    (finding,) = ask("CK212", {name: 1}, parameters=("name", "loud", "user_id", "timeout"))

    assert (finding.option, finding.value) == (name, "1")


def test_is_refused_on_its_line(greet):
    """
    `.extra()` says where the argument goes.
    """
    assert str(refusal(lambda: call(greet, "Ann").extra(loud=True))) == printed(
        "CK212",
        "'loud' is a parameter of the task, not an option. Pass it in call(greet, ..., loud=...).",
        task="shop.greet",
    )


def test_a_property_of_the_message_is_refused_when_the_task_has_it(app):
    """
    `user_id` is a property of AMQP and a likely parameter: the parameter is meant.
    """

    @app.task(name="shop.charge")
    def charge(cents, user_id=None):
        return user_id

    assert refused(lambda: call(charge, 5).extra(user_id="bob")) == [("CK212", "user_id", "'bob'")]


def test_near_miss_an_option_with_a_method_passes(app):
    """
    A parameter may be called like an option that has a method: the method means the option.
    """

    @app.task(name="shop.move")
    def move(queue, priority=0):
        return queue

    assert call(move, "a").queue("high").priority(3)
    assert call(move, queue="a").options(queue="high")


def test_near_miss_other_options_pass(greet):
    """
    What is no parameter passes, and nothing is said where the parameters are not known.
    """
    assert call(greet, "Ann").extra(timeout=5, MessageGroupId="g")
    assert ask("CK212", {"loud": True}) == []


def test_harm_the_task_runs_without_its_argument(greet, outcome):
    """
    With plain Celery an argument among the options is sent to the broker, not to the task.
    """
    greet.apply_async(("Ann",), loud=True)

    assert outcome() == ("SUCCESS", "hello Ann")
