"""
CK222: whatever a call says about its way has an effect.
"""

import pytest
from kombu import Exchange, Queue

from celerykit import CallRejected, call
from celerykit._request import Destination

from .asking import ask, printed

DIRECT = Destination("high", "direct", binding=("shop", "urgent"))
BOTH = Destination("high", "direct", exchange="x", routing_key="k", binding=("shop", "urgent"))


@pytest.mark.parametrize("name", ["exchange", "routing_key"])
def test_one_of_the_two_is_found(name):
    """
    A direct exchange takes both or none.
    """
    (finding,) = ask("CK222", {name: "x"}, destination=DIRECT)

    assert (finding.option, finding.value) == (name, "'x'")
    assert finding.message == f"{name}='x' is ignored: the queue 'high' has a direct exchange"


def test_a_queue_that_both_overrule_is_found():
    """
    With an exchange and a routing key the queue has no say.
    """
    options = {"queue": "high", "exchange": "x", "routing_key": "k"}

    (finding,) = ask("CK222", options, destination=BOTH)

    assert (finding.option, finding.value) == ("queue", "'high'")
    assert finding.message == (
        "queue='high' is ignored: exchange='x' and routing_key='k' say where the call goes"
    )


def test_is_refused_at_the_send(add, messages):
    """
    The call is refused, and nothing is sent.
    """
    with pytest.raises(CallRejected) as caught:
        call(add, 2, 3).queue("high").routing_key("eu.orders").send()

    assert str(caught.value) == printed(
        "CK222",
        "routing_key='eu.orders' is ignored: the queue 'high' has a direct exchange. "
        "Give both exchange and routing_key, or route by .queue() alone.",
    )
    assert messages("high") == []


@pytest.mark.parametrize(
    ("options", "destination"),
    [
        ({"exchange": "x", "routing_key": "k"}, BOTH),
        ({"routing_key": "a.b"}, Destination("high", "topic")),
        ({"exchange": "shop"}, DIRECT),
        ({"routing_key": "urgent"}, DIRECT),
        ({"exchange": "x"}, None),
        ({"exchange": "x"}, Destination(None, None)),
    ],
    ids=["both", "topic", "its own exchange", "its own key", "unknown", "unknown type"],
)
def test_near_miss_what_has_an_effect_passes(options, destination):
    """
    Both together, a topic exchange, and what says the same as the queue pass.
    """
    assert ask("CK222", options, destination=destination) == []


def test_near_miss_a_queue_with_its_own_exchange_and_key_passes(make_app):
    """
    Saying a queue and the way to it as declared says one thing.
    """
    app = make_app(task_queues=[Queue("high", Exchange("shop"), routing_key="urgent")])

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    full = call(add, 2, 3).queue("high").exchange("shop").routing_key("urgent")

    assert full.check() == []


def test_harm_a_routing_key_alone_is_dropped(add, message):
    """
    With plain Celery a routing key is ignored, and the call goes to the default queue.
    """
    add.apply_async((2, 3), routing_key="eu.orders")

    assert message().delivery_info["routing_key"] != "eu.orders"


def test_harm_a_queue_is_overruled_and_the_message_lost(add, messages):
    """
    With plain Celery `queue="high", exchange="x", routing_key="k"` reaches no queue at all.
    """
    add.apply_async((2, 3), queue="high", exchange="x", routing_key="k")

    assert messages("high") == messages() == []
