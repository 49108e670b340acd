"""
Priority: words that mean the same on every broker, whatever numbers it uses.
"""

from bisect import bisect
from functools import partial

import pytest
from celery import Celery
from hypothesis import given
from hypothesis import strategies as st
from kombu import Queue
from kombu.transport import redis

from celerykit import Priority, call, remote
from celerykit._priority import redis_levels

WORDS = list(Priority)  # the least urgent first


@pytest.fixture
def numbers(make_app):
    """
    The number that each word becomes on an app with these settings, the least urgent first.
    """

    def of(**settings):
        pack = remote("shop.pack", app=make_app(**settings))(lambda: None)
        return [call(pack).priority(word).signature().options["priority"] for word in WORDS]

    return of


@pytest.fixture
def rabbit(numbers):
    """
    The same, for a queue that RabbitMQ serves; nobody listens where it would be.
    """
    return partial(numbers, broker_url="amqp://127.0.0.1:1//", task_default_queue="pack")


@pytest.fixture
def on_redis(numbers):
    """
    The same, for Redis with these priority_steps; nobody listens where it would be.
    """

    def of(steps=None):
        options = {} if steps is None else {"priority_steps": steps}
        return numbers(broker_url="redis://127.0.0.1:1/0", broker_transport_options=options)

    return of


@pytest.mark.parametrize(
    ("most", "expected"),
    [
        (1, [0, 0, 0, 1, 1]),
        (2, [0, 0, 1, 2, 2]),
        (3, [0, 0, 1, 2, 3]),
        (5, [0, 1, 2, 4, 5]),
        (10, [0, 2, 5, 8, 10]),
        (255, [0, 63, 127, 191, 255]),
    ],
)
def test_rabbitmq_serves_larger_numbers_first(rabbit, most, expected):
    """
    On RabbitMQ the words spread over 0 to the queue's x-max-priority, the largest for HIGHEST.
    """
    assert rabbit(task_queues=[Queue("pack", max_priority=most)]) == expected
    assert rabbit(task_queues=[Queue("pack", queue_arguments={"x-max-priority": most})]) == expected
    assert rabbit(task_queue_max_priority=most) == expected


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        (None, [9, 9, 6, 3, 0]),
        ([0, 3, 6, 9], [9, 9, 6, 3, 0]),
        (range(10), [9, 7, 5, 2, 0]),
        ([0, 9], [9, 9, 9, 0, 0]),
        ([0, 1, 2], [2, 2, 1, 0, 0]),
        ([3, 6, 9], [9, 9, 6, 3, 3]),
        ([0, 5, 20], [5, 5, 5, 0, 0]),
        ((0, 4, 8), [8, 8, 4, 0, 0]),
    ],
    ids=str,
)
def test_redis_serves_smaller_numbers_first(on_redis, steps, expected):
    """
    On Redis the words spread over priority_steps as kombu serves them, the first for HIGHEST.
    """
    assert on_redis(steps) == expected


@pytest.mark.filterwarnings("ignore::celerykit.CallWarning")
def test_without_an_order_any_number_will_do(numbers, rabbit, on_redis):
    """
    Where the broker serves all alike, the words become Celery's own 0 to 9 in their order.
    """
    assert numbers() == [0, 2, 4, 7, 9]
    assert rabbit() == [0, 2, 4, 7, 9]
    for steps in ([0], [9, 6, 3, 0]):  # kombu expects steps in order, and finds but one
        with pytest.warns(match="CK220 redis serves all messages alike"):
            assert len(set(on_redis(steps))) == 1


@pytest.mark.parametrize("number", [0, 7, 9])
@pytest.mark.parametrize("url", ["memory://", "amqp://127.0.0.1:1//", "redis://127.0.0.1:1/0"])
def test_an_int_is_the_brokers_own(make_app, number, url):
    """
    A plain number is passed on as it is, as Celery does.
    """
    app = make_app(broker_url=url, task_queue_max_priority=10)
    pack = remote("shop.pack", app=app)(lambda: None)

    assert call(pack).priority(number).signature().options == {"priority": number}


def served_at(steps, number):
    """
    The turn at which kombu's Redis transport serves a number: the smaller, the sooner.
    """
    channel = redis.Channel.__new__(redis.Channel)
    channel.priority_steps = steps
    return list(steps).index(channel.priority(number))


@given(st.lists(st.integers(0, 12), min_size=1, max_size=10, unique=True))
def test_the_words_keep_their_order_on_any_redis(steps):
    """
    Whatever priority_steps are, a more urgent word is never served later, the most urgent of all
    is served as soon as any number can be, and the least urgent as late.
    """
    turns = [served_at(steps, word.pick(redis_levels(steps))) for word in WORDS]

    every = [served_at(steps, number) for number in range(10)]
    assert turns == sorted(turns, reverse=True)
    assert (turns[0], turns[-1]) == (max(every), min(every))
    assert len(set(every)) < 3 or len({turns[0], turns[2], turns[-1]}) == 3


@given(st.integers(1, 255))
def test_the_words_keep_their_order_on_any_rabbitmq(most):
    """
    Whatever x-max-priority is, a more urgent word never has the smaller number, and the two ends
    are the two ends.
    """
    picked = [word.pick(range(most + 1)) for word in WORDS]

    assert picked == sorted(picked)
    assert (picked[0], picked[-1]) == (0, most)
    assert most < 2 or len({picked[0], picked[2], picked[-1]}) == 3


def test_kombu_still_orders_by_its_steps():
    """
    The formula that celerykit asks is the one that kombu's Redis transport uses.
    """
    steps = [0, 3, 6, 9]

    for number in range(10):
        assert steps[served_at(steps, number)] == steps[bisect(steps, number) - 1]
    assert redis.Channel.priority_steps == steps


def test_a_word_shows_as_code():
    """
    A Priority is shown in messages as it is written in code.
    """
    app = Celery("shop", broker="memory://", set_as_current=False)
    pack = remote("shop.pack", app=app)(lambda: None)

    assert repr(call(pack).priority(Priority.HIGH)) == "call(shop.pack).priority(Priority.HIGH)"
