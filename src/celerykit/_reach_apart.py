"""Knock at a broker or a result backend of any kind, from a process that can be ended."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
import time
from pathlib import Path
from typing import Any, Final

__all__ = ["Unmet", "answer", "meet_apart"]

_PROGRAM: Final = "from celerykit._reach_apart import answer; answer()"


class Unmet(Exception):  # noqa: N818 - says what happened
    """Whether it answers could not be told."""


def meet_apart(app: Any, what: str, url: Any, until: float) -> None:
    """
    Connect to the broker or the backend of *app* in another process; raise Unmet if that fails.

    Settings that cannot be pickled stay behind.

    Args:
        app: The app whose settings count.
        what: ``"broker"`` or ``"backend"``.
        url: Which of several brokers, or None for the only one.
        until: The time of ``time.monotonic()`` at which the process is ended.
    """
    if not Path(sys.executable or "").name.startswith(("python", "pypy")):
        message = f"no Python is known to ask in a process of its own: {sys.executable!r}"
        raise Unmet(message)
    asked = pickle.dumps((what, url, app.backend_cls, _settings(app)))
    search = os.pathsep.join(each for each in sys.path if each)
    with subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-c", _PROGRAM],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": search},
    ) as process:
        try:
            _, told = process.communicate(asked, timeout=max(0.0, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            message = "it did not answer in time; asked in a process of its own"
            raise Unmet(message) from None
    if process.returncode != 0:
        lines = told.decode(errors="replace").strip().splitlines() or ["it ended without a word"]
        raise Unmet(lines[-1])


def _settings(app: Any) -> dict[str, Any]:
    """Return the settings of *app* that somebody wrote, as far as they can be pickled."""
    from celery.app.defaults import DEFAULTS  # noqa: PLC0415 - keeps the import cheap

    found: dict[str, Any] = {}
    for name in DEFAULTS:
        value = app.conf.get(name)
        if value != DEFAULTS[name]:
            try:
                pickle.dumps(value)
            except Exception:  # noqa: BLE001, S112 - whatever the value's own class raises
                continue
            found[name] = value
    return found


def answer() -> None:
    """Do what ``meet_apart()`` asks for on standard input; fail if the server does not answer."""
    from uuid import uuid4  # noqa: PLC0415 - for the other process alone

    from celery import Celery  # noqa: PLC0415 - as above

    what, url, backend_cls, settings = pickle.load(sys.stdin.buffer)  # noqa: S301 - from ourselves
    app: Any = Celery("celerykit", set_as_current=False)
    app.conf.update(settings)
    app.backend_cls = backend_cls
    if what == "broker":
        with app.connection_for_write(url) as connection:
            transport = connection.transport
            transport.close_connection(transport.establish_connection())
    else:
        app.backend.get_task_meta(str(uuid4()))
