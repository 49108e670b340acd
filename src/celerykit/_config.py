"""What a whole configuration says, as the rules about it need to know it: frozen, plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from celerykit._backend import BackendProblem
from celerykit._facts import UNKNOWN, AppFacts
from celerykit._findings import Finding, Rule
from celerykit._live import Unanswered
from celerykit._settings import Settings

__all__ = ["FOR_ALL", "ROUTING", "Beat", "Config", "Line", "Route", "TaskClass"]

# What a pattern of names has, and no name.
_WILD: Final = frozenset("*?[\\^$")

# Beside the line against one endless wait, that against all of them.
FOR_ALL: Final = ", or app.conf.update(celerykit.recommended_settings(app)) for all of it"

# Attributes that say where a task goes. Celery 6 is to ignore them.
ROUTING: Final = frozenset(
    {"queue", "exchange", "exchange_type", "routing_key", "delivery_mode", "priority"}
)


class TaskClass(NamedTuple):
    """
    One task of the app's own.

    Attributes:
        name: The task's name.
        where: The module in which it was written.
        own: The attributes of its class, values and no methods, that Celery's own class lacks, and
            those of ROUTING.
        ready: Those that matter here as they count in the end, with the app's settings.
    """

    name: str
    where: str
    own: Mapping[str, Any]
    ready: Mapping[str, Any]


class Beat(NamedTuple):
    """
    One entry of ``beat_schedule``.

    Attributes:
        name: The entry's name.
        task: The name of the task that it sends.
        options: The call options that it sends it with.
        on_the_hour: Whether it is a crontab for certain hours, days or months, which depend on the
            time zone.
    """

    name: str
    task: str
    options: Mapping[str, Any]
    on_the_hour: bool


class Route(NamedTuple):
    """
    One route of ``task_routes``.

    Attributes:
        pattern: The name or pattern of the tasks that take it.
        options: What it says of them.
    """

    pattern: str
    options: Mapping[str, Any]

    @property
    def is_name(self) -> bool:
        """Whether it is for the task of this very name, and not for all that fit a pattern."""
        return _WILD.isdisjoint(self.pattern)


class Line(NamedTuple):
    """
    One queue that the app declares in ``task_queues``, or makes as its default queue.

    Attributes:
        name: The queue's name.
        exchange_type: The type of its exchange, such as ``"direct"``.
        arguments: With what it is declared, such as ``{"x-max-priority": 10}``.
    """

    name: str
    exchange_type: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Config:
    """
    An app's whole configuration. A field is empty, or None, while it is not known.

    Attributes:
        app: The app in words, such as ``"the app 'shop'"``.
        settings: Each setting, and where it was written.
        facts: What the rules about calls know of the app.
        options: What the broker's transport really gets of ``broker_transport_options``.
        backend_problem: Why results cannot be read, if anything is wrong with them.
        backend: The scheme of the result backend, ``"redis"`` for example; "" when there is none.
        tasks: The app's own tasks, as far as they were imported.
        beat: The entries of ``beat_schedule``.
        routes: The routes of ``task_routes``; a router function has none that could be told.
        declared: Whether ``task_queues`` declares queues.
        queues: The queues that it declares, else the default queue.
        result_accepts: The names of the serializers that results are accepted in.
        local_time: Whether the app goes by the clock of its machine, whatever zone that is in.
        shared_tasks: Whether any task is a ``@shared_task``.
        default_app: Whether threads that know no app find one, other than Celery's fallback app.
        stale_routes: Whether calls still go by routes that ``task_routes`` no longer has.
        in_tests: Whether a test runs.
        compares_limits: Whether Celery compares a task's time limits at each call; since 5.5 it
            does.
        unusable: Why the broker's URL leads nowhere: an unknown transport, a driver that is not
            installed. "" when it leads somewhere; without it, nothing of the broker is known.
    """

    app: str
    settings: Settings
    facts: AppFacts = UNKNOWN
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    backend_problem: BackendProblem | None = None
    backend: str = ""
    tasks: tuple[TaskClass, ...] = ()
    beat: tuple[Beat, ...] = ()
    routes: tuple[Route, ...] = ()
    declared: bool = False
    queues: tuple[Line, ...] = ()
    result_accepts: frozenset[str] | None = None
    local_time: bool = False
    shared_tasks: bool = False
    default_app: bool = True
    stale_routes: bool = False
    in_tests: bool = False
    compares_limits: bool = True
    unusable: str = ""

    def value(self, name: str) -> Any:
        """Return what the setting called *name* is set to; None if this Celery has no such one."""
        setting = self.settings.known.get(name)
        return None if setting is None else setting.value

    def is_written(self, name: str) -> bool:
        """Return whether somebody wrote the setting called *name*."""
        setting = self.settings.known.get(name)
        return setting is not None and setting.source != "default"

    def line(self, name: str, value: str) -> str:
        """Return the line that sets *name* to *value*, as this project writes its settings."""
        return f"{self.settings.spelled(name)} = {value}"

    def adding(self, name: str, items: str) -> str:
        """Return the advice to put *items* into the setting called *name*, which is a dict."""
        if not self.value(name):
            return f"Write {self.line(name, f'{{{items}}}')}"
        return f"Add {items} to {self.settings.spelled(name)}"

    def found(self, rule: Rule, name: str, message: str, remedy: str) -> Finding:
        """Return what *rule* finds about the setting called *name*."""
        setting = self.settings[name]
        entry = (rule.code, rule.name, rule.level)
        return Finding(*entry, "", name, setting.text, message, remedy, setting.where)

    def unanswered(self, rule: Rule, name: str, what: str, why: Unanswered) -> Finding:
        """Return what *rule* finds about *what*, a server that the setting called *name* names."""
        remedy = f"Start it, or correct {self.settings.spelled(name)}"
        found = self.found(rule, name, why.told(what), remedy)
        return found.at("warning") if why.outcome == "unknown" else found
