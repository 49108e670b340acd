"""Ask the rules about a read before it begins, and warn of it or refuse it."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final, Protocol, cast
from weakref import ReferenceType, WeakKeyDictionary

from celerykit._allow import ALLOWED
from celerykit._findings import Finding
from celerykit._gather import setting_of
from celerykit._inherited import know_backend, know_backends
from celerykit._own_settings import read_own
from celerykit._read import Read
from celerykit._reader import Reader, reader
from celerykit._running import LIVE, Here, Sent, likeliest, running
from celerykit._severity import judged
from celerykit._values import app_behind
from celerykit._warn import warn
from celerykit.errors import (
    BlockingGetWarning,
    CelerykitWarning,
    GetInEventLoopWarning,
    GetWithoutTimeoutWarning,
    ReadRefused,
)
from celerykit.rules import adjustable, at_read

__all__ = ["WATCHED", "Policy", "before_poll", "before_read", "may_wait", "note_sent", "policy_of"]

# How often a task may look at one line for one result before that is a way of waiting.
_POLLS: Final = 5
_MOST_POLLED: Final = 10_000

_ROUTING: Final = ("queue", "exchange", "routing_key")

_IN_A_TASK: Final = "CK402"
_KINDS: Final[Mapping[str, type[CelerykitWarning]]] = {
    _IN_A_TASK: BlockingGetWarning,
    "CK403": GetWithoutTimeoutWarning,
    "CK404": GetInEventLoopWarning,
}


class Policy(Protocol):
    """What a guard does about what is found: its attributes, read at each read."""

    @property
    def action(self) -> str: ...
    @property
    def allowed(self) -> Collection[str]: ...


# The guard of each app. The app holds it; held from here, neither would ever be freed.
WATCHED: Final[WeakKeyDictionary[Any, ReferenceType[Policy]]] = WeakKeyDictionary()


def policy_of(app: Any) -> Policy | None:
    """Return the guard of *app*, or None if it has none."""
    try:
        known = WATCHED.get(app)
    except TypeError:  # a proxy such as celery.current_app, or no app at all
        own = app_behind(app)
        return None if own is app else policy_of(own)
    return None if known is None else known()


def may_wait(result: Any) -> bool:
    """Return whether a read of *result* may wait: not if it is there, ignored or empty."""
    members = getattr(result, "results", None)  # of a set; AsyncResult has no such thing
    if members is not None:
        return any(map(may_wait, members))
    return not getattr(result, "_cache", None) and not result.ignored


def before_read(
    result: Any, app: Any, call: str, *, bounded: bool, allowed: Collection[str] = ()
) -> None:
    """
    Say what is to be said of a read of *result* through *call*, which would begin now.

    Args:
        result: Celery's own result, or a set of them.
        app: The app that reads.
        call: What was called: ``"get"`` of the result itself, or ``"Handle.get"``.
        bounded: Whether a timeout was written, be it None.
        allowed: The codes of the rules that may not object.

    Raises:
        ReadRefused: A rule of level error objects, and the app's guard says ``action="raise"``.
    """
    know_backends(result)
    if ALLOWED.get():
        return
    here = running(app)
    in_loop = _in_loop()
    if (here is None and bounded and not in_loop) or not may_wait(result):
        return
    if here is not None and not here.certain:
        here = likeliest(tuple(_ids(result)))
    found = reader()
    if found is not None:
        read = Read(call, bounded=bounded, in_loop=in_loop)
        _act(app, _examined(_whole(read, found, result, here), app, allowed))


def before_poll(result: Any, app: Any, call: str, *, allowed: Collection[str] = ()) -> None:
    """Count one more look for *result* at this line of a task; a few of them are a way to wait."""
    here = running(app) if LIVE and not ALLOWED.get() else None
    if here is None or not here.certain or result.id in here.run.kin:
        return
    found = reader()
    if found is None:
        return
    # Several properties of a result may stand in one line; a loop looks at the same again.
    polls, key = here.run.polls, (result.id, *found)
    if len(polls) >= _MOST_POLLED:
        polls.clear()
    count = polls.get(key, 0) + 1
    if count == _POLLS:  # refused, it is not counted, and refused again the next time
        read = Read(call, polls=count)
        _act(app, _examined(_whole(read, found, result, here), app, allowed))
    polls[key] = count


def note_sent(
    app: Any, result: Any, name: str, options: Mapping[str, Any], task: Any = None
) -> None:
    """
    Remember *result*, that of the task *name*, sent with *options*, for what may follow.

    A fork: whoever reads it then needs a connection of its own. A read in the task that sends it.
    """
    know_backend(result)
    task_id = getattr(result, "id", None)  # of whatever a stand-in for send_task returned
    here = running(app) if LIVE else None
    if task_id is not None and here is not None and here.certain:
        queue, *elsewhere = (options.get(key) or getattr(task, key, None) for key in _ROUTING)
        if queue is None and not any(elsewhere) and not app.conf.task_routes:
            queue = app.conf.task_default_queue
        known = None if queue is None else str(getattr(queue, "name", queue))
        here.run.note(task_id, Sent(name, known))


def _in_loop() -> bool:
    asyncio: Any = sys.modules.get("asyncio")  # where nobody has loaded it, no loop runs
    # Public in spite of its name; get_running_loop() raises where there is none, which takes time.
    return asyncio is not None and asyncio._get_running_loop() is not None  # noqa: SLF001 - as above


def _examined(read: Read, app: Any, allowed: Collection[str]) -> list[Finding]:
    severities = read_own(setting_of(app), adjustable()).severities
    policy = policy_of(app)
    may_not = {*allowed, *(policy.allowed if policy is not None else ())}
    kept = judged(at_read(read), severities, may_not)
    if not read.certain:  # nobody is refused for what may not be so
        kept = [finding.at("warning") for finding in kept]
    # In a task, the rest would only mend what should not be there.
    return [finding for finding in kept if finding.code == _IN_A_TASK] or kept


def _whole(read: Read, found: Reader, result: Any, here: Here | None) -> Read:
    """Return *read* with all that its result and its reader tell."""
    ids = tuple(dict.fromkeys(_ids(result)))
    sent = here.run.sent if here is not None else {}
    known = [sent[each] for each in ids if each in sent]
    return read._replace(
        call=_written(result, found.function or read.call),
        running=None if here is None else here.run.name,
        certain=here is None or here.certain,
        ids=ids,
        awaited=tuple(dict.fromkeys(each.task for each in known)),
        queues=tuple(dict.fromkeys(each.queue for each in known if each.queue is not None)),
    )


def _written(result: Any, name: str) -> str:
    """Return the function or property *name* of *result* as the caller wrote it."""
    if "." in name:  # of something else
        return f"{name}()"
    kind = cast("type[object]", type(result))
    braces = "()" if callable(getattr(kind, name, None)) else ""
    return f"{kind.__name__}.{name}{braces}"


def _ids(result: Any) -> Iterator[str]:
    """Yield the ids of *result* that may have to be waited for."""
    members = getattr(result, "results", None)
    if members is None:
        yield result.id
    else:
        for member in filter(may_wait, members):
            yield from _ids(member)


def _act(app: Any, findings: Collection[Finding]) -> None:
    policy = policy_of(app)
    refuses = policy is not None and policy.action == "raise"
    if refuses and any(finding.level == "error" for finding in findings):
        raise ReadRefused(tuple(findings))
    for finding in findings:
        warn(_KINDS[finding.code], finding)
