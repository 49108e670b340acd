"""
Calls of one task, as the pages of Celery's guide write them.
"""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid4

from kombu import Exchange, Queue
from kombu.exceptions import TimeoutError as BrokerTimeoutError

from .project import Call, Project

UTC = timezone.utc


def soon(**ahead: float) -> datetime:
    """
    A moment from now.
    """
    return datetime.now(UTC) + timedelta(**(ahead or {"minutes": 10}))


POLICY = {"max_retries": 3, "interval_start": 0, "interval_step": 0.2, "interval_max": 0.2}
PROPERTIES = {"MessageGroupId": "<YourMessageGroupId>", "MessageDeduplicationId": "<Yours>"}
CARD = {"card": "1234 5678 1234 5678"}

CALLING: dict[str, Call] = {
    "delay": lambda p: p.add.delay(2, 2),
    "delay by name": lambda p: p.add.delay(x=2, y=2),
    "delay of anything": lambda p: p.anything.delay("arg1", "arg2", kwarg1="x", kwarg2="y"),
    "args and kwargs": lambda p: p.anything.apply_async(args=["a", "b"], kwargs={"kwarg1": "x"}),
    "args in a tuple": lambda p: p.anything.apply_async(("arg",), {"kwarg": "value"}),
    "nothing at all": lambda p: p.reset_buffers.apply_async(),
    "signature": lambda p: p.anything.s("a", "b", kwarg1="x", kwargs2="y").apply_async(),
    "countdown": lambda p: p.add.apply_async((2, 2), countdown=3),
    "countdown of zero": lambda p: p.add.apply_async((2, 2), countdown=0),
    "countdown of a fraction": lambda p: p.add.apply_async((2, 2), countdown=0.5),
    "eta": lambda p: p.add.apply_async((2, 2), eta=soon()),
    "eta in another zone": lambda p: p.add.apply_async(
        (2, 2), eta=soon().astimezone(timezone(timedelta(hours=9)))
    ),
    "eta as text": lambda p: p.add.apply_async((2, 2), eta=soon().isoformat()),
    "eta now": lambda p: p.add.apply_async((2, 2), eta=datetime.now(UTC)),
    "expires": lambda p: p.add.apply_async((10, 10), expires=60),
    "expires at": lambda p: p.add.apply_async((10, 10), {}, expires=soon(days=1)),
    "expires at, as text": lambda p: p.add.apply_async((10, 10), expires=soon(days=1).isoformat()),
    "countdown and expires": lambda p: p.add.apply_async((2, 2), countdown=60, expires=120),
    "eta and expires": lambda p: p.add.apply_async((2, 2), eta=soon(), expires=soon(hours=1)),
    "eta and seconds": lambda p: p.add.apply_async((2, 2), eta=soon(), expires=3600),
    "no expiry": lambda p: p.limited.apply_async((2, 2), expires=None),
    "task_id": lambda p: p.add.apply_async((2, 2), task_id=f"my_own_task_id_{uuid4()}"),
    "retry=False": lambda p: p.add.apply_async((2, 2), retry=False),
    "retry_policy": lambda p: p.add.apply_async(
        (2, 2), retry=True, retry_policy={**POLICY, "retry_errors": None}
    ),
    "retry_errors": lambda p: p.add.apply_async(
        (2, 2), retry_policy={"max_retries": 3, "retry_errors": (BrokerTimeoutError,)}
    ),
    "serializer": lambda p: p.add.apply_async((10, 10), serializer="json"),
    "compression": lambda p: p.add.apply_async((2, 2), compression="zlib"),
    "compression by type": lambda p: p.add.apply_async((2, 2), compression="application/x-gzip"),
    "queue": lambda p: p.add.apply_async((2, 2), queue="priority.high"),
    "queue and countdown": lambda p: p.add.apply_async((2, 2), queue="lopri", countdown=10),
    "ignore_result": lambda p: p.add.apply_async((1, 2), ignore_result=True),
    "do not ignore": lambda p: p.ignoring.apply_async((1, 2), ignore_result=False),
    "a header": lambda p: p.add.apply_async((1, 2), headers={"periodic_task_name": "task_name"}),
    "link": lambda p: p.add.apply_async((2, 2), link=p.add.s(16)),
    "links": lambda p: p.add.apply_async((2, 2), link=[p.add.s(16), p.log_result.s()]),
    "link of nothing": lambda p: p.add.apply_async((2, 2), link=p.reset_buffers.si()),
    "link made immutable": lambda p: p.add.apply_async(
        (2, 2), link=p.reset_buffers.signature(immutable=True)
    ),
    "link by name": lambda p: p.add.apply_async((2, 2), link=p.app.signature("far.away")),
    "link_error": lambda p: p.add.apply_async((2, 2), link_error=p.log_error.s()),
    "link_error of the old kind": lambda p: p.add.apply_async((2, 2), link_error=p.by_id.s()),
    "link_errors": lambda p: p.add.apply_async((2, 2), link_error=[p.log_error.s(), p.by_id.s()]),
    "priority": lambda p: p.add.apply_async((2, 2), priority=0),
    "priority of nine": lambda p: p.add.apply_async((2, 2), priority=9),
    "limits": lambda p: p.add.apply_async((2, 2), time_limit=60, soft_time_limit=50),
    "no limits": lambda p: p.limited.apply_async((2, 2), time_limit=None, soft_time_limit=None),
    "shadow": lambda p: p.add.apply_async((2, 2), shadow="proj.add_in_disguise"),
    "add_to_parent": lambda p: p.add.apply_async((2, 2), add_to_parent=False),
    "delivery_mode": lambda p: p.add.apply_async((2, 2), delivery_mode="transient"),
    "mandatory=False": lambda p: p.add.apply_async((2, 2), mandatory=False),
    "options that are None": lambda p: p.add.apply_async(
        (2, 2), eta=None, queue=None, priority=None, link=None, headers=None
    ),
}

TASKS: dict[str, Call] = {
    "argsrepr": lambda p: p.add.apply_async((2, 3), argsrepr="(<secret-x>, <secret-y>)"),
    "kwargsrepr": lambda p: p.anything.s(5, **CARD).set(kwargsrepr=repr({"card": "*"})).delay(),
    "a key": lambda p: p.anything.delay(57),
    "a key by name": lambda p: p.anything.delay(comment_id=57),
    "an article": lambda p: p.anything.delay({"title": "t", "tags": ["a", "b"], "at": None}),
    "types that JSON knows": lambda p: p.anything.delay(
        UUID(int=1), Decimal("1.5"), date(2031, 5, 1), datetime(2031, 5, 1, tzinfo=UTC), b"x", 1.5
    ),
    "a class": lambda p: p.routed.delay(2, y=3),
    "a signature as argument": lambda p: p.anything.delay(p.add.s(1, 2)),
    "bound": lambda p: p.retried.delay(7),
    "ignoring": lambda p: p.ignoring.delay(1, 2),
    "with limits of its own": lambda p: p.limited.delay(1, 2),
    "an hour for what has limits": lambda p: p.limited.apply_async((1, 2), time_limit=3600),
    "a parameter that is called like an option": lambda p: p.anything.delay(headers=1, priority=2),
}

ROUTING: dict[str, Call] = {
    "to a topic": lambda p: p.feed.apply_async(args=["http://cnn.com/rss"]),
    "to a queue": lambda p: p.add.apply_async((2, 2), queue="hipri"),
    "to a Queue": lambda p: p.add.apply_async((2, 2), queue=Queue("hipri")),
    "to its own binding": lambda p: p.add.apply_async(
        (2, 2), queue=Queue("videos", Exchange("media"), "media.video"), routing_key="media.video"
    ),
    "to a topic of one's own": lambda p: p.add.apply_async(
        (2, 2), queue=Queue("t", Exchange("t", "topic"), "a.#"), routing_key="a.b"
    ),
    "to everybody": lambda p: p.reload_cache.delay(),
    "to the transient queue": lambda p: p.add.apply_async((2, 2), queue="transient"),
    "to SQS": lambda p: p.add.apply_async((2, 2), **PROPERTIES),
    "by a name to route by": lambda p: p.add.apply_async((2, 2), route_name="proj.mul"),
}

NAMES: dict[str, Call] = {
    "send_task": lambda p: p.app.send_task("tasks.add", args=[2, 2], kwargs={}),
    "send_task by position": lambda p: p.app.send_task("tasks.add", [2, 2], {}, 5),
    "send_task of one's own": lambda p: p.app.send_task("proj.add", (2, 2)),
    "send_task with options": lambda p: p.app.send_task(
        "tasks.add", (2, 2), queue="hipri", expires=60, headers={"a": 1}, task_id=str(uuid4())
    ),
    "send_task without arguments": lambda p: p.app.send_task("tasks.sweep"),
    "send_task to a service": lambda p: p.app.send_task("billing.charge", kwargs={"cents": 5}),
    "a signature of a name": lambda p: p.app.signature("tasks.add", args=[2, 2]).delay(),
    "a task of the registry": lambda p: p.app.tasks["proj.add"].delay(2, 2),
}

SIGNATURES: dict[str, Call] = {
    "signature": lambda p: p.add.signature((2, 2), countdown=10).delay(),
    "signature, partial": lambda p: p.add.s(2).delay(4),
    "signature, partial, applied": lambda p: p.add.s(2).apply_async((4,)),
    "signature, more by name": lambda p: p.add.s(2, 2).delay(debug=True),
    "signature, kwargs": lambda p: p.add.s(2, 2).apply_async(kwargs={"debug": True}),
    "signature, options": lambda p: p.add.signature((2, 2), countdown=10).apply_async(countdown=1),
    "set": lambda p: p.add.s(2, 2).set(countdown=1, queue="hipri", expires=30).delay(),
    "set twice": lambda p: p.add.s(2, 2).set(countdown=10).set(expires=30).delay(),
    "clone": lambda p: p.add.s(2).clone(args=(4,), kwargs={"debug": True}).delay(),
    "immutable": lambda p: p.add.si(2, 2).apply_async((5,)),
    "frozen": lambda p: frozen(p),  # noqa: PLW0108 - it stands below
    "on_error": lambda p: p.add.s(2, 2).on_error(p.log_error.s()).delay(),
    "out of JSON": lambda p: p.app.signature(dict(p.add.s(2, 2))).delay(),
    "through an option": lambda p: p.add.s(2, 2).set(link=[p.mul.s(4), p.log_result.s()]).delay(),
}


def frozen(p: Project) -> Any:
    """
    A signature whose id is known before it is sent.
    """
    signature = p.add.s(2, 2)
    signature.freeze()
    return signature.apply_async()


PAGES = {
    "calling": CALLING,
    "tasks": TASKS,
    "routing": ROUTING,
    "names": NAMES,
    "signatures": SIGNATURES,
}
