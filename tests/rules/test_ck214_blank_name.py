"""
CK214: a name is written bare.
"""

import functools

import pytest

from celerykit import RemoteTask, call, remote

from .asking import ask, printed, refusal, refused

NAMES = ["queue", "exchange", "routing_key", "serializer", "compression", "shadow", "task_id"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("value", ["", " ", " high", "high ", "high\n", "\thigh"], ids=repr)
def test_an_empty_or_padded_name_is_refused_on_its_line(add, name, value):
    """
    A name that comes out of a form or a file with blanks around it is refused.
    """
    assert refused(lambda: call(add, 2, 3).options(**{name: value})) == [
        ("CK214", name, repr(value))
    ]


def test_says_to_write_it_bare(add):
    """
    The message shows the blank.
    """
    assert str(refusal(lambda: call(add, 2, 3).queue(" high"))) == printed(
        "CK214",
        "queue=' high' is empty or has blanks around it. "
        "Write the bare name, or leave the option out.",
    )
    assert refused(lambda: call(add, 2, 3).extra(route_name="")) == [("CK214", "route_name", "''")]


@pytest.mark.parametrize("name", ["", " ", "other.mul ", "\nother.mul", None, 5], ids=repr)
def test_a_remote_task_has_a_bare_name(name):
    """
    The name of a task that lives elsewhere is refused where it is declared.
    """

    def mul(x, y):
        raise NotImplementedError

    (finding,) = refusal(lambda: remote(name)).findings
    (again,) = refusal(lambda: RemoteTask(name, mul, None)).findings

    assert again == finding
    assert (finding.code, finding.option) == ("CK214", "name")
    assert finding.message == f"name={name!r} is no name of a task"
    assert finding.remedy.startswith("Write the name that its workers know")


def test_remote_without_a_name_says_the_form_to_write():
    """
    A bare `@remote` is refused on its line, for a function and for anything else.
    """

    def build():
        @remote
        def mul(x, y):
            raise NotImplementedError

    remedies = [
        refusal(declare).findings[0].remedy
        for declare in [build, lambda: remote(functools.partial(print))]
    ]

    assert remedies == [
        f'Write @remote("proj.{name}", app=app) above it, with the name its workers know'
        for name in ("mul", "task")
    ]


@pytest.mark.parametrize("value", ["high", "high priority", "a.b#*", "ä", "-", "0"], ids=repr)
def test_near_miss_unusual_names_pass(add, value):
    """
    A blank inside a name, a pattern and any letter pass.
    """
    assert call(add, 2, 3).queue(value).shadow(value).task_id(value)


def test_near_miss_wrong_types_are_left_to_their_rule():
    """
    What is no string has another rule.
    """
    assert ask("CK214", {"queue": None, "task_id": 5}) == []


def test_harm_an_empty_name_is_the_default_queue(add, message):
    """
    With plain Celery `queue=""` goes to the default queue without a word.
    """
    add.apply_async((2, 3), queue="")

    assert message().headers["task"] == "shop.add"


def test_harm_a_blank_makes_another_queue(add, message, messages):
    """
    With plain Celery `queue=" high"` is a queue of its own, which no worker of "high" reads.
    """
    add.apply_async((2, 3), queue=" high")

    assert messages("high") == []
    assert message(" high").headers["task"] == "shop.add"
