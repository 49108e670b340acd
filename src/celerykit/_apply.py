"""Celery's own way to send: apply_async for a task of this app, send_task for one elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from celerykit._blocking import note_sent
from celerykit._examine import CHOSEN_IDS, Examined
from celerykit._sending import SENDING
from celerykit._targets import Local, Remote

__all__ = ["apply_async", "note"]


def apply_async(
    found: Examined,
    target: Local | Remote,
    args: tuple[Any, ...],
    kwargs: dict[str, Any],
    options: Mapping[str, Any],
) -> Any:
    """Have Celery send what *found* is of, with *options* in its form; return its result."""
    before = SENDING.set(target.name)
    try:
        if isinstance(target, Local):
            result = target.task.apply_async(args, kwargs, **options)
        else:
            result = target.app.send_task(target.name, args, kwargs, **options)
    finally:
        SENDING.reset(before)
    if "task_id" in found.order.options:
        CHOSEN_IDS.add(target.app, options["task_id"])
    return result


def note(target: Local | Remote, result: Any, options: Mapping[str, Any]) -> None:
    """Remember what was sent, for whoever asks later whether a task waits for it."""
    task = target.task if isinstance(target, Local) else None
    note_sent(target.app, result, target.name, options, task)
