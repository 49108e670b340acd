"""guard(app): the same rules for plain Celery code, whoever makes the call."""

from __future__ import annotations

import inspect
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Literal, Protocol, TypeAlias
from weakref import ReferenceType, WeakKeyDictionary, ref

from celerykit._blocking import note_sent
from celerykit._examine import decide
from celerykit._findings import Finding
from celerykit._gather import facts_of
from celerykit._guard_passed import PassedCalls
from celerykit._plain import (
    builders_own,
    followers,
    is_under_way,
    mismatched,
    needs_no_more,
    ours,
    plain_request,
)
from celerykit._plain_words import in_plain_words
from celerykit._sending import is_checked
from celerykit._severity import judged
from celerykit._tasks import TypedApp
from celerykit._values import app_behind, is_app
from celerykit._watched_reads import unwatch_reads, watch_reads
from celerykit.errors import CallRejected
from celerykit.rules import adjustable, at_build, at_guard, not_celerys, unknown_rule

__all__ = ["Action", "App", "Guard", "allowed_codes", "guard", "guard_of"]

Action: TypeAlias = Literal["warn", "raise"]

_log: Final = logging.getLogger("celerykit")


class App(Protocol):
    """What a guard needs of an app: mypy, without celery-types, knows no more of Celery's own."""

    @property
    def send_task(self) -> Callable[..., Any]: ...


class Guard:
    """
    Watches what one app sends. ``guard()`` makes it; ``remove()`` takes it away again.

    It stands in for the app's public ``send_task``, through which ``delay``, ``apply_async``,
    signatures, canvas and third-party packages all send; what is right passes unchanged.

    Attributes:
        action: ``"warn"`` or ``"raise"``.
        allowed: The codes of the rules that may not object.
    """

    action: Action
    allowed: frozenset[str]
    _app: Any
    _before: Callable[..., Any]
    _names: tuple[str, ...]
    _own: Callable[..., Any]
    _passed: PassedCalls
    _watches: bool
    _was_there: bool

    def __init__(self, app: Any, action: Action, allowed: frozenset[str]) -> None:
        """Stand in for *app*'s ``send_task``."""
        self.action, self.allowed = action, allowed
        self._app = app
        self._was_there = "send_task" in vars(app)
        self._before = app.send_task
        self._names = _parameters(app)
        self._own = self._send_task
        self._passed = PassedCalls()
        self._watches = True
        app.send_task = self._own

    @property
    def is_outermost(self) -> bool:
        """Whether the app still sends through this guard first."""
        return self._app.send_task is self._own

    @property
    def behind(self) -> Callable[..., Any]:
        """
        What it passes on to: the app's ``send_task`` as it was before.

        :meta private:
        """
        return self._before

    @property
    def watches(self) -> bool:
        """Whether it was not removed."""
        return self._watches

    def __repr__(self) -> str:
        """Return which app it watches, and what it does."""
        app = getattr(self._app, "main", None) or self._app
        return f"<Guard of {app}: {self.action if self._watches else 'removed'}>"

    def remove(self) -> None:
        """Restore what was there. Harmless when it is removed already."""
        with _lock:
            # Whoever stood in for send_task after us keeps calling ours, which then only passes on.
            if self._watches and self.is_outermost:
                if self._was_there:
                    self._app.send_task = self._before
                else:
                    del self._app.send_task
            if self._watches:
                unwatch_reads(self._app)
            self._watches = False

    def _send_task(self, *args: Any, **options: Any) -> Any:
        if not self._watches:
            return self._before(*args, **options)
        given = {**dict(zip(self._names, args, strict=False)), **options}
        name = given.get("name")
        if isinstance(name, str) and not is_checked(name) and not ours(name):
            self._decide(self._examined(name, given), given)
        sent = self._before(*args, **options)
        note_sent(self._app, sent, str(name), given)
        return sent

    def _examined(self, name: str, given: Mapping[str, Any]) -> list[Finding]:
        try:
            facts = facts_of(self._app)
            key = self._passed.key(given, facts)
            if self._passed.has(key):
                return []
            request = plain_request(self._app, name, given, facts)
            found = [*mismatched(self._app, request, given), *at_guard(request, facts)]
            found += [not_celerys(name, option) for option in builders_own(given)]
            for follower in followers(given):
                found += at_build(follower, follower.options)
            task = given.get("task_type")
            if key is not None and not found and needs_no_more(request, task, facts):
                self._passed.add(key, facts, task)
            kept = judged(found, facts.severities, self.allowed)
            return [in_plain_words(finding) for finding in kept]
        except Exception:  # noqa: BLE001 - what cannot be examined is still the caller's to send
            _log.exception("guard(): the call of %s could not be examined", name)
            return []

    def _decide(self, findings: list[Finding], given: Mapping[str, Any]) -> None:
        if self.action == "warn" or is_under_way(given):
            findings = [finding.at("warning") for finding in findings]
        if findings:
            decide(findings)


# The app holds its guard, as its send_task; held from here, neither would ever be freed.
_guards: Final[WeakKeyDictionary[Any, ReferenceType[Guard]]] = WeakKeyDictionary()
_lock: Final = threading.RLock()


def guard(app: App | TypedApp, *, action: Action = "warn", allow: Iterable[str] = ()) -> Guard:
    """
    Check every call that *app* sends, plain Celery's too, by the rules that celerykit's own obey.

    Warns (``CallWarning``, at the line that made the call) or refuses (``CallRejected``). Calls
    that run eagerly are not sent, and not checked. Calling it again changes action and allow.

    Args:
        app: The app to watch; other apps are left alone.
        action: ``"warn"`` only ever warns; ``"raise"`` refuses what a rule of level error finds,
            except what Celery itself sends for work that has begun: a retry, the next step of a
            chain, a callback. To refuse that would lose it.
        allow: Codes of rules that may not object, as in ``Call.allow()``.

    Returns:
        The guard, whose ``remove()`` restores the app.

    Raises:
        CallRejected: There is no rule with such a code.
        TypeError: *app* is no app.
        ValueError: *action* is neither ``"warn"`` nor ``"raise"``.
    """
    own = app_behind(app)
    if not is_app(own):
        message = f"guard({own!r}): that is not a Celery app. Pass what Celery(...) returned."
        raise TypeError(message)
    return _installed(own, action, allowed_codes("guard()", action, allow))


def allowed_codes(where: str, action: str, allow: Iterable[str]) -> frozenset[str]:
    """Return the codes of *allow*, or raise for what ``guard()`` cannot take as its settings."""
    if action not in {"warn", "raise"}:
        message = f"action={action!r} is not 'warn' or 'raise'"
        raise ValueError(message)
    codes = frozenset([allow] if isinstance(allow, str) else allow)
    unknown = sorted(codes - adjustable(), key=str)
    if unknown:
        raise CallRejected(tuple(unknown_rule(where, code) for code in unknown))
    return codes


def guard_of(app: Any) -> Guard | None:
    """Return the guard that ``guard()`` made for *app*, if it still watches."""
    known = _guards.get(app)
    found = known() if known is not None else None
    return found if found is not None and found.watches else None


def _installed(app: Any, action: Action, codes: frozenset[str]) -> Guard:
    with _lock:
        found = guard_of(app)
        if found is not None and found.is_outermost:
            found.action, found.allowed = action, codes
            return found
        if found is not None:  # somebody stood in for it since, or took it away
            found.remove()
        made = Guard(app, action, codes)
        _guards[app] = ref(made)
        watch_reads(app, made)
        return made


def _parameters(app: Any) -> tuple[str, ...]:
    """Return the names of the parameters of *app*'s ``send_task`` that may be given by position."""
    kinds = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    try:
        given = [*inspect.signature(app.send_task).parameters.values()]
    except ValueError:  # a callable written in C may have no signature
        given = []
    own = [each.name for each in given if each.kind in kinds]
    # A class of the project's may pass on *args, which then are what Celery's own method takes.
    celerys = next(kind for kind in reversed(type(app).__mro__) if "send_task" in vars(kind))
    _self, *names = inspect.signature(vars(celerys)["send_task"]).parameters
    return ("name", *own[1:], *names[max(len(own), 1) :])
