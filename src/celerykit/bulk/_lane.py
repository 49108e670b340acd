"""All calls of one task with the same options: Celery makes two of them, and the rest are alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from celery import signals

from celerykit._apply import note
from celerykit._call import Order
from celerykit._examine import Examined, target_in
from celerykit._facts import AppFacts
from celerykit._handle import Handle
from celerykit._inherited import know_backend
from celerykit._targets import Local, Remote
from celerykit._translate import in_celerys_form, with_inner
from celerykit.bulk._announce import is_announced, stand_before
from celerykit.bulk._basis import Basis, basis_of, place_of
from celerykit.bulk._celerys import Applied, CelerysWay
from celerykit.bulk._encode import Briefs, Texts
from celerykit.bulk._judge import Judge
from celerykit.bulk._ledger import HandleMaker
from celerykit.bulk._line import Line
from celerykit.bulk._membership import Membership, member_maker
from celerykit.bulk._overheard import overheard
from celerykit.bulk._own import amqp_of, cached, is_celerys
from celerykit.bulk._pattern import Pattern
from celerykit.bulk._spoken import tell_after, tell_before
from celerykit.bulk._wire import Publication, Slots, Wire

__all__ = ["Lane", "Made"]

# With these, what Celery writes is another matter for each call.
_EACH: Final = frozenset({"task_id", "redact"})


class Made(NamedTuple):
    """
    A call that is ready to leave.

    Attributes:
        task_id: Its id.
        maker: Makes the handle of the id.
        wires: Its messages, its own first; none if it has left already, or has run.
        handle: The handle, where that knows more than the id.
        tell: Tells the receivers of ``after_task_publish``, once it has left.
    """

    task_id: str
    maker: HandleMaker
    wires: list[Wire]
    handle: Handle[Any] | None = None
    tell: Callable[[], object] | None = None


class _Filled(NamedTuple):
    """The arguments of one call, as Celery gets them, and how logs show them if that is plain."""

    args: tuple[Any, ...]
    kwargs: dict[str, Any]
    texts: Texts | None


class Lane:
    """
    Makes the messages of one task with the same options.

    The first two are made by Celery's own ``apply_async``. When the second is just what the
    first one lets expect, the others are made after their example. Otherwise Celery makes all.

    Attributes:
        judge: Asks the rules.
        number: Of the batch for which the lane was refreshed last.
        by_example: Whether calls are made after the example of Celery's own, or soon may be.
    """

    judge: Judge
    number: int
    by_example: bool

    def __init__(self, order: Order, line: Line, ids: Iterator[str]) -> None:
        """Make calls like *order*, which go over *line* and get their ids from *ids*."""
        self._target = target = target_in(order)
        self.judge, self.number = Judge(order), -1
        self._line, self._ids = line, ids
        self._celerys = CelerysWay(target, line)
        self._options, self._allowed = order.options, order.allowed
        self._static = _EACH.isdisjoint(order.options)
        self._makers: dict[Any, HandleMaker] = {}
        self._members: HandleMaker | None = None
        self._pattern: Pattern | None = None
        self._state: Basis = ()
        self._declared: Sequence[Any] = ()
        self._place: Basis = ()

    def refresh(self, facts: AppFacts, parent: Any) -> None:
        """
        Look again at what may have changed: settings, receivers, who stands in for Celery.

        *facts* are the app's; *parent* is the task that runs here, if any does.
        """
        name = self._target.name
        self.judge.assume(facts)
        self._hears = _is_heard(signals.before_task_publish, name)
        self._tells = _is_heard(signals.after_task_publish, name)
        compat = bool(signals.task_sent.receivers)
        self._parent = parent
        state = (self._line.writer, parent, *basis_of(self._target, facts))
        if state != self._state or (self._declared and self._place != self._where()):
            self._state = state
            self._start_anew()
        # Whether the others are made like the first two, or Celery makes each.
        self._skips = self._is_celerys and self._static and not compat
        # Celery tells them while it makes a message: then that has to leave at that moment.
        self._at_once = self._tells or compat
        ready = self._pattern is not None and self._pattern.ready
        self.by_example = self._skips and (ready or self._learns)

    def _start_anew(self) -> None:
        app = self._target.app
        self._eager = bool(app.conf.task_always_eager)
        self._is_celerys = not self._eager and is_celerys(self._target)
        self._pattern, self._learns = None, not self._eager
        self._declared = ()
        self._briefs = Briefs(app, self._target.name)

    def _where(self) -> Basis:
        """Return where the messages go, as far as their queue says so."""
        return place_of(cached(amqp_of(self._target.app), "queues"), self._declared)

    def make(self, order: Order, publish: Callable[[Publication], None]) -> Made:
        """
        Return *order* ready to leave; or let it leave through *publish*, where it has to.

        Raises:
            RefusedError: The rules refused it.
        """
        filled = self._filled(order)
        found = self.judge.examined(order, plain=filled.texts is not None)
        return self._made(found, filled, publish)

    def passed(self, found: Examined, publish: Callable[[Publication], None]) -> Made:
        """Return what passed the rules already ready to leave, as ``make`` does."""
        return self._made(found, self._filled(found.order), publish)

    def _made(
        self, found: Examined, filled: _Filled, publish: Callable[[Publication], None]
    ) -> Made:
        made = self._by_example(filled, None)
        if made is not None:
            return made
        result, sent = self._by_celery(found, filled, publish, {})
        if self._parent is not None:
            note(self._target, result, self._options)
        maker = self._maker(getattr(result, "ignored", None))
        handle = Handle[Any](result, allowed=self._allowed) if self._eager else None
        return Made(result.id, maker, self._wires(sent), handle)

    def make_member(
        self, found: Examined, place: Membership, publish: Callable[[Publication], None]
    ) -> Made:
        """Return a member of a group ready to leave, as ``make``; the rules let it pass before."""
        filled = self._filled(found.order)
        made = self._by_example(filled, place)
        if made is not None:
            return made
        task_id = found.order.options.get("task_id") or next(self._ids)
        more = place.options(self._target.app, task_id)
        _, sent = self._by_celery(found, filled, publish, more)
        maker = self._member_maker()
        if self._parent is not None:
            note(self._target, maker(task_id).async_result, self._options)
        return Made(task_id, maker, self._wires(sent))

    def _filled(self, order: Order) -> _Filled:
        args, kwargs = order.args, with_inner(self._target, {**order.kwargs})
        return _Filled(args, kwargs, self._briefs.glance(args, kwargs))

    def _by_example(self, filled: _Filled, place: Membership | None) -> Made | None:
        """Return a call ready to leave, made like those of Celery's; None if Celery has to."""
        pattern = self._pattern
        if pattern is not None and pattern.ready and self._skips:
            try:
                return self._alike(pattern, filled, place)
            except (TypeError, ValueError, RecursionError):
                pass  # of a value: Celery says it in its own words
        return None

    def _by_celery(
        self,
        found: Examined,
        filled: _Filled,
        publish: Callable[[Publication], None],
        more: Mapping[str, Any],
    ) -> Applied:
        args, kwargs, _ = filled
        at_once = publish if self._at_once else None
        if not (self._learns and self._hears):
            applied = self._celerys.apply(found, args, kwargs, at_once, more)
            learnt: list[Publication] | None = applied.publications
        else:  # receivers change each message anew, so none is to be learned with their changes
            with overheard() as heard:
                applied = self._celerys.apply(found, args, kwargs, at_once, more)
            learnt = heard.untouched(applied.publications)
        know_backend(applied.result)
        if self._learns and learnt is not None:
            self._learn(found, learnt)
        return applied

    def _wires(self, publications: list[Publication]) -> list[Wire]:
        """Return what Celery made, ready to be written; fast where it is as the first two were."""
        if self._at_once:
            return []  # it has left
        pattern, writer = self._pattern, self._line.writer
        if pattern is None or not pattern.ready or not publications:
            return [*map(writer.wire, publications)]
        first, *events = publications
        return [pattern.written(first), *map(writer.wire, events)]

    def _learn(self, found: Examined, publications: list[Publication]) -> None:
        if self._pattern is None:
            app, options = self._target.app, in_celerys_form(found)
            self._pattern = Pattern(app, options, self._line, self._briefs)
        self._pattern.learn(publications)
        if self._pattern.hopeless:
            self._learns, self._pattern = False, None
        elif self._pattern.ready:
            self._learns = False
            self._declared = publications[0].options.get("declare") or ()
            self._place = self._where()
            self._ignored = publications[0].options["headers"]["ignore_result"]

    def _alike(
        self,
        pattern: Pattern,
        filled: _Filled,
        place: Membership | None,
    ) -> Made:
        args, kwargs, texts = filled
        task_id, index = next(self._ids), None if place is None else place.position
        slots = pattern.slots(task_id, args, kwargs, texts or self._briefs(args, kwargs), index)
        if self._hears or self._tells:
            wire, tell = self._told(pattern, slots)
        else:
            wire, tell = pattern.wire(slots), None
        wires = [wire, *map(self._line.writer.wire, pattern.events(slots))]
        if not self._ignored:
            self._announce(task_id)
        maker = self._maker(self._ignored) if place is None else self._member_maker()
        if self._parent is not None:
            result: Any = maker(task_id).async_result
            if place is None:
                self._parent.add_trail(result)
            note(self._target, result, self._options)
        return Made(task_id, maker, wires, None, tell)

    def _announce(self, task_id: str) -> None:
        """Tell the result backend of a call, if it has to know."""
        backend = self._target.app.backend  # each thread has its own
        if is_announced(backend):
            stand_before(backend)
            nothing: list[Publication] = []
            backend.on_task_call(self._line.capture(nothing.append), task_id)

    def _told(self, pattern: Pattern, slots: Slots) -> tuple[Wire, Callable[[], object] | None]:
        """Return a message of which the signals' receivers are told, and may change it."""
        name = self._target.name
        publication = pattern.told(slots)
        changed = False
        if self._hears:
            policy = self._options.get("retry_policy")
            publication = tell_before(name, publication, policy)
            changed = publication != pattern.made(slots)
        # kombu notes a compression in the headers that it gets, and receivers see that later.
        if changed or publication.options.get("compression"):
            wire = self._line.writer.wire(publication)
        else:
            wire = pattern.wire(slots)
        tell = partial(tell_after, name, publication) if self._tells else None
        return wire, tell

    def _member_maker(self) -> HandleMaker:
        """Return the same for the members of a group."""
        if self._members is None:
            self._members = member_maker(self._target, self._options)
        return self._members

    def _maker(self, ignored: Any) -> HandleMaker:
        """Return what makes the handle of an id."""
        known = self._makers.get(ignored)
        if known is None:
            known = self._makers[ignored] = partial(_handle, self._target, ignored, self._allowed)
        return known


def _handle(
    target: Local | Remote, ignored: Any, allowed: frozenset[str], task_id: str
) -> Handle[Any]:
    source = target.task if isinstance(target, Local) else target.app
    result = source.AsyncResult(task_id)
    result.ignored = ignored
    return Handle(result, allowed=allowed)


def _is_heard(signal: Any, name: str) -> bool:
    return bool(signal.receivers) and signal.has_listeners(name)
