"""
Every option once: how celerykit says it, and what Celery's apply_async() takes for the same.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta, timezone
from typing import Any
from uuid import UUID

from celerykit import Priority, call, step

from .lab import NOON, Lab

TOKYO = timezone(timedelta(hours=9))
SOON = NOON + timedelta(minutes=5)
LATER = NOON + timedelta(hours=1)
FIXED = "6f8a4e9e-0c68-4d3c-9d7e-5b7f1f0f3a11"


@dataclass(frozen=True)
class Row:
    """
    One option: through its methods, through `.options()` where it may, and in plain Celery.
    """

    name: str
    methods: Callable[[Any, Lab], Any]
    plain: Callable[[Lab], dict[str, Any]]
    options: Callable[[Lab], dict[str, Any]] | None = None

    @property
    def celerys(self) -> bool:
        """
        Whether Celery makes each message.
        """
        return self.name.startswith(("task_id", "link", "retry", "no_retry")) or self.name in {
            f"extra, {name}" for name in ("declare", "connection", "producer", "publisher")
        }


def row(name: str, methods: Callable[[Any], Any], **plain: Any) -> Row:
    """
    An option that `.options()` takes exactly as apply_async() does.
    """
    return Row(name, lambda c, _: methods(c), lambda _: plain, lambda _: plain)


def kinder(name: str, methods: Callable[[Any], Any], options: dict[str, Any], **plain: Any) -> Row:
    """
    An option of which celerykit takes more than apply_async() does.
    """
    return Row(name, lambda c, _: methods(c), lambda _: plain, lambda _: options)


def extra(name: str, plain: Callable[[Lab], dict[str, Any]]) -> Row:
    """
    An option for `.extra()` alone.
    """
    return Row(name, lambda c, lab: c.extra(**plain(lab)), plain)


def placed(
    name: str, methods: Callable[[Any, Lab], Any], plain: Callable[[Lab], dict[str, Any]]
) -> Row:
    """
    An option with a name of the lab's in it.
    """
    return Row(name, methods, plain, plain)


WHERE = [
    placed("queue", lambda c, lab: c.queue(lab.high), lambda lab: {"queue": lab.high}),
    placed(
        "queue, topic",
        lambda c, lab: c.queue(lab.topic.name),
        lambda lab: {"queue": lab.topic.name},
    ),
    placed(
        "routing_key, topic queue",
        lambda c, lab: c.queue(lab.topic.name).routing_key("eu.orders"),
        lambda lab: {"queue": lab.topic.name, "routing_key": "eu.orders"},
    ),
    placed(
        "exchange, topic",
        lambda c, lab: c.exchange(lab.orders.name).routing_key("eu.x").queue(lab.topic.name),
        lambda lab: {"queue": lab.topic.name, "exchange": lab.orders.name, "routing_key": "eu.x"},
    ),
    placed(
        "exchange and routing_key",
        lambda c, lab: c.exchange(lab.parcels.name).routing_key("heavy"),
        lambda lab: {"exchange": lab.parcels.name, "routing_key": "heavy"},
    ),
]

TIMES = [
    row("countdown", lambda c: c.countdown(10), countdown=10),
    row("countdown, 0", lambda c: c.countdown(0), countdown=0),
    row("countdown, parts of a second", lambda c: c.countdown(0.5), countdown=0.5),
    kinder(
        "countdown, timedelta",
        lambda c: c.countdown(timedelta(minutes=2)),
        {"countdown": timedelta(minutes=2)},
        countdown=120,
    ),
    row("eta", lambda c: c.eta(SOON), eta=SOON),
    row("eta, Tokyo", lambda c: c.eta(SOON.astimezone(TOKYO)), eta=SOON.astimezone(TOKYO)),
    row("expires", lambda c: c.expires(3600), expires=3600),
    row("expires, parts of a second", lambda c: c.expires(90.25), expires=90.25),
    kinder(
        "expires, timedelta",
        lambda c: c.expires(timedelta(hours=1)),
        {"expires": timedelta(hours=1)},
        expires=3600,
    ),
    row("expires, moment", lambda c: c.expires(LATER), expires=LATER),
    row("expires, None", lambda c: c.expires(None), expires=None),
    row("time_limit", lambda c: c.time_limit(60), time_limit=60),
    row("time_limit, None", lambda c: c.time_limit(None), time_limit=None),
    row(
        "time_limit, soft",
        lambda c: c.time_limit(60, soft=50.5),
        time_limit=60,
        soft_time_limit=50.5,
    ),
    row(
        "time_limit, soft None",
        lambda c: c.time_limit(60, soft=None),
        time_limit=60,
        soft_time_limit=None,
    ),
    kinder(
        "time_limit, timedelta",
        lambda c: c.time_limit(timedelta(minutes=1), soft=timedelta(seconds=50)),
        {"time_limit": timedelta(minutes=1), "soft_time_limit": timedelta(seconds=50)},
        time_limit=60,
        soft_time_limit=50,
    ),
]


def priority(word: Priority) -> Row:
    """
    A word of priority, and the number that this broker gets for it.
    """
    return Row(
        f"priority, {word.name}",
        lambda c, _: c.priority(word),
        lambda lab: {"priority": lab.level(word)},
        lambda _: {"priority": word},
    )


POLICY = {"max_retries": 5, "interval_start": 0.1, "interval_step": 0.5, "interval_max": 3}
ERRORS = {"retry_errors": (KeyError, ValueError), "max_retries": None}

TRAVEL = [
    row("priority", lambda c: c.priority(7), priority=7),
    row("priority, 0", lambda c: c.priority(0), priority=0),
    *map(priority, Priority),
    row("retry", lambda c: c.retry(), retry=True),
    row("retry, none", lambda c: c.no_retry(), retry=False),
    row("retry, policy", lambda c: c.retry(**POLICY), retry=True, retry_policy=POLICY),
    row(
        "retry, part of the policy",
        lambda c: c.retry(interval_max=2),
        retry=True,
        retry_policy={"interval_max": 2},
    ),
    Row(
        "retry, timedelta",
        lambda c, _: c.retry(interval_start=timedelta(seconds=2)),
        lambda _: {"retry": True, "retry_policy": {"interval_start": 2}},
    ),
    row("retry, errors", lambda c: c.retry(**ERRORS), retry=True, retry_policy=ERRORS),
    *(
        row(f"serializer, {name}", lambda c, name=name: c.serializer(name), serializer=name)
        for name in ("json", "pickle", "yaml", "msgpack")
    ),
    *(
        row(f"compression, {name}", lambda c, name=name: c.compression(name), compression=name)
        for name in ("gzip", "zlib", "bzip2")
    ),
]

JSON = {"tenant": "Käse", "n": 1, "f": 0.5, "yes": True, "none": None, "deep": {"a": [1, {"b": 2}]}}

CARRIED = [
    row("task_id", lambda c: c.task_id(FIXED), task_id=FIXED),
    kinder(
        "task_id, UUID", lambda c: c.task_id(UUID(FIXED)), {"task_id": UUID(FIXED)}, task_id=FIXED
    ),
    row("shadow", lambda c: c.shadow("equal.shown"), shadow="equal.shown"),
    row("headers", lambda c: c.headers(tenant="acme"), headers={"tenant": "acme"}),
    row("headers, of every kind", lambda c: c.headers(JSON), headers=JSON),
    row("headers, none", lambda c: c.headers({}), headers={}),
    kinder(
        "stamp",
        lambda c: c.stamp(tenant="acme", n=1),
        {"stamp": {"tenant": "acme", "n": 1}},
        stamped_headers=["tenant", "n"],
        tenant="acme",
        n=1,
    ),
    row("ignore_result", lambda c: c.ignore_result(), ignore_result=True),
    row("ignore_result, no", lambda c: c.ignore_result(False), ignore_result=False),
]

FOLLOWS = [
    Row(
        "link, step",
        lambda c, lab: c.link(step(lab.add, 5).queue(lab.high)),
        lambda lab: {"link": lab.add.s(5).set(queue=lab.high)},
    ),
    Row(
        "link, call",
        lambda c, lab: c.link(call(lab.add, 5, y=6).countdown(3)),
        lambda lab: {"link": [lab.add.si(5, y=6).set(countdown=3)]},
    ),
    Row(
        "link, two and remote",
        lambda c, lab: c.link(step(lab.elsewhere, 5), call(lab.anything)),
        lambda lab: {"link": [lab.app.signature("elsewhere.add", (5,)), lab.anything.si()]},
    ),
    Row(
        "link, nested",
        lambda c, lab: c.link(step(lab.anything).link(step(lab.add, 1))),
        lambda lab: {"link": lab.anything.s().set(link=[lab.add.s(1)])},
    ),
    Row(
        "link_error, step",
        lambda c, lab: c.link_error(step(lab.report, n=1)),
        lambda lab: {"link_error": lab.report.s(n=1)},
    ),
    Row(
        "link_error, call",
        lambda c, lab: c.link_error(call(lab.report, "failed"), call(lab.report, 1, n=2)),
        lambda lab: {"link_error": [lab.report.si("failed"), lab.report.si(1, n=2)]},
    ),
]

EXTRA = [
    extra("extra, delivery_mode", lambda _: {"delivery_mode": 1}),
    extra("extra, delivery_mode word", lambda _: {"delivery_mode": "transient"}),
    extra("extra, mandatory", lambda _: {"mandatory": True}),
    extra("extra, timeouts", lambda _: {"timeout": 30, "confirm_timeout": 2.5}),
    extra("extra, declare", lambda lab: {"declare": [lab.topic]}),
    extra("extra, declare nothing", lambda _: {"declare": []}),
    extra("extra, route_name", lambda _: {"route_name": "equal.special"}),
    extra("extra, add_to_parent", lambda _: {"add_to_parent": False}),
    extra("extra, connection", lambda lab: {"connection": lab.connection}),
    extra("extra, producer", lambda lab: {"producer": lab.producer}),
    extra("extra, publisher", lambda lab: {"publisher": lab.producer}),
    extra(
        "extra, AMQP properties",
        lambda lab: {
            "app_id": "shop",
            "message_id": "m1",
            "type": "order",
            "timestamp": 1700000000,
            "cluster_id": "c",
            "user_id": lab.login,
        },
    ),
    extra("extra, a transport's own", lambda _: {"MessageGroupId": "g", "attributes": {"a": [1]}}),
]

ROWS = [*WHERE, *TIMES, *TRAVEL, *CARRIED, *FOLLOWS, *EXTRA]
