"""
Ordinary use of Celery, each piece in its celerykit form: sent, run and read.
"""

from datetime import datetime, timedelta, timezone

import celery.exceptions
import pytest
from celery import Celery

from celerykit import Priority, ResultBackendNotConfigured, call, remote, step


def test_delay(app, add, work):
    """
    add.delay(2, 3) is call(add, 2, 3).send(), and the result is read from the handle.
    """
    handle = call(add, 2, 3).send()
    work(app)

    assert handle.get(timeout=5) == 5


def test_countdown(app, add, message):
    """
    apply_async((2, 3), countdown=10) is .countdown(10): the task starts ten seconds later.
    """
    before = datetime.now(timezone.utc)

    call(add, 2, 3).countdown(10).send()

    eta = datetime.fromisoformat(message().headers["eta"])
    assert timedelta(seconds=10) <= eta - before < timedelta(seconds=40)


def test_eta_five_minutes_ahead(app, add, message):
    """
    apply_async((2, 3), eta=...) is .eta(...), with a datetime that knows its time zone.
    """
    moment = datetime.now(timezone.utc) + timedelta(minutes=5)

    call(add, 2, 3).eta(moment).send()

    assert datetime.fromisoformat(message().headers["eta"]) == moment


def test_queue_and_priority(app, add, message):
    """
    apply_async(queue="high", priority=9) is .queue("high") with a Priority, or Celery's number.
    """
    call(add, 2, 3).queue("high").priority(9).send()
    assert message("high").properties["priority"] == 9

    call(add, 2, 3).queue("high").priority(Priority.HIGHEST).send()
    assert message("high").properties["priority"] == 9


def test_retry_policy(app, add, work):
    """
    apply_async(retry=True, retry_policy={...}) is .retry(...), and retry=False is .no_retry().
    """
    patient = call(add, 2, 3).retry(max_retries=3, interval_start=0, interval_max=0.2).send()
    hasty = call(add, 3, 4).no_retry().send()
    work(app)

    assert (patient.get(timeout=5), hasty.get(timeout=5)) == (5, 7)


def test_routing_key(make_app, work):
    """
    apply_async(exchange=..., routing_key=...) is .exchange(...).routing_key(...).
    """
    app = make_app(
        task_queues={"eu": {"exchange": "orders", "routing_key": "eu"}}, task_default_queue="eu"
    )

    @app.task(name="shop.add")
    def add(x, y):
        return x + y

    handle = call(add, 2, 3).exchange("orders").routing_key("eu").send()
    work(app)

    assert handle.get(timeout=5) == 5


def test_serializer_and_compression(app, add, work, message):
    """
    apply_async(serializer="json", compression="gzip") is .serializer("json").compression("gzip").
    """
    call(add, 2, 3).serializer("json").compression("gzip").send()
    sent = message()
    assert sent.content_type == "application/json"
    assert sent.headers["compression"] == "application/x-gzip"

    handle = call(add, 2, 3).serializer("json").compression("gzip").send()
    work(app)
    assert handle.get(timeout=5) == 5


def test_a_bound_signature(app, add, work):
    """
    A call is reused as it is; where code wants a signature, .signature() is a real one.
    """
    base = call(add, 2, 3).headers(tenant="acme")
    signature = base.signature()

    results = [signature.delay(), signature.apply_async(countdown=0), *(base.send() for _ in "12")]
    work(app)

    assert [each.get(timeout=5) for each in results] == [5, 5, 5, 5]
    assert len({each.id for each in results}) == 4


def test_send_task(app, add, work):
    """
    app.send_task("shop.add", (2, 3)) is a call of a remote task, whose arguments are checked.
    """

    @remote("shop.add", app=app)
    def elsewhere(x: int, y: int) -> int:
        raise NotImplementedError

    handle = call(elsewhere, 2, 3).send()
    work(app)

    assert handle.get(timeout=5) == 5


def test_link(app, add, greet, work):
    """
    apply_async(link=add.s(10)) is .link(step(add, 10)), which takes the result first.
    """
    handle = call(add, 2, 3).link(step(add, 10)).send()
    work(app)

    (after,) = handle.async_result.children
    assert after.get(timeout=5) == 15


def test_reading_a_result(app, whoami, work):
    """
    The handle has the id under which the task ran, and waits no longer than it is told to.
    """
    handle = call(whoami).send()
    with pytest.raises(celery.exceptions.TimeoutError):
        handle.get(timeout=0)

    work(app)

    assert handle.get(timeout=5) == handle.id
    assert handle.async_result.successful()


class Yesterday(Celery):
    """
    An app that has been waiting for a worker since yesterday.
    """

    def now(self):
        """
        The time from which Celery counts.
        """
        return datetime.now(timezone.utc) - timedelta(days=1)


def test_expires(make_app, work):
    """
    apply_async(expires=3600) is .expires(3600): a worker that comes later does not run the task.
    """
    app = make_app(Yesterday)

    @app.task(name="shop.tick")
    def tick():
        return "tick"

    late, in_time = call(tick).expires(3600).send(), call(tick).expires(timedelta(days=2)).send()
    work(app)

    assert in_time.get(timeout=5) == "tick"
    with pytest.raises(celery.exceptions.TaskRevokedError):
        late.get(timeout=5)


def test_without_a_result_backend(make_app, work):
    """
    An app without a result backend sends and runs; reading says at once what is missing.
    """
    app = make_app(result_backend=None)
    ran = []

    @app.task(name="shop.note")
    def note(text):
        ran.append(text)

    handle = call(note, "hello").send()
    work(app)

    assert ran == ["hello"]
    with pytest.raises(ResultBackendNotConfigured, match=f"the app '{app.main}' has"):
        handle.get(timeout=5)
