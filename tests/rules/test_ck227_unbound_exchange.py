"""
CK227: an exchange and a routing key lead to a queue.
"""

import pytest
from kombu import Exchange, Queue

from celerykit import CallWarning, call
from celerykit._request import Destination

from .asking import ask

WAY = {"exchange": "orders", "routing_key": "eu"}


def to(**known):
    """
    A way to the exchange "orders" with the key "eu".
    """
    return Destination("shop", "direct", **WAY, **known)


def test_a_way_to_no_queue_is_found():
    """
    What no queue of the app takes is lost.
    """
    (finding,) = ask("CK227", WAY, destination=to(taken=False))

    assert (finding.level, finding.option, finding.value) == ("warning", "exchange", "'orders'")


def test_says_so_at_the_send_and_sends(add, messages):
    """
    The call is sent, since another service may own the queue; the warning has both remedies.
    """
    with pytest.warns(CallWarning) as caught:
        call(add, 2, 3).exchange("orders").routing_key("eu").send()

    assert str(caught[0].message) == (
        "shop.add: CK227 no queue of this app takes what goes to exchange='orders' with "
        "routing_key='eu'. Declare the queue in task_queues, or add .extra(mandatory=True) "
        "with confirms."
    )
    assert messages() == []


@pytest.mark.parametrize(
    ("queue", "found"),
    [
        (Queue("eu", Exchange("orders"), routing_key="eu"), []),
        (Queue("eu", Exchange("orders", type="topic"), routing_key="#"), []),
        (Queue("us", Exchange("orders"), routing_key="us"), ["CK227"]),
        (Queue("eu", Exchange("invoices"), routing_key="eu"), ["CK227"]),
    ],
    ids=["bound", "by a pattern", "another key", "another exchange"],
)
def test_the_queues_of_the_app_are_asked(make_app, queue, found):
    """
    A queue takes the message by its exchange and, on a direct one, by its very key.
    """
    app = make_app(task_queues=[queue])

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    way = call(add, 2, 3).exchange("orders").routing_key("eu")

    assert [finding.code for finding in way.check()] == found


@pytest.mark.parametrize(
    ("options", "destination"),
    [
        (WAY, to(taken=True)),
        ({**WAY, "mandatory": True}, to(taken=False)),
        ({"exchange": "orders"}, Destination("shop", "direct")),
        (WAY, None),
    ],
    ids=["taken", "mandatory", "an exchange alone", "unknown"],
)
def test_near_miss_what_arrives_or_would_be_told_passes(options, destination):
    """
    A queue that takes it, and a broker that is asked to tell, are enough.
    """
    assert ask("CK227", options, destination=destination) == []


def test_harm_the_message_is_lost_without_a_word(add, messages):
    """
    With plain Celery a message to an exchange that nobody is bound to is gone.
    """
    add.apply_async((2, 3), **WAY)

    assert messages() == []
