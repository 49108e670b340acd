"""Take the place of an app's broker and result backend, and give it back exactly."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias, cast

from celerykit._guard import Action, App, Guard, guard_of
from celerykit.testing._backend import backend_for
from celerykit.testing._broker import (
    GIVEN,
    Broker,
    Published,
    connection_class,
    forget_pools,
    leads_to,
)
from celerykit.testing._celerys import Swaps, task_sender, tasks_of

__all__ = ["App", "Listener", "Rules", "StandIn", "hold", "listen", "seclude", "stand_ins"]

# Gets each message of a task, and the app that sent it.
Listener: TypeAlias = Callable[[Any, Published], None]


class Rules(NamedTuple):
    """How plain Celery calls are judged where the project has not put a guard itself."""

    action: Action
    allowed: frozenset[str]


class Watch(Guard):
    """A guard that also remembers what ``send_task`` is given."""

    checks: bool

    def __init__(self, app: Any, rules: Rules) -> None:
        """Stand in for *app*'s ``send_task``; the rules of a guard that is there already stay."""
        self.checks = guard_of(app) is None
        super().__init__(app, rules.action, rules.allowed)

    def _send_task(self, *args: Any, **options: Any) -> Any:
        if not self._watches:
            return self._before(*args, **options)
        send = super()._send_task if self.checks else self._before
        before = GIVEN.set({**dict(zip(self._names, args, strict=False)), **options})
        try:
            return send(*args, **options)
        finally:
            GIVEN.reset(before)


class StandIn:
    """
    What an app sends to, and keeps its results in, while anybody listens.

    Attributes:
        app: The app.
        broker: Where its messages wait instead.
    """

    app: Any
    broker: Broker

    def __init__(self, app: Any, rules: Rules) -> None:
        """Stand in for *app*'s broker and result backend from now on."""
        self.app = app
        self._listeners: list[Listener] = []
        self._swaps = Swaps()
        served = _broker_in_memory(app)
        self._is_guest = served is not None and served.service is not None
        if served is None or not self._is_guest:
            served = Broker(lambda: app.now())  # noqa: PLW0108 - a clock may replace it
        self.broker = served
        self.broker.keep = self._heard
        if not self._is_guest:  # in the broker of a worker that runs already
            seclude(app, self.broker, self._swaps)
        self._send_by_ours()
        self._watch = Watch(app, rules)

    def _send_by_ours(self) -> None:
        """Send by the stand-in's producers, even where a caller brings one of the real broker."""
        amqp, broker = self.app.amqp, self.broker
        own = cast("dict[str, Any]", vars(amqp))
        known: Callable[..., Any] | None = own.get("send_task_message")

        def send_task_message(
            producer: Any, name: str, message: Any, *args: Any, **options: Any
        ) -> Any:
            nonlocal known
            if not message.headers:
                text = (
                    f"{name}: task_protocol=1 cannot be captured. "
                    "Leave the setting out in tests: 2 is what Celery sends since 4.0."
                )
                raise NotImplementedError(text)
            # To ask for it before would read the app's configuration, which may yet be written.
            known = known or task_sender(amqp)
            self._keep_results_here()
            if leads_to(producer.connection, broker):
                return known(producer, name, message, *args, **options)
            with amqp.producer_pool.acquire(block=True) as ours:
                return known(ours, name, message, *args, **options)

        self._swaps.put(amqp, "send_task_message", send_task_message)

    def _keep_results_here(self) -> None:
        """Take the result backends of tasks that have one of their own."""
        ours = self.app.backend
        for task in tasks_of(self.app):
            if task.backend is not ours:
                # One that the decorator was given stands in the place of Celery's property.
                kind = cast("Any", type(task))
                own = inspect.getattr_static(kind, "backend")
                name = "_backend" if isinstance(own, property) else "backend"
                self._swaps.put(task, name, ours)

    def _heard(self, published: Published) -> None:
        for listener in [*self._listeners]:
            listener(self.app, published)

    def add(self, listener: Listener) -> None:
        """Hand each message over to *listener* too."""
        self._listeners.append(listener)

    def drop(self, listener: Listener) -> bool:
        """Stop handing over to *listener*; return whether nobody is left."""
        self._listeners.remove(listener)
        return not self._listeners

    def restore(self) -> None:
        """Give the app its broker and its results back."""
        self._watch.remove()
        self._swaps.undo()
        if self._is_guest:
            self.broker.keep = None
            self.broker.put_back()
        else:
            forget_pools(self.broker)


def _broker_in_memory(app: Any) -> Broker | None:
    """Return what all connections of *app* lead to, if that is a broker in memory of its own."""
    found: Broker | None = getattr(app.amqp.Connection, "leads_to", None)
    return found


def seclude(app: Any, broker: Broker, swaps: Swaps) -> None:
    """Lead every connection of *app* to *broker*, and keep its results in memory."""
    swaps.put(app.amqp, "Connection", connection_class(broker))
    # Celery fills them again when they are asked for: only then it reads its configuration.
    swaps.put(app.amqp, "_producer_pool", None)
    swaps.put(app, "_pool", None)
    control = cast("dict[str, Any]", vars(app)).get("control")
    if control is None:  # one that is made meanwhile remembers where it sent to
        swaps.note(app, "control")
    else:  # without its producers it uses a connection of the app's
        swaps.put(control.mailbox, "producer_pool", None)
    # Each thread has a backend of its own, in _local; a new one forgets them all.
    swaps.put(app, "_local", threading.local())
    swaps.put(app, "_backend_cache", None)
    swaps.put(app, "_get_backend", lambda: backend_for(app, broker))


_stand_ins: Final[dict[int, StandIn]] = {}
_lock: Final = threading.RLock()


def stand_ins() -> list[StandIn]:
    """Return all that stands in for a broker now."""
    with _lock:
        return [*_stand_ins.values()]


def hold(app: Any, rules: Rules) -> tuple[Broker, Callable[[], None]]:
    """Return a broker in memory that *app* sends to until what is returned too is called."""
    with _lock:
        own = _broker_in_memory(app)
        if own is not None and id(app) not in _stand_ins:
            return own, lambda: None
        return listen(app, lambda _app, _published: None, rules)


def listen(app: Any, listener: Listener, rules: Rules) -> tuple[Broker, Callable[[], None]]:
    """Hand what *app* sends over to *listener*; return where it waits, and what ends that."""
    with _lock:
        stand_in = _stand_ins.get(id(app))
        if stand_in is None:
            stand_in = _stand_ins[id(app)] = StandIn(app, rules)
        stand_in.add(listener)

    def stop() -> None:
        with _lock:
            if stand_in.drop(listener):
                del _stand_ins[id(app)]
                stand_in.restore()

    return stand_in.broker, stop
