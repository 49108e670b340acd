"""
CK226: a queue is one that somebody reads.
"""

import pytest
from celery.exceptions import QueueNotFound
from kombu import Queue

from celerykit import CallRejected, CallWarning, call
from celerykit._facts import AppFacts

from .asking import ask

DECLARED = AppFacts(queues=frozenset({"high", "low", "worker.1", "celery"}))


@pytest.fixture
def make_add(make_app):
    """
    Make a task of an app with more settings.
    """

    def make(**settings):
        app = make_app(**settings)

        @app.task(name="shop.add")
        def add(x, y):
            return x + y

        return add

    return make


@pytest.mark.parametrize(
    ("queue", "word"),
    [("hgih", "high"), ("hihg", "high"), ("highh", "high"), ("HIGH", "high"), ("celry", "celery")],
)
def test_a_slip_is_found_with_what_was_meant(queue, word):
    """
    Swapped, doubled, missing or capital letters are answered with the declared name.
    """
    (finding,) = ask("CK226", {"queue": queue}, DECLARED)

    assert (finding.level, finding.option) == ("warning", "queue")
    assert finding.remedy == f"Did you mean {word!r}?"


def test_says_so_at_the_send_and_sends(make_add, message):
    """
    The call is sent where it says, with a warning.
    """
    add = make_add(task_queues=[Queue("high"), Queue("low")])

    with pytest.warns(CallWarning) as caught:
        call(add, 2, 3).queue("hihg").send()

    assert str(caught[0].message) == (
        "shop.add: CK226 queue='hihg' is not declared in task_queues. Did you mean 'high'?"
    )
    assert message("hihg")


@pytest.mark.parametrize(
    "settings",
    [
        {"task_queues": {"high": {"exchange": "high"}}},
        {"task_queues": (Queue("low"),), "task_routes": {"shop.*": {"queue": "high"}}},
        {"task_queues": [Queue("low")], "task_routes": {"shop.add": "high"}},
        {"task_queues": [Queue("low")], "task_routes": {"shop.add": {"queue": Queue("high")}}},
        {"task_queues": [Queue("low")], "task_default_queue": "high"},
    ],
    ids=["a dict", "a route", "a short route", "a route to a queue", "the default"],
)
def test_every_way_to_name_a_queue_counts(make_add, settings):
    """
    A queue is known by its declaration, by a route, or as the default.
    """
    add = make_add(**settings)

    assert call(add, 2, 3).queue("high").check() == []
    assert [each.option for each in call(add, 2, 3).queue("highh").check()] == ["queue"]


def test_a_router_that_is_a_function_is_not_asked(make_add):
    """
    Routes that no one can list, and routes by exchange, leave the declared names.
    """
    add = make_add(
        task_queues=[Queue("low")], task_routes=[lambda *_args, **_options: {"queue": "high"}]
    )

    assert call(add, 2, 3).queue("highh").check() == []
    assert [each.code for each in call(add, 2, 3).queue("lwo").check()] == ["CK226"]


@pytest.mark.parametrize("queue", ["high", "billing", "worker.2", "worker.10", "h"])
def test_near_miss_other_names_pass(queue):
    """
    A declared name, a name like none of them and the next number of a family pass.
    """
    assert ask("CK226", {"queue": queue}, DECLARED) == []


def test_near_miss_without_task_queues_any_name_passes(add):
    """
    An app that declares nothing lets Celery make its queues.
    """
    assert call(add, 2, 3).queue("celry").check() == []
    assert ask("CK226", {"queue": None}, DECLARED) == []


def test_harm_a_slip_makes_a_queue_that_nobody_reads(make_add, messages):
    """
    With plain Celery a misspelt queue is made, and keeps the message.
    """
    add = make_add(task_queues=[Queue("high"), Queue("low")])

    add.apply_async((2, 3), queue="hihg")

    assert [len(messages(queue)) for queue in ("high", "low", "hihg")] == [0, 0, 1]


def test_celerys_own_refusal_still_comes(make_add):
    """
    Where the app makes no missing queues, the call is refused before Celery would refuse it.
    """
    add = make_add(task_queues=[Queue("high")], task_create_missing_queues=False)

    with pytest.raises(CallRejected, match="CK226"):
        call(add, 2, 3).queue("hihg").send()
    with pytest.raises(QueueNotFound):
        add.apply_async((2, 3), queue="hihg")


def test_a_slip_of_a_routed_queue_is_found(make_add):
    """
    Many projects name their queues in task_routes alone.
    """
    add = make_add(task_routes={"shop.pay": {"queue": "money"}, "shop.sell": "goods"})

    (finding,) = call(add, 2, 3).queue("moeny").check()

    assert (finding.code, finding.level) == ("CK226", "warning")
    assert finding.message == "queue='moeny' is no queue that this app names"
    assert finding.remedy == "Did you mean 'money'?"


@pytest.mark.parametrize("queue", ["money", "goods", "letters", "money2", "celery"])
def test_near_miss_other_queues_pass_where_only_routes_name_some(make_add, queue):
    """
    Those, the default queue, and any name that is like none of them.
    """
    add = make_add(
        task_default_queue="celery",
        task_routes={"shop.pay": {"queue": "money"}, "shop.sell": "goods"},
    )

    assert call(add, 2, 3).queue(queue).check() == []
