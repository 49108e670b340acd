"""
CK231: a delayed call goes to a queue that can delay it.
"""

import celery
import pytest
from celery.signals import before_task_publish
from kombu import Exchange, Queue
from kombu.exceptions import OperationalError

from celerykit import call
from celerykit._facts import AppFacts
from celerykit._request import Destination

from .asking import ask

RABBIT = AppFacts(transport="amqp")
QUORUM = {"queue_arguments": {"x-queue-type": "quorum"}}
TOPIC = Destination("orders", "topic", quorum=True)


@pytest.fixture
def add(make_app):
    """
    A task of an app with a quorum queue, on RabbitMQ, which nobody connects to.
    """
    orders = Queue("orders", Exchange("orders", "topic"), routing_key="orders", **QUORUM)
    app = make_app(
        broker_url="amqp://127.0.0.1:1/ck231",
        task_queues=[orders, Queue("plain")],
        task_publish_retry=False,
    )

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    return add


@pytest.mark.parametrize("options", [{"countdown": 60}, {"eta": "soon"}], ids=["countdown", "eta"])
@pytest.mark.parametrize(
    ("destination", "words"),
    [
        (TOPIC, "the quorum queue 'orders' delays through exchanges that only a worker declares"),
        (
            Destination("orders", "direct", quorum=True),
            "a worker holds delayed calls of the quorum queue 'orders' and blocks it",
        ),
    ],
    ids=["topic", "direct"],
)
def test_a_delay_on_a_quorum_queue_is_found(options, destination, words):
    """
    Either the exchanges may not be there, or the worker holds up the queue.
    """
    (finding,) = ask("CK231", options, RABBIT, destination=destination)

    assert (finding.level, finding.message) == ("warning", words)


def test_an_app_with_quorum_queues_delays_all_topics_that_way():
    """
    Once an app has a quorum queue, its other queues with a topic exchange delay in the same way.
    """
    facts = AppFacts(transport="amqp", has_quorum_queues=True)
    classic = Destination("orders", "topic")

    (finding,) = ask("CK231", {"countdown": 60}, facts, destination=classic)

    assert finding.message == (
        "'orders', beside a quorum queue, delays through exchanges that only a worker declares"
    )
    assert ask("CK231", {"countdown": 60}, facts, destination=Destination("orders", "direct")) == []


def test_the_queue_of_the_call_is_asked(add):
    """
    A delayed call to the quorum queue is told, and one to the classic queue is not.
    """
    waiting = call(add, 2, 3).countdown(60)

    (finding,) = waiting.queue("orders").check()

    assert str(finding) == (
        "CK231 the quorum queue 'orders' delays through exchanges that only a worker declares. "
        "Use a classic queue for delayed calls, or start a worker first and confirm_publish."
    )
    assert waiting.queue("plain").check() == []


@pytest.mark.parametrize(
    ("options", "facts", "destination"),
    [
        ({"countdown": 0}, RABBIT, TOPIC),
        ({"countdown": 60}, RABBIT, Destination("orders", "topic")),
        ({"countdown": 60}, RABBIT, None),
        ({"countdown": 60}, AppFacts(transport="redis"), TOPIC),
    ],
    ids=["no delay", "classic", "unknown queue", "Redis"],
)
def test_near_miss_other_calls_pass(options, facts, destination):
    """
    A call without a delay, a classic queue and another broker pass.
    """
    assert ask("CK231", options, facts, destination=destination) == []


def test_near_miss_a_call_without_delay_passes(add):
    """
    A quorum queue is fine for what runs at once.
    """
    assert call(add, 2, 3).queue("orders").check() == []


@pytest.mark.skipif(celery.VERSION < (5, 5), reason="native delayed delivery came with Celery 5.5")
def test_harm_it_is_sent_to_an_exchange_that_it_does_not_declare(add, monkeypatch):
    """
    With plain Celery a delayed call to a quorum queue goes to an exchange of Celery's own, and
    declares nothing: it is lost unless a worker was there before.
    """
    published = []

    def note(exchange=None, declare=None, **_more):
        published.append((getattr(exchange, "name", exchange), declare))

    before_task_publish.connect(note)
    try:
        with pytest.raises(OperationalError):
            add.apply_async((2, 3), queue="orders", countdown=60)
    finally:
        before_task_publish.disconnect(note)

    assert published == [("celery_delayed_27", None)]
