"""Whose fault it was that a call was not sent, and whether that is certain."""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from types import FrameType
from typing import Any, Final

from celerykit.errors import PublishError, Side, Unsent, without_passwords

__all__ = ["blamed", "blamed_flow", "members_before", "of_value", "publish_error", "side_of"]

_CELERYS: Final = frozenset({"celery", "kombu"})
_OURS: Final = ("celerykit.bulk.", "celerykit._bounded.")
# What those two call, and never calls back into a project.
_DRIVERS: Final = (
    frozenset({"amqp", "redis", "vine", "gevent", "eventlet", "greenlet"}) | sys.stdlib_module_names
)

# Of a value that cannot be written, or a name that is not known: the same at each attempt.
_OF_VALUES: Final = (
    *(TypeError, ValueError, LookupError, ArithmeticError, AttributeError, struct.error),
    RecursionError,
)
_NAMED: Final = frozenset({"FrameSyntaxError", "SerializationError", "SerializerNotInstalled"})

# Functions of kombu and Celery that tell how far a send had come.
_REACHES: Final = frozenset(
    {
        *("connection_for_write", "establish_connection"),
        *("get_transport_cls", "resolve_transport", "create_transport"),
    }
)
# The one of those that asks the broker; the others read the settings and load the driver, and so
# does what prepares for Redis within it.
_CONNECTS: Final = "establish_connection"
_PREPARES: Final = "_get_pool"
# Of a login, a virtual host, or a queue that was declared in another way: RabbitMQ's, and Redis's.
_REFUSALS: Final = frozenset(
    {"AccessRefused", "NotAllowed", "PreconditionFailed", "AuthenticationError"}
)
# What reads an answer: errors of values there are not about what was written.
_READS: Final = frozenset(
    {
        *("drain_events", "blocking_read", "on_inbound_method", "on_inbound_frame", "wait"),
        *("read_response", "_read_response", "parse_response"),
    }
)
_BEYOND_VALUES: Final = _REACHES | _READS
# redis-py's own second attempt, and kombu's way to all queues of an exchange.
_TRIES_AGAIN: Final = ("redis.retry", "call_with_retry")
_DELIVERS: Final = ("kombu.transport.virtual.exchange", "deliver")
_WRITES: Final = "basic_publish"  # or a name with that in it
_TRIES: Final = "_ensured"
# What Celery does once a message has left: it makes a result, follows it, and publishes an event.
_AFTERWARDS: Final = frozenset(
    {
        ("celery.app.task", "AsyncResult"),
        ("celery.result", "__init__"),
        ("celery.result", "then"),
        ("celery.events.dispatcher", "publish"),
    }
)
# A canvas makes the results of all its tasks beforehand, and tells the backend of a chord.
_MAKES: Final = ("celery.canvas", "freeze")
_PREPARES_CHORD: Final = "apply_chord"
# Errors of a connection by parts of their names: each driver has its own.
_OF_CONNECTIONS: Final = ("ConnectionError", "TimeoutError", "ConnectionForced")
# Celery's canvas publishes the members of a group there, and counts them.
_MEMBERS: Final = "_apply_tasks", "task_index"
_RUNS_TASKS: Final = "celery.app.trace"
_ANNOUNCES: Final = "on_task_call"
_UNLOCKS: Final = "fallback_chord_unlock"  # a backend's, which publishes a task


def blamed(error: Exception) -> PublishError | None:
    """
    Return what *error*, which Celery's sending raised, says of one call that was being sent.

    None if a project's own code raised it: a router, an ``apply_async`` of its own, a task that
    runs at once.
    """
    frames = [*_frames(error)]
    if isinstance(error, PublishError) or not _is_celerys(frames):
        return None
    root = _root(error)
    chain = [frame for each in _chain(error) for frame in _frames(each)]
    side = _side(root, chain)
    return publish_error(_outcome(error, side, chain), error, side)


def blamed_flow(error: Exception, polls: Callable[[], bool]) -> PublishError | None:
    """
    Return what *error* says of a flow, of which more than one message may have to leave.

    With a backend that *polls*, the task that does so leaves before the members of a chord's group.
    """
    told = blamed(error)
    if told is not None and told.outcome == "not_sent":
        numbers = [*_numbers_of_members(error)]
        if any(numbers) or (numbers and polls()):
            return publish_error("unknown", error, told.side)
    return told


def members_before(error: BaseException) -> int | None:
    """Return how many members of a group had left by *error*; None if it was not among them."""
    return next(_numbers_of_members(error), None)


def _numbers_of_members(error: BaseException) -> Iterator[int]:
    """Yield which member *error* was at, and then of which group within that."""
    function, number = _MEMBERS
    for frame in _frames(error):
        if frame.f_code.co_name == function:
            yield int(frame.f_locals.get(number, 0))


def publish_error(outcome: Unsent, error: BaseException, side: Side = "broker") -> PublishError:
    """Return an error that was caused by *error*, in whose texts passwords are masked too."""
    told = PublishError(outcome, error, side)
    told.__cause__ = error
    for each in _chain(error):
        masked = tuple(without_passwords(arg) if type(arg) is str else arg for arg in each.args)
        if masked != each.args:
            each.args = masked
    return told


def of_value(error: BaseException) -> bool:
    """Return whether *error* is about what a message holds or names, whatever the broker does."""
    names = {kind.__name__ for kind in type(error).__mro__}
    if not isinstance(error, _OF_VALUES) and names.isdisjoint(_NAMED):
        return False
    return not any(frame.f_code.co_name in _BEYOND_VALUES for frame in _frames(error))


def _frames(error: BaseException) -> Iterator[FrameType]:
    """Yield where *error* was, from the outside to the inside."""
    traceback = error.__traceback__
    while traceback is not None:
        yield traceback.tb_frame
        traceback = traceback.tb_next


def _chain(error: BaseException) -> Iterator[BaseException]:
    """Yield *error*, what caused it, and what was being handled meanwhile."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        each = waiting.pop()
        if each is not None and each not in seen:
            seen.append(each)
            waiting += [each.__cause__, each.__context__]
            yield each


def _root(error: BaseException) -> BaseException:
    """Return what caused *error* in the first place: kombu translates what it raises."""
    while error.__cause__ is not None:
        error = error.__cause__
    return error


def _module(frame: FrameType) -> str:
    name: Any = frame.f_globals.get("__name__", "")
    return str(name)


def _is_celerys(frames: list[FrameType]) -> bool:
    """Return whether Celery or kombu, or what they use, raised an error; and no task that ran."""
    modules = [_module(frame) for frame in frames]
    tops = [name.partition(".")[0] for name in modules]
    last = max((at for at, name in enumerate(modules) if _sends(name)), default=None)
    if last is None or _RUNS_TASKS in modules:
        return False
    beyond = {*tops[last + 1 :]} - _DRIVERS
    # kombu and the backends call drivers and serializers; routers are called by the rest.
    calls_out = modules[last].startswith(("kombu.", "celery.backends."))
    return not beyond or calls_out or frames[last + 1].f_code.co_name == _ANNOUNCES


def _sends(module: str) -> bool:
    """Return whether *module* is a part of what makes and writes messages."""
    return module.partition(".")[0] in _CELERYS or module.startswith(_OURS)


def _side(root: BaseException, chain: list[FrameType]) -> Side:
    names = {frame.f_code.co_name for frame in chain}
    is_backends = any(
        _module(frame).startswith(("celery.backends.", "celery.app.backends")) for frame in chain
    )
    if _ANNOUNCES in names or (is_backends and _UNLOCKS not in names):
        return "result backend"
    return side_of(root, chain)


def side_of(error: BaseException, chain: Sequence[FrameType] = ()) -> Side:
    """Return what failed by an error on the way to the broker, whose frames are in *chain*."""
    root = _root(error)
    if of_value(root):
        return "message"
    return "configuration" if _is_lasting(root, chain) else "broker"


def _is_lasting(root: BaseException, chain: Sequence[FrameType]) -> bool:
    """Return whether the settings name no broker, or none that lets this app do what it asks."""
    kinds = {kind.__name__ for kind in type(root).__mro__}
    if not kinds.isdisjoint(_REFUSALS):
        # After a message was written they may be about that, or about one before it.
        return not any(_WRITES in frame.f_code.co_name for frame in chain)
    names = {frame.f_code.co_name for frame in _frames(root)}
    if names.isdisjoint(_REACHES):
        return False
    asked = _CONNECTS in names and _PREPARES not in names
    return isinstance(root, ImportError) or (isinstance(root, _OF_VALUES) and not asked)


def _outcome(error: BaseException, side: Side, chain: list[FrameType]) -> Unsent:
    """Return what is certain; kombu may have tried more than once, and Celery have gone on."""
    places = {(_module(frame), frame.f_code.co_name) for frame in chain}
    names = {name for _, name in places}
    is_before = _MAKES in places or (_PREPARES_CHORD in names and _UNLOCKS not in names)
    if not is_before and not _AFTERWARDS.isdisjoint(places):
        return "unknown"
    for frame in chain:
        # Which attempt it was, in kombu's own words.
        if frame.f_code.co_name == _TRIES and frame.f_locals.get("retries") != 0:
            return "unknown"
    if not any(_WRITES in name for name in names):
        return "not_sent"
    if side in ("message", "configuration"):
        return "unknown" if _was_cut_before(error) else "not_sent"
    # Of several queues one may have got the message before another refused it.
    is_refused = _is_refusal(_root(error)) and _DELIVERS not in places
    return "not_sent" if is_refused and not _was_cut_before(error) else "unknown"


def _was_cut_before(error: BaseException) -> bool:
    """Return whether a connection had failed before, by what was being handled meanwhile."""
    for frame in _frames(_root(error)):
        place = _module(frame), frame.f_code.co_name
        if place == _TRIES_AGAIN and frame.f_locals.get("failures") != 0:
            return True
    line = [error]
    while line[-1].__cause__ is not None:
        line.append(line[-1].__cause__)
    return any(_is_of_a_connection(each) for each in _chain(error) if each not in line)


def _is_of_a_connection(error: BaseException) -> bool:
    kinds = [kind.__name__ for kind in type(error).__mro__]
    return isinstance(error, OSError) or any(kind.endswith(_OF_CONNECTIONS) for kind in kinds)


def _is_refusal(root: BaseException) -> bool:
    """Return whether Redis has answered that it did not carry out a command."""
    kinds = {(kind.__module__, kind.__name__) for kind in type(root).__mro__}
    return ("redis.exceptions", "ResponseError") in kinds
