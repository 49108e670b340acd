"""
CK620: each call opens a connection of its own.
"""

import pytest
from kombu.transport.memory import Transport

from .configured import configured, told, words


@pytest.mark.parametrize("limit", [None, 0], ids=repr)
def test_no_pool_is_told(limit):
    """
    None and 0 both mean no pool.
    """
    assert words(told("CK620", configured({"broker_pool_limit": limit}))) == [
        (
            "broker_pool_limit",
            repr(limit),
            "there is no connection pool, so each call opens a connection of its own and closes it",
            "Write app.conf.broker_pool_limit = 10",
        )
    ]


@pytest.mark.parametrize("written", [{}, {"broker_pool_limit": 1}, {"broker_pool_limit": 500}])
def test_near_miss_any_pool_passes(written):
    """
    A pool of any size passes: a large one opens no more connections than are needed.
    """
    assert told("CK620", configured(written)) == []


@pytest.mark.parametrize(("limit", "connections"), [(10, 1), (1, 1), (None, 5), (0, 5)])
def test_harm_plain_celery_connects_for_each_call(make_app, limit, connections):
    """
    With plain Celery five calls open five connections without a pool, and one with it.
    """
    made = []

    class Counting(Transport):
        def establish_connection(self):
            made.append(self)
            return super().establish_connection()

    app = make_app(broker_url=None, broker_transport=Counting, broker_pool_limit=limit)

    for _ in range(5):
        app.send_task("shop.add", (2, 3))

    assert len(made) == connections
