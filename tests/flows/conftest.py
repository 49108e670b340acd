"""
What the tests of flows share: an app that is current, as in a worker, and a few tasks in it.
"""

from types import SimpleNamespace
from typing import Any

import pytest


@pytest.fixture
def shop(app: Any, set_current: Any) -> SimpleNamespace:
    """
    Tasks to make flows of; `given` has what `note` was given.
    """
    set_current(app)
    given: list[Any] = []

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    @app.task(name="shop.total")
    def total(values):
        return sum(values)

    @app.task(name="shop.same")
    def same(value):
        return value

    @app.task(name="shop.note")
    def note(*values):
        given.append(values)
        return len(given)

    @app.task(name="shop.boom")
    def boom(*_values):
        message = "boom"
        raise ValueError(message)

    @app.task(name="shop.report")
    def report(failed):
        given.append(("report", failed))

    @app.task(name="shop.explain")
    def explain(request, error, traceback):
        given.append(("explain", request.id, str(error), bool(traceback)))

    return SimpleNamespace(
        app=app,
        add=add,
        total=total,
        same=same,
        note=note,
        boom=boom,
        report=report,
        explain=explain,
        given=given,
    )


@pytest.fixture
def published() -> Any:
    """
    The headers of each message, with the queue that it went to and its properties, as it leaves.
    """
    from celery.signals import before_task_publish  # noqa: PLC0415 - for these tests only

    seen: list[SimpleNamespace] = []

    def keep(sender, headers, properties, routing_key, body, **_):
        seen.append(
            SimpleNamespace(
                task=sender,
                queue=routing_key,
                headers=dict(headers),
                body=body,
                priority=properties.get("priority"),
            )
        )

    before_task_publish.connect(keep, weak=False)
    yield seen
    before_task_publish.disconnect(keep)
