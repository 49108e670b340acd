"""guard(app): the same rules for plain Celery code, whoever makes the call."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias
from weakref import WeakKeyDictionary

from celerykit._examine import decide
from celerykit._findings import Finding
from celerykit._gather import facts_of
from celerykit._plain import mismatched, ours, plain_request
from celerykit._sending import is_checked
from celerykit._severity import judged
from celerykit.errors import CallRejected
from celerykit.rules import at_guard, catalogue, unknown_rule

if TYPE_CHECKING:
    from celery import Celery

__all__ = ["Guard", "guard"]

Action: TypeAlias = Literal["warn", "raise"]


class Guard:
    """
    Watches what one app sends. ``guard()`` makes it; ``remove()`` takes it away again.

    It stands in for the app's public ``send_task``, through which ``delay``, ``apply_async``,
    signatures, canvas and third-party packages all send; what is right passes unchanged.
    """

    action: Action
    allowed: frozenset[str]
    _app: Any
    _before: Callable[..., Any]
    _names: tuple[str, ...]
    _own: Callable[..., Any]
    _was_there: bool

    def __init__(self, app: Any) -> None:
        """Stand in for *app*'s ``send_task``."""
        self._app = app
        self._was_there = "send_task" in vars(app)
        self._before = app.send_task
        self._names = tuple(inspect.signature(app.send_task).parameters)
        self._own = self._send_task
        app.send_task = self._own

    def remove(self) -> None:
        """Restore what was there. Harmless when it is removed already."""
        if _guards.get(self._app) is not self:
            return
        del _guards[self._app]
        # Whoever stood in for send_task after us keeps calling ours, which then only passes on.
        if self._app.send_task is self._own:
            if self._was_there:
                self._app.send_task = self._before
            else:
                del self._app.send_task

    def _send_task(self, name: str, *args: Any, **options: Any) -> Any:
        if _guards.get(self._app) is self and not is_checked(name) and not ours(name):
            given = {**dict(zip(self._names[1:], args, strict=False)), **options}
            self._decide(self._examined(name, given))
        return self._before(name, *args, **options)

    def _decide(self, findings: list[Finding]) -> None:
        if self.action == "warn":
            findings = [finding.at("warning") for finding in findings]
        if findings:
            decide(findings)

    def _examined(self, name: str, given: Mapping[str, Any]) -> list[Finding]:
        facts = facts_of(self._app)
        request = plain_request(self._app, name, given, facts)
        found = [*mismatched(self._app, request, given), *at_guard(request, facts)]
        return judged(found, facts.severities, self.allowed)


_guards: Final[WeakKeyDictionary[Any, Guard]] = WeakKeyDictionary()


def guard(app: Celery, *, action: Action = "warn", allow: Iterable[str] = ()) -> Guard:
    """
    Check every call that *app* sends, plain Celery's too, by the rules that celerykit's own obey.

    Warns (``CallWarning``, at the line that made the call) or refuses (``CallRejected``). Calls
    that run eagerly are not sent, and not checked. Calling it again changes action and allow.

    Args:
        app: The app to watch; other apps are left alone.
        action: ``"warn"`` only ever warns; ``"raise"`` refuses what a rule of level error finds.
        allow: Codes of rules that may not object, as in ``Call.allow()``.

    Returns:
        The guard, whose ``remove()`` restores the app.

    Raises:
        CallRejected: There is no rule with such a code.
        ValueError: *action* is neither ``"warn"`` nor ``"raise"``.
    """
    if action not in {"warn", "raise"}:
        message = f"action={action!r} is not 'warn' or 'raise'"
        raise ValueError(message)
    codes = frozenset(allow)
    unknown = [unknown_rule("guard", code) for code in codes - catalogue().keys()]
    if unknown:
        raise CallRejected(tuple(unknown))
    found = _guards.get(app)
    if found is None:
        found = _guards[app] = Guard(app)
    found.action, found.allowed = action, codes
    return found
