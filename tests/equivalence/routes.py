"""
Every way to route by configuration: the same call, with celerykit and without, ends in one queue.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from celerykit import Priority, call

from .lab import Lab
from .pairs import Pair


@dataclass(frozen=True)
class Route:
    """
    A value of task_routes, a call with some options, and the queue where it must end.
    """

    name: str
    routes: Callable[[Lab], Any]
    ends: str
    options: Callable[[Lab], dict[str, Any]] = lambda _: {}

    def pair(self, lab: Lab) -> Pair:
        """
        The call with celerykit, and with plain Celery, after the app was told its routes.
        """
        lab.app.conf.task_routes = self.routes(lab)
        options = self.options(lab)
        plain = dict(options)
        if isinstance(options.get("priority"), Priority):
            plain["priority"] = lab.level(options["priority"])
        return (
            lambda: call(lab.add, 2, y=3).options(**options).send(),
            lambda: lab.add.apply_async((2,), {"y": 3}, **plain),
        )


def router(lab: Lab) -> Callable[..., Any]:
    """
    A function that routes by all it is told, task and options included.
    """

    def route(name: str, args: Any, kwargs: Any, options: Any, task: Any = None, **_: Any) -> Any:
        known = name == "equal.add" and task.name == name
        return {"queue": lab.high} if known and args[0] == 2 and kwargs["y"] == 3 else None

    return route


def by_options(lab: Lab) -> Callable[..., Any]:
    """
    A function that routes by an option of the call.
    """

    def route(name: str, args: Any, kwargs: Any, options: Any, **_: Any) -> Any:
        return {"queue": lab.high} if options.get("priority") == 7 else None

    return route


ROUTES = [
    Route("by name", lambda lab: {"equal.add": {"queue": lab.high}}, "high"),
    Route("by name, queue alone", lambda lab: {"equal.add": lab.high}, "high"),
    Route("by pattern", lambda lab: {"equal.*": {"queue": lab.high}}, "high"),
    Route("by expression", lambda lab: [{re.compile(r"equal\.."): lab.high}], "high"),
    Route("in turn", lambda lab: ({"other.*": "x"}, {"equal.*": {"queue": lab.high}}), "high"),
    Route("by function", router, "high"),
    Route("by function, in turn", lambda lab: [lambda *_, **__: None, router(lab)], "high"),
    Route("by an option", by_options, "high", lambda _: {"priority": 7}),
    Route("by another option", by_options, "default", lambda _: {"priority": 6}),
    Route("not at all", lambda lab: {"other.*": {"queue": lab.high}}, "default"),
    Route(
        "with options",
        lambda lab: {"equal.add": {"queue": lab.high, "priority": 4, "serializer": "pickle"}},
        "high",
    ),
    Route(
        "with options that the call sets too",
        lambda lab: {"equal.add": {"queue": lab.high, "priority": 4, "serializer": "pickle"}},
        "high",
        lambda _: {"priority": 5, "serializer": "json"},
    ),
    Route(
        "to a topic",
        lambda lab: {"equal.add": {"queue": lab.topic.name, "routing_key": "eu.routed"}},
        "topic",
    ),
    Route(
        "to an exchange",
        lambda lab: {"equal.add": {"exchange": lab.parcels.name, "routing_key": "heavy"}},
        "bound",
    ),
    Route(
        "under a queue of the call",
        lambda lab: {"equal.add": {"queue": lab.high}},
        "topic",
        lambda lab: {"queue": lab.topic.name},
    ),
    Route(
        "with a word of priority",
        lambda lab: {"equal.add": {"queue": lab.high}},
        "high",
        lambda _: {"priority": Priority.HIGH},
    ),
]
