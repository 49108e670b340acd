"""
CK220: a priority orders something where it goes.
"""

import pytest
from kombu import Queue

from celerykit import CallWarning, Priority, call
from celerykit._facts import AppFacts
from celerykit._request import Destination

from .asking import ask

RABBIT = AppFacts(transport="amqp")
FLAT = AppFacts(transport="sqs", priority_levels=())
REDIS = AppFacts(transport="redis", priority_levels=(9, 6, 3, 0))
ONE_STEP = AppFacts(transport="redis", priority_levels=(0,))
HIGH = {"priority": Priority.HIGH}
SHOWN = "priority=Priority.HIGH"


def to(**known):
    """
    A queue called high, with these properties.
    """
    return Destination("high", "direct", **known)


@pytest.mark.parametrize(
    ("facts", "destination", "message"),
    [
        (
            RABBIT,
            to(),
            f"the queue 'high' on RabbitMQ has no x-max-priority, so {SHOWN} orders nothing",
        ),
        (
            RABBIT,
            to(max_priority=0),
            f"the queue 'high' on RabbitMQ has no x-max-priority, so {SHOWN} orders nothing",
        ),
        (
            RABBIT,
            to(quorum=True),
            f"the queue 'high' on RabbitMQ is a quorum queue, so {SHOWN} orders nothing",
        ),
        (FLAT, to(), f"sqs serves all messages alike here, so {SHOWN} orders nothing"),
        (ONE_STEP, None, f"redis serves all messages alike here, so {SHOWN} orders nothing"),
    ],
    ids=["no maximum", "a maximum of 0", "quorum", "no priorities", "one step"],
)
def test_a_queue_without_order_is_found(facts, destination, message):
    """
    Where the queue serves all alike the word orders nothing.
    """
    (finding,) = ask("CK220", HIGH, facts, destination=destination)

    assert (finding.level, finding.option) == ("warning", "priority")
    assert finding.message == message


def test_a_number_above_nine_is_found_on_redis():
    """
    Redis knows ten numbers, and takes every larger one for the last of them.
    """
    (finding,) = ask("CK220", {"priority": 10}, REDIS)

    assert finding.message == "Redis reads priority=10 as 9"
    assert finding.remedy == "Pass 0 to 9, or a Priority"


def test_says_so_once_at_the_send_and_sends(make_app):
    """
    The call goes out, with a warning that names the queue and both remedies.
    """
    app = make_app(
        broker_url="redis://127.0.0.1:1/0", broker_transport_options={"priority_steps": [0]}
    )

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    (finding,) = call(add, 2, 3).priority(Priority.HIGH).check()

    assert str(finding) == (
        "CK220 redis serves all messages alike here, so priority=Priority.HIGH orders nothing. "
        "Use a queue of its own for urgent calls, or more priority_steps on Redis."
    )
    with pytest.warns(CallWarning, match="shop.add: CK220"):
        call(add, 2, 3).priority(Priority.HIGH).signature()


def test_the_queue_of_the_call_is_asked(make_app):
    """
    On RabbitMQ one queue of an app may order what another does not.
    """
    app = make_app(
        broker_url="amqp://", task_queues=[Queue("ranked", max_priority=5), Queue("plain")]
    )

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    urgent = call(add, 2, 3).priority(Priority.HIGH)

    assert urgent.queue("ranked").check() == []
    assert [finding.code for finding in urgent.queue("plain").check()] == ["CK220"]


@pytest.mark.parametrize(
    ("facts", "destination"),
    [
        (RABBIT, to(max_priority=1)),
        (RABBIT, None),
        (REDIS, to()),
        (AppFacts(transport="memory", priority_levels=()), to()),
        (AppFacts(transport="filesystem", priority_levels=()), to()),
        (AppFacts(), to()),
    ],
    ids=["two levels", "unknown queue", "Redis", "memory", "filesystem", "unknown broker"],
)
def test_near_miss_a_queue_with_order_and_a_stand_in_pass(facts, destination):
    """
    Two levels are an order, a broker of tests has none to give, and the unknown is not judged.
    """
    assert ask("CK220", HIGH, facts, destination=destination) == []


@pytest.mark.parametrize(("facts", "number"), [(REDIS, 9), (REDIS, 0), (FLAT, 5)])
def test_near_miss_a_plain_number_is_the_brokers_own(facts, number):
    """
    A number is passed on as Celery does, and its writer knows the broker.
    """
    assert ask("CK220", {"priority": number}, facts, destination=to()) == []


def test_a_plain_number_on_a_queue_without_order_is_found():
    """
    On RabbitMQ a number orders no more than a word does, where the queue has no x-max-priority.
    """
    (finding,) = ask("CK220", {"priority": 7}, RABBIT, destination=to())

    assert finding.message == (
        "the queue 'high' on RabbitMQ has no x-max-priority, so priority=7 orders nothing"
    )
    assert ask("CK220", {"priority": 7}, RABBIT, destination=to(max_priority=10)) == []


def test_harm_a_priority_orders_nothing_in_silence(app, add, messages):
    """
    With plain Celery a priority is accepted where messages come out as they went in.
    """
    for priority in (0, 9, 5):
        add.apply_async((2, 3), priority=priority)

    assert [sent.properties["priority"] for sent in messages()] == [0, 9, 5]
