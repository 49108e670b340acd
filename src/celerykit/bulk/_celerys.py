"""Celery's own way to make a message: its apply_async, whoever has changed or wrapped that."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from types import MappingProxyType
from typing import Any, Final, NamedTuple, Protocol

from celerykit._apply import apply_async
from celerykit._examine import Examined
from celerykit._snapshot import snapshot_args, snapshot_kwargs
from celerykit._targets import Local, Remote
from celerykit._translate import in_celerys_form
from celerykit.bulk._announce import stand_before
from celerykit.bulk._capture import Capture
from celerykit.bulk._wire import Publication

__all__ = ["Applied", "CelerysWay"]

_NOTHING: Final[Mapping[str, Any]] = MappingProxyType({})


class Captures(Protocol):
    """What takes messages instead of a broker."""

    def capture(self, take: Callable[[Publication], object], /) -> Capture:
        """Return a producer that gives all messages to *take*, until this is called again."""
        ...


class Applied(NamedTuple):
    """What Celery made of a call: its result object, and the messages that it would publish."""

    result: Any
    publications: list[Publication]


class CelerysWay:
    """Calls ``apply_async``, or ``send_task`` for a task elsewhere, and keeps what it publishes."""

    def __init__(self, target: Local | Remote, line: Captures) -> None:
        """Make messages for *target*, which go over *line*."""
        self._target = target
        self._line = line

    def apply(
        self,
        found: Examined,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        publish: Callable[[Publication], None] | None,
        more: Mapping[str, Any] = _NOTHING,
    ) -> Applied:
        """
        Make the messages of a call with these arguments, the options of *found*, and *more*.

        With *publish*, each also goes there at once, while Celery waits. What Celery itself is to
        be told beside the call's own options comes as *more*.
        """
        kept: list[Publication] = []

        def take(publication: Publication) -> None:
            # On its way kombu adds to the headers, of which Celery then tells its receivers.
            kept.append(publication if publish is None else _copied(publication))
            if publish is not None:
                publish(publication)

        target, options = self._target, _options(found, more)
        if not _ignores(target, options):
            stand_before(target.app.backend)
        args, kwargs = snapshot_args(args), snapshot_kwargs(kwargs)
        options["producer"] = self._line.capture(take)
        result = apply_async(found, target, args, kwargs, options)
        return Applied(result, kept)


def _options(found: Examined, more: Mapping[str, Any]) -> dict[str, Any]:
    options = {**in_celerys_form(found), **more}
    # Celery's own group copies each of its tasks.
    return deepcopy(options) if "group_id" in more else options


def _ignores(target: Local | Remote, options: Mapping[str, Any]) -> bool:
    """Return whether nobody is to keep the result: then Celery leaves the backend alone."""
    ignores: Any = options.get("ignore_result")
    if ignores is None and isinstance(target, Local):
        ignores = target.task.ignore_result
    return bool(ignores)


def _copied(publication: Publication) -> Publication:
    body, options = publication
    headers = options.get("headers")
    return Publication(body, {**options, "headers": headers and {**headers}})
