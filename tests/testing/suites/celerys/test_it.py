"""
A suite that uses the fixtures of celery.contrib.pytest, or of pytest-celery, beside celerykit's.
"""

import pytest
from celery import Celery

shop = Celery("shop", broker="redis://127.0.0.1:1/0", backend="redis://127.0.0.1:1/0")


@shop.task
def add(x: int, y: int) -> int:
    """
    Add two numbers.
    """
    return x + y


@pytest.mark.celery(result_backend="cache+memory://")
def test_sent(celerykit_sent, celery_app):
    """
    What Celery's test app sends is captured, too.
    """
    celery_app.send_task("billing.charge", (7,))
    result = add.delay(1, 2)
    celerykit_sent.of(add).assert_only(add, 1, 2)

    celerykit_sent.run()

    assert len(celerykit_sent) == 2
    assert result.get() == 3


def test_worker(celerykit_sent, celerykit_worker, celery_parameters):
    """
    The worker is one of the project's own app, and no broker is asked.
    """
    assert celerykit_worker.app is shop
    assert add.delay(1, 2).get(timeout=20) == 3
