"""
A bounded send on real brokers: it ends in time, says what it knows, and harms no other call.
"""

import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from amqp.exceptions import AccessRefused, NotAllowed, PreconditionFailed
from celery import Celery
from kombu import Connection, Exchange, Queue

from celerykit import PublishError, call

from .brokers import RABBITMQ, Broker
from .send_faults import CASES, EXPECTED, helpers, seen

pytestmark = pytest.mark.live
on_rabbitmq = pytest.mark.parametrize("broker", [RABBITMQ], indirect=True)

WITHIN = 0.6
GRACE = 0.5
PATIENCE = 60.0


@pytest.mark.parametrize("confirm", [False, True], ids=["", "confirmed"])
@pytest.mark.parametrize("case", CASES)
def test_a_send_through_a_fault(
    broker: Broker,
    case: str,
    confirm: bool,  # noqa: FBT001 - a parameter of the test
) -> None:
    """
    It ends in time; what is said to be sent is there, and what was not sent is not.
    """
    one = seen(broker, case, WITHIN, confirm=confirm)

    assert one.took < WITHIN + GRACE
    assert one.outcome == EXPECTED.get(case, "")
    assert one.side == ("broker" if one.outcome else "")
    assert one.there == (0 if one.outcome else 1)


def test_the_helpers_of_failures_end(broker: Broker) -> None:
    """
    What was waited for in vain is let go, by itself.
    """
    before = helpers()

    seen(broker, "falls silent", 0.2)

    deadline = time.monotonic() + PATIENCE
    while helpers() - before:
        assert time.monotonic() < deadline
        time.sleep(0.02)


# -- RabbitMQ: what harms the next call with plain Celery (test_harm_channel.py)


@pytest.fixture
def add(broker: Broker) -> Iterator[tuple[Any, Callable[[], int]]]:
    """
    A task whose messages nobody reads, and how many there are.
    """
    name = f"cklive{uuid.uuid4().hex[:10]}"
    app = Celery("bounded", broker=broker.url, set_as_current=False)
    app.conf.update(task_default_queue=name, task_publish_retry_policy={"max_retries": 0})

    @app.task(name="bounded.add")
    def add(x: int, y: int) -> int:
        raise NotImplementedError

    with Connection(broker.url) as connection:
        queue = Queue(name, Exchange(name), routing_key=name)(connection.default_channel)

        def count() -> int:
            found: int = queue.queue_declare().message_count
            return found

        try:
            yield add, count
        finally:
            queue.delete()


BAD = {
    "unroutable": ({"mandatory": True}, "amq.direct", "not_sent", "NO_ROUTE"),
    "no such exchange": ({}, "celerykit.nowhere", "not_sent", "NOT_FOUND"),
}


@on_rabbitmq
@pytest.mark.parametrize("terms", [{"within": 10}, {"confirm": True}], ids=str)
@pytest.mark.parametrize("case", BAD)
def test_a_bad_call_is_told_itself(
    add: tuple[Any, Callable[[], int]], case: str, terms: dict[str, Any]
) -> None:
    """
    Where plain Celery tells the next, innocent call, here the bad one raises, and the next arrives.
    """
    task, count = add
    options, exchange, outcome, words = BAD[case]
    good = call(task, 1, 2)
    bad = good.allow("CK227").extra(**options).exchange(exchange).routing_key("nobody.is.bound")
    good.send(**terms)

    with pytest.raises(PublishError, match=words) as caught:
        bad.send(**terms)
    good.send(**terms)

    assert caught.value.outcome == outcome
    assert count() == 2


@on_rabbitmq
def test_mandatory_alone_is_enough(add: tuple[Any, Callable[[], int]]) -> None:
    """
    A mandatory message is always waited for: without any other word at the send.
    """
    task, count = add
    base = call(task, 1, 2).extra(mandatory=True)
    base.send()

    with pytest.raises(PublishError, match="NO_ROUTE"):
        base.exchange("amq.direct").routing_key("nobody").send()
    call(task, 3, 4).send(confirm=True)

    assert count() == 2


# -- RabbitMQ: errors that are no OperationalError with plain Celery


def refused(broker: Broker) -> tuple[str, dict[str, Any]]:
    """
    A login with another password.
    """
    return broker.url.replace("guest:guest", "guest:hunter2"), {}


def forbidden(broker: Broker) -> tuple[str, dict[str, Any]]:
    """
    A virtual host that is not there.
    """
    return broker.url.rstrip("/") + "/celerykit-nowhere", {}


def different(broker: Broker) -> tuple[str, dict[str, Any]]:
    """
    A queue that is there already, and was declared in another way.
    """
    return broker.url, {"task_queue_max_priority": 5}


@on_rabbitmq
@pytest.mark.parametrize("within", [None, 10])
@pytest.mark.parametrize(
    ("where", "kind"),
    [(refused, AccessRefused), (forbidden, NotAllowed), (different, PreconditionFailed)],
)
def test_what_is_no_operational_error(
    broker: Broker,
    add: tuple[Any, Callable[[], int]],
    where: Callable[[Broker], tuple[str, dict[str, Any]]],
    kind: type[Exception],
    within: float | None,
) -> None:
    """
    Plain Celery raises py-amqp's own errors; here they are the cause of one that says more.
    """
    known, count = add
    call(known, 1, 2).send(confirm=True)
    url, settings = where(broker)
    app = Celery("bounded", broker=url, set_as_current=False)
    app.conf.update(task_default_queue=known.app.conf.task_default_queue, **settings)

    @app.task(name="bounded.add")
    def other(x: int, y: int) -> int:
        raise NotImplementedError

    with pytest.raises(kind):
        other.delay(1, 2)
    with pytest.raises(PublishError) as caught:
        call(other, 1, 2).send(within=within)

    assert isinstance(caught.value.__cause__, kind)
    assert (caught.value.outcome, caught.value.side) == ("not_sent", "configuration")
    assert "hunter2" not in str(caught.value)
    assert count() == 1
