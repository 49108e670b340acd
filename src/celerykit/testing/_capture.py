"""capture(): see everything that is sent, whoever sends it, while nothing leaves the process."""

from __future__ import annotations

from collections.abc import Generator, Iterable
from contextlib import ExitStack, contextmanager, nullcontext
from typing import Any

from celerykit._findings import shown
from celerykit._guard import Action, allowed_codes
from celerykit._tasks import TypedApp
from celerykit._values import app_behind, is_app
from celerykit.testing._broker import Published
from celerykit.testing._celerys import apps
from celerykit.testing._new_apps import new_apps
from celerykit.testing._sent import Sent
from celerykit.testing._sent_call import sent_call
from celerykit.testing._stand_in import App, Rules, listen

__all__ = ["capture"]


@contextmanager
def capture(
    app: App | TypedApp | None = None, *, action: Action = "raise", allow: Iterable[str] = ()
) -> Generator[Sent]:
    """
    Collect what is sent instead of sending it: by every thread, and by whatever means.

    While it lasts, no connection of the app leads to a broker, and its results are kept in
    memory, whatever the configuration and the environment say. The message is made, checked and
    published as ever: signals, routers and events work, arguments are serialised and decoded,
    and what the real broker could not carry is refused.

    Calls that run eagerly (``task_always_eager``, ``apply()``) are not sent, and not captured.

    Args:
        app: The app whose calls to collect. None means every app: those that are alive, those
            that are made meanwhile, and the one that Celery makes up where it finds none.
        action: What to do about plain Celery calls to which a rule of level error objects:
            ``"raise"`` refuses them, ``"warn"`` warns, as ``guard()`` does. Where the project has
            put a guard itself, that one speaks.
        allow: Codes of rules that may not object to plain calls.

    Returns:
        What was sent so far; it goes on to be readable afterwards.

    Raises:
        CallRejected: There is no rule with such a code.
        TypeError: *app* is no app.
        ValueError: *action* is neither ``"raise"`` nor ``"warn"``.
    """
    rules = Rules(action, allowed_codes("capture()", action, allow))
    sent = Sent()

    def heard(sender: Any, published: Published) -> None:
        sent.add(sent_call(sender, published))

    with ExitStack() as stops:
        stops.callback(sent.end)
        known: set[int] = set()

        def join(each: Any) -> None:
            if id(each) not in known:
                known.add(id(each))
                broker, stop = listen(each, heard, rules)
                stops.callback(stop)
                sent.watch(each, broker)

        with new_apps(join) if app is None else nullcontext():
            for each in apps() if app is None else [_app(app)]:
                join(each)
            yield sent


def _app(given: Any) -> Any:
    """Return the app that was *given*."""
    app = app_behind(given)
    if not is_app(app):
        message = f"capture({shown(given)}): that is no Celery app. Pass what Celery(...) returned."
        raise TypeError(message)
    return app
