"""
Whatever changes after a call was sent, its next sends are published as plain Celery's are then.
"""

import threading
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from celery import Task, _state, signals
from celery.app.amqp import AMQP
from kombu import Exchange, Producer, Queue, serialization
from kombu.utils import json as kombu_json

from celerykit import PublishError, call, guard
from celerykit.testing import capture

from .lab import Lab
from .published import LEARNT, WAYS, counted, sight

Change = Callable[[Lab, pytest.MonkeyPatch], Any]
CHANGES: dict[str, Change] = {}
SLOW: set[str] = set()

# As many sends after the change as it takes to learn anew, and one more.
AFTER = LEARNT + 1


def change(*, celerys: bool = False) -> Callable[[Change], Change]:
    """
    A decorator that adds a change; `celerys` says that Celery makes each message from then on.
    """

    def add(function: Change) -> Change:
        CHANGES[function.__name__] = function
        if celerys:
            SLOW.add(function.__name__)
        return function

    return add


def setting(name: str, value: Any, *, celerys: bool = False) -> None:
    """
    Add the change of one setting.
    """
    CHANGES[f"{name}={value}"] = lambda lab, _: lab.app.conf.update({name: value})
    if celerys:
        SLOW.add(f"{name}={value}")


setting("task_serializer", "pickle")
setting("task_compression", "gzip")
setting("task_default_delivery_mode", 1)
setting("task_default_priority", 4)
setting("task_publish_retry", value=False)
setting("task_publish_retry_policy", {"max_retries": 1})
setting("task_send_sent_event", value=True)
setting("task_protocol", 1)
setting("task_ignore_result", value=True)
setting("task_repr_maxlevels", 1)
setting("timezone", "Asia/Tokyo")
setting("task_always_eager", value=True, celerys=True)
setting("task_inherit_parent_priority", value=True)
setting("broker_pool_limit", None, celerys=True)


@change()
def default_queue(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    Another default queue.
    """
    lab.app.conf.task_default_queue = lab.high


@change()
def route(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    A route for the task.
    """
    lab.app.conf.update(task_routes={"equal.add": {"queue": lab.high, "priority": 3}})


@change(celerys=True)
def router(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    A router that is asked each time.
    """
    lab.app.conf.update(task_routes=(lambda *_, **__: {"queue": lab.high},))


@change()
def ignore_result(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    The task's own attribute, which Celery reads each time.
    """
    lab.add.ignore_result = True


@change()
def exec_options(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    The attributes that Celery reads once, and made to forget.
    """
    lab.add.queue, lab.add.priority, lab.add.time_limit = lab.high, 2, 30
    lab.add._exec_options = None


@change()
def exec_options_unread(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    The same attributes, which Celery has read already.
    """
    lab.add.queue, lab.add.priority, lab.add.serializer = lab.high, 2, "pickle"


@change()
def routing_key_of_the_queue(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    The queue itself, changed in place.
    """
    queue = lab.app.amqp.queues[lab.name("default")]
    queue.exchange = lab.orders
    queue.routing_key = "eu.changed"


@change()
def delivery_mode_of_the_queue(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    Its exchange, changed in place.
    """
    lab.app.amqp.queues[lab.name("default")].exchange.delivery_mode = 1


@change()
def another_queue_of_that_name(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    Another queue in its place.
    """
    name = lab.name("default")
    exchange = Exchange(name, delivery_mode=1)
    lab.app.amqp.queues[name] = Queue(name, exchange, routing_key=name, max_priority=10)


@change()
def sizes(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    How much of the arguments monitors are shown.
    """
    lab.app.amqp.argsrepr_maxsize = 12
    lab.app.amqp.kwargsrepr_maxsize = 12


@change()
def json_by_another_name(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    Another writer of JSON.
    """
    encoders = dict(serialization.registry._encoders)
    codec = encoders["json"]._replace(encoder=lambda value: kombu_json.dumps(value) + " ")
    patch.setattr(serialization.registry, "_encoders", {**encoders, "json": codec})


@change()
def kombus_json(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    Another encoder for kombu's own JSON.
    """

    class Encoder(kombu_json.JSONEncoder):  # type: ignore[misc]
        """
        One that writes less.
        """

        item_separator = ","

        def __init__(self, **how: Any) -> None:
            """
            Separate as it likes.
            """
            super().__init__(**{**how, "separators": (",", ":")})

    patch.setattr(kombu_json, "JSONEncoder", Encoder)


@change(celerys=True)
def patched_task_class(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    A tool that wraps apply_async for all tasks.
    """
    original = Task.apply_async

    def traced(self: Any, *args: Any, **options: Any) -> Any:
        options["headers"] = {**(options.get("headers") or {}), "trace": "1"}
        return original(self, *args, **options)

    patch.setattr(Task, "apply_async", traced)


@change(celerys=True)
def patched_task(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    A project that does so for one.
    """
    original = lab.add.apply_async
    patch.setattr(
        lab.add, "apply_async", lambda *args, **options: original(*args, shadow="s", **options)
    )


@change(celerys=True)
def patched_shadow(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    A task that calls itself something else.
    """
    patch.setattr(lab.add, "shadow_name", lambda *_: "another")


@change(celerys=True)
def patched_send_task(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    A project that wraps send_task.
    """
    original = lab.app.send_task
    patch.setattr(
        lab.app, "send_task", lambda *args, **options: original(*args, **{**options, "shadow": "x"})
    )


@change(celerys=True)
def patched_message(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    One that wraps the making of messages.
    """
    original = lab.app.amqp.create_task_message

    def made(*args: Any, **options: Any) -> Any:
        message = original(*args, **options)
        message.headers["made"] = "here"
        return message

    patch.setattr(lab.app.amqp, "create_task_message", made)


@change(celerys=True)
def patched_sender(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    One that wraps what sends them.
    """
    original = lab.app.amqp.send_task_message

    def send(producer: Any, name: str, message: Any, **options: Any) -> Any:
        message.headers["sent"] = "here"
        return original(producer, name, message, **options)

    patch.setattr(lab.app.amqp, "send_task_message", send)


@change(celerys=True)
def patched_producer(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    A tool that wraps kombu's publish.
    """
    original = Producer.publish

    def publish(self: Any, body: Any, **options: Any) -> Any:
        options["headers"]["span"] = "2"
        return original(self, body, **options)

    patch.setattr(Producer, "publish", publish)


@change(celerys=True)
def another_amqp(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    An app whose messages are made by a class of the project's.
    """

    class Own(AMQP):
        """
        Changes nothing that is seen here.
        """

    patch.setattr(lab.app, "amqp", Own(lab.app))


@change()
def another_clock(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    A test that sets the time.
    """
    moment = datetime(2044, 2, 29, 1, 2, 3, tzinfo=timezone(timedelta(hours=5)))
    patch.setattr(lab.app, "now", lambda: moment)


@change()
def receiver_that_adds(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    A receiver that adds to each message.
    """

    def add(headers: Any, properties: Any, body: Any, **_: Any) -> None:
        headers["added"] = headers["id"]
        properties["priority"] = 5
        body[1]["y"] = 9

    patch.setattr(lab, "receiver", add, raising=False)  # it is held weakly
    signals.before_task_publish.connect(add)


@change(celerys=True)
def receiver_of_old(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    A receiver of the signal that was there before those.
    """

    def hear(**_: Any) -> None:
        """Do nothing."""

    patch.setattr(lab, "receiver", hear, raising=False)
    signals.task_sent.connect(hear)


@change()
def guarded(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    The guard, which changes no message.
    """
    guard(lab.app)


@change()
def settings_read_anew(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    Settings from another object.
    """
    lab.app.conf.add_defaults({"task_default_priority": 3})


@change()
def registered_elsewhere(lab: Lab, patch: pytest.MonkeyPatch) -> None:
    """
    A task of this process with the name of one elsewhere: send_task reads its options.
    """

    @lab.app.task(name="elsewhere.add", shared=False, time_limit=77)
    def own(x: Any, y: Any) -> None:
        """Nothing runs here."""


def ours(lab: Lab, name: str) -> Any:
    """
    A call that is sent again and again.
    """
    task = lab.elsewhere if name == "registered_elsewhere" else lab.add
    return call(task, [1, 2, 3, 4, 5, 6, 7], y={"a": [1]}).countdown(10).send()


def theirs(lab: Lab, name: str) -> Any:
    """
    The same by Celery's own means.
    """
    given: Any = ([1, 2, 3, 4, 5, 6, 7],), {"y": {"a": [1]}}
    if name == "registered_elsewhere":
        return lab.app.send_task("elsewhere.add", *given, countdown=10)
    return lab.add.apply_async(*given, countdown=10)


@pytest.mark.parametrize("name", CHANGES)
def test_change(lab: Lab, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """
    After a change the next sends are what Celery's are, and are soon made by example again.
    """
    for _ in range(LEARNT):
        ours(lab, name)
    with counted() as before:
        ours(lab, name)
    theirs(lab, name)  # what has declared a queue once, does not look at it again
    [*lab.arrived()]

    CHANGES[name](lab, monkeypatch)

    for way in WAYS:
        for _ in range(AFTER):
            assert seen(lab, ours, name, way) == seen(lab, theirs, name, way)
    with counted() as after:
        ours(lab, name)
    assert (len(before), len(after)) == (1, 0 if name in SLOW else 1)


def seen(lab: Lab, send: Callable[[Lab, str], Any], name: str, way: Any) -> Any:
    """
    What can be seen of one send, arguments and all.
    """
    return sight(lab, lambda: send(lab, name), way)


def test_a_limit_that_forbids_itself(lab: Lab) -> None:
    """
    What Celery refuses to send is refused, whatever was sent before.
    """
    for _ in range(LEARNT + 1):
        call(lab.add, 1, 2).send()
    lab.add.time_limit, lab.add.soft_time_limit = 5, 6

    def refusal(send: Callable[[], Any]) -> str:
        try:
            send()
        except PublishError as error:
            return repr(error.__cause__)
        except ValueError as error:  # from Celery 5.5 on
            return repr(error)
        return ""

    assert refusal(lambda: lab.add.delay(1, 2)) == refusal(lambda: call(lab.add, 1, 2).send())


def test_a_capture_sees_what_was_sent_for_long(lab: Lab) -> None:
    """
    Nothing leaves while a test captures, and all does again afterwards.
    """
    for _ in range(LEARNT + 1):
        call(lab.add, 1, 2).send()
    assert len([*lab.arrived()]) == LEARNT + 1

    with capture(lab.app) as sent:
        for _ in range(LEARNT + 1):
            call(lab.add, 1, 2).send()
    call(lab.add, 1, 2).send()

    assert len(sent.calls) == LEARNT + 1
    assert len([*lab.arrived()]) == 1


def test_within_a_task_each_child_knows_its_parent(lab: Lab) -> None:
    """
    Root, parent and inherited priority are those of the task that runs, whatever ran before.
    """
    lab.app.conf.task_inherit_parent_priority = True
    for _ in range(LEARNT + 1):
        call(lab.add, 1, 2).send()
    [*lab.arrived()]
    task = lab.report

    def both(number: int) -> tuple[Any, Any]:
        info = {"priority": number}
        task.push_request(
            id=f"parent{number}", root_id=f"root{number}", delivery_info=info, called_directly=False
        )
        _push(task)
        try:
            mine = sight(lab, lambda: call(lab.add, 1, 2).send(), WAYS[1])
            return mine, sight(lab, lambda: lab.add.delay(1, 2), WAYS[1])
        finally:
            _pop()
            task.pop_request()

    for number in range(4):
        mine, its = both(number)
        assert mine == its
        headers = mine["messages"][0][1]["headers"]
        assert (headers["root_id"], headers["parent_id"]) == (
            f"'root{number}'",
            f"'parent{number}'",
        )


def test_answers_go_to_the_thread_that_asks(lab: Lab) -> None:
    """
    A line that was kept by one thread sends for another one with that one's address.
    """
    for _ in range(LEARNT + 1):
        call(lab.add, 1, 2).send()
    [*lab.arrived()]
    seen: list[Any] = []

    def work() -> None:
        with counted() as names:
            mine = sight(lab, lambda: call(lab.add, 1, 2).send(), WAYS[1])
        seen.extend((names, mine, sight(lab, lambda: lab.add.delay(1, 2), WAYS[1])))
        seen.append(repr(lab.app.thread_oid))

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(30)

    names, mine, its, address = seen
    assert names == ["equal.add"]
    assert mine == its
    assert mine["messages"][0][1]["properties"]["reply_to"] == address
    assert address != repr(lab.app.thread_oid)


def _push(task: Any) -> None:
    """
    Have a task run here.
    """
    _state._task_stack.push(task)


def _pop() -> None:
    """
    Have it end.
    """
    _state._task_stack.pop()
