"""diagnose(): what is wrong with the configuration of an app, and what to write instead."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from celerykit._findings import Finding
from celerykit._guard import App
from celerykit._tasks import TypedApp
from celerykit._values import app_behind, is_app, wait_of
from celerykit.doctor._examination import examine

__all__ = ["diagnose"]


def diagnose(
    app: App | TypedApp, *, live: bool = False, within: float | timedelta = 5.0
) -> list[Finding]:
    """
    Return what is wrong with the configuration of *app*, in the order of the rules' codes.

    Reads the app and its environment, and connects nowhere unless *live* is set. Tasks are known
    as far as their modules were imported; ``celery -A proj doctor`` imports them first.
    ``app.conf.celerykit`` changes the level of a finding, or turns it off.

    Args:
        app: The app to look at.
        live: Whether to ask the broker, the result backend and the workers too. Sends no task;
            workers are asked through Celery's remote control.
        within: How long all of that may take together: seconds, or a timedelta. With nobody to
            answer, it does.

    Returns:
        Every finding; the field ``where`` says where the setting was written.

    Raises:
        TypeError: *app* is no app, or *within* is no length of time.
        ValueError: *within* is not more than 0, or not finite.
    """
    own: Any = app_behind(app)
    if not is_app(own):
        message = f"diagnose({own!r}): that is not a Celery app. Pass what Celery(...) returned."
        raise TypeError(message)
    return examine(own, live=live, within=wait_of(within)).findings
