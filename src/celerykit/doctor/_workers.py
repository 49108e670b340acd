"""Ask the workers what they read, what they know and how they are configured, in known time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from time import monotonic
from typing import Any, Final

from celerykit._gather import accepted_names
from celerykit._live import Worker
from celerykit._values import is_dict, is_list

__all__ = ["ask_workers", "consumers_of", "reported"]

# Workers answer at once, or are busy: after this silence the ones that answered are all there are.
_PATIENCE_S: Final = 1.0
_LEAST_S: Final = 0.05
_QUESTIONS: Final[tuple[tuple[str, Mapping[str, Any]], ...]] = (
    ("active_queues", {}),
    ("registered", {"builtins": True}),
    ("conf", {"with_defaults": True}),
    ("report", {}),
)


class _Late(Exception):  # noqa: N818 - no error: the time is over
    """The deadline has passed while answers still came."""


class _Box:
    """
    A mailbox of its own for questions to the workers.

    ``app.control`` publishes through the app's pool, whose connections may wait for ever, and stay.
    """

    def __init__(self, app: Any, connection: Any, deadline: float) -> None:
        """Speak through *connection*, and until *deadline*."""
        from kombu.pidbox import Mailbox  # noqa: PLC0415 - keeps the import cheap

        conf = app.conf
        json = "json" in conf.accept_content  # or what the workers of this app would accept
        make: Any = Mailbox
        mailbox = make(
            conf.control_exchange,
            type="fanout",
            accept={*conf.accept_content, "json"},
            serializer="json" if json else conf.task_serializer,
            reply_queue_expires=conf.control_queue_expires,
        )
        self._mailbox: Any = mailbox(connection)
        self._deadline = deadline

    def left(self) -> float:
        """Return how many seconds are left; a little is always, to hear what has arrived."""
        return max(self._deadline - monotonic(), _LEAST_S)

    def who(self) -> list[str]:
        """Return the names of the workers: soon if some answer, else at the deadline."""
        found: dict[str, Any] = {}
        while not found and monotonic() < self._deadline:
            patience = min(self.left(), _PATIENCE_S)
            self._ask(found, partial(self._mailbox.multi_call, "ping", {}, patience, None))
        return sorted(found)

    def ask(self, names: list[str], command: str, arguments: Any, share: int) -> dict[str, Any]:
        """Return what each of *names* answers, taking at most one *share* of what is left."""
        found: dict[str, Any] = {}
        patience = self.left() / share
        self._ask(found, partial(self._mailbox.call, names, command, arguments, patience))
        return found

    def _ask(self, found: dict[str, Any], ask: Callable[[Callable[[Any], None]], Any]) -> None:
        """Collect answers into *found*, whose arrival prolongs the wait, but never too long."""

        def keep(answer: Mapping[str, Any]) -> None:
            found.update(answer)
            if monotonic() > self._deadline:
                raise _Late

        try:
            ask(keep)
        except _Late:
            return


def ask_workers(app: Any, connection: Any, deadline: float) -> list[Worker]:
    """
    Return the workers of *app* that answer before *deadline*, a value of ``monotonic()``.

    With nobody there it takes the whole time: a busy worker may be late.
    """
    box = _Box(app, connection, deadline)
    names = box.who()
    answers: dict[str, dict[str, Any]] = {}
    if names:
        for number, (command, arguments) in enumerate(_QUESTIONS):
            share = len(_QUESTIONS) - number
            answers[command] = box.ask(names, command, arguments, share)
    said = {name: {what: all_.get(name) for what, all_ in answers.items()} for name in names}
    return [_worker(name, said[name]) for name in names]


def consumers_of(connection: Any, queues: Iterable[str]) -> dict[str, int]:
    """Return how many consumers the broker knows of each of *queues*, if it counts them at all."""
    if connection.transport.driver_type != "amqp":
        return {}
    return {name: _consumers(connection, name) for name in queues}


def _consumers(connection: Any, name: str) -> int:
    """Return how many consumers the queue called *name* has: none if there is no such queue."""
    try:
        with connection.channel() as channel:
            return int(channel.queue_declare(queue=name, passive=True).consumer_count)
    except connection.channel_errors:  # to ask for one that is not there closes the channel
        return 0


def _worker(name: str, said: Mapping[str, Any]) -> Worker:
    """Return a worker from its answers; an answer of another form, an error, counts as none."""
    queues, tasks, settings = (said[key] for key in ("active_queues", "registered", "conf"))
    content = settings.get("accept_content") if is_dict(settings) else None
    report = said["report"]
    text = str(report.get("ok", "")) if is_dict(report) else ""
    return Worker(
        name,
        queues=frozenset(each["name"] for each in queues) if is_list(queues) else None,
        # Behind a name stand its attributes, in brackets.
        tasks=frozenset(each.split(" [")[0] for each in tasks) if is_list(tasks) else None,
        settings=settings if is_dict(settings) and "error" not in settings else None,
        celery=reported(text, "celery"),
        results=reported(text, "results"),
        accepts=accepted_names(content) if is_list(content) else None,
    )


def reported(report: str, word: str) -> str | None:
    """Return what follows *word* in a *report* of Celery's for bugs; None when nothing does."""
    found = re.search(rf"\b{word}:(\S+)", report)
    return found[1] if found else None
