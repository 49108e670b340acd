"""
CK233: the queue that a call asks for is where it goes.
"""

import pytest
from kombu import Exchange

from celerykit import CallRejected, call
from celerykit._facts import AppFacts
from celerykit._request import Destination

from .asking import ask, printed

ROUTED = AppFacts(has_routes=True)
MONEY = Destination("high", "direct", exchange="money", routing_key="pay")


@pytest.fixture
def make_add(make_app):
    """
    Make a task of an app with this route.
    """

    def make(route):
        app = make_app(task_routes={"shop.add": route})

        @app.task(name="shop.add")
        def add(x, y):
            return x + y

        return add

    return make


def test_a_queue_that_a_route_overrules_is_found():
    """
    A route with an exchange and a key has the last word.
    """
    (finding,) = ask("CK233", {"queue": "high"}, ROUTED, destination=MONEY)

    assert (finding.option, finding.value) == ("queue", "'high'")


@pytest.mark.parametrize("exchange", ["money", Exchange("money")], ids=["name", "object"])
def test_is_refused_at_the_send(make_add, messages, exchange):
    """
    The call is refused, with both remedies, and nothing is sent.
    """
    add = make_add({"exchange": exchange, "routing_key": "pay"})

    with pytest.raises(CallRejected) as caught:
        call(add, 2, 3).queue("high").send()

    assert "CK233" in {finding.code for finding in caught.value.findings}
    assert messages("high") == []


def test_says_what_overrules_it(make_add):
    """
    The message names the exchange of the route.
    """
    add = make_add({"exchange": "money", "routing_key": "pay"})

    finding = next(each for each in call(add, 2, 3).queue("high").check() if each.code == "CK233")

    assert f"shop.add was not sent:\n  {finding}" in printed(
        "CK233",
        "queue='high' is overruled by the task's route to the exchange 'money'. "
        "Write the route with a queue only, or leave the queue out.",
    )


@pytest.mark.parametrize(
    ("options", "facts", "destination"),
    [
        ({"queue": "high"}, AppFacts(), MONEY),
        ({"queue": "high"}, ROUTED, Destination("high", "direct")),
        ({"queue": "high"}, ROUTED, Destination("high", "direct", exchange="money")),
        ({"queue": "high"}, ROUTED, None),
        ({"queue": "high", "exchange": "money", "routing_key": "pay"}, ROUTED, MONEY),
    ],
    ids=["no routes", "no exchange", "no key", "unknown", "the call's own exchange"],
)
def test_near_miss_a_queue_that_counts_passes(options, facts, destination):
    """
    Without a full route the queue counts; what the call says itself has another rule.
    """
    assert ask("CK233", options, facts, destination=destination) == []


@pytest.mark.parametrize(
    ("kind", "binding", "found"),
    [
        ("direct", ("money", "pay"), 0),
        ("topic", ("money", "#"), 0),
        ("direct", ("money", "refund"), 1),
        ("direct", ("goods", "pay"), 1),
    ],
    ids=["bound", "by a pattern", "another key", "another exchange"],
)
def test_near_miss_a_queue_that_the_route_leads_to_passes(kind, binding, found):
    """
    Where the queue takes what goes to the route's exchange, both say the same.
    """
    where = Destination("high", kind, exchange="money", routing_key="pay", binding=binding)

    assert len(ask("CK233", {"queue": "high"}, ROUTED, destination=where)) == found


def test_near_miss_a_route_to_a_queue_gives_way(make_add, message):
    """
    A route that names a queue is a default, which the call overrules.
    """
    add = make_add({"queue": "money"})

    call(add, 2, 3).queue("high").send()

    assert message("high")


def test_harm_the_queue_is_dropped_and_the_message_lost(make_add, messages):
    """
    With plain Celery `queue="high"` is dropped for a route with an exchange and a key, and where
    nothing is bound there the message is gone.
    """
    add = make_add({"exchange": "money", "routing_key": "pay"})

    add.apply_async((2, 3), queue="high")

    assert messages("high") == messages() == []
