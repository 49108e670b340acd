"""A flow as a picture: Mermaid's text, which many places show as a diagram."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count
from typing import Any, Final

from celerykit._call import Delivery, Nodes, Order
from celerykit._examine import target_in
from celerykit._joints import Fork, waits
from celerykit._request import Request
from celerykit._routing import destination_of
from celerykit._targets import Local, Mapped

__all__ = ["drawn"]

_MOST: Final = 6  # so many members of a group are drawn; the others are counted
# What would end a box, or be taken for HTML or for one of these.
_WRITTEN: Final = str.maketrans({'"': "#quot;", "#": "#35;", "<": "#lt;", ">": "#gt;"})
_PASSES: Final = "-->"
_DROPS: Final = "-.->"
_AFTER: Final = {"link": "-->|on success|", "link_error": "-.->|on failure|"}


def drawn(nodes: Nodes) -> str:
    """Return *nodes* as a Mermaid flowchart."""
    picture = _Picture()
    picture.row(nodes, [])
    return "\n".join(["flowchart LR", *picture.lines])


class _Picture:
    """The lines of a flowchart, as they are drawn."""

    __slots__ = ("_arrows", "_boxes", "_depth", "_numbers")
    _arrows: list[str]
    _boxes: list[str]
    _depth: int
    _numbers: Any

    def __init__(self) -> None:
        self._depth = 1
        self._numbers = count(1)
        self._boxes = []
        self._arrows = []

    @property
    def lines(self) -> list[str]:
        """The boxes, then the arrows: one that stood among a group's boxes would draw both in."""
        return [*self._boxes, *self._arrows]

    def row(self, nodes: Nodes, before: Sequence[str]) -> Sequence[str]:
        """Draw *nodes* after the boxes *before*; return the boxes in which they end."""
        for node in nodes:
            arrow = _PASSES if waits((node,)) else _DROPS
            if isinstance(node, Fork):
                before = self._fork(node, before)
            else:
                before = [self._leaf(node, before, arrow)]
        return before

    def _fork(self, fork: Fork, before: Sequence[str]) -> Sequence[str]:
        if not fork.members:
            return [self._box(_counted(0, "at once"), before, _DROPS)]
        self._line(f'subgraph g{next(self._numbers)} ["{_counted(len(fork.members), "at once")}"]')
        self._depth += 1
        ends: list[str] = []
        for member in fork.members[:_MOST]:
            ends += self.row(member.nodes, before)
        left = len(fork.members) - _MOST
        if left > 0:
            ends.append(self._box(_counted(left, "more"), before, _PASSES))
        self._depth -= 1
        self._line("end")
        return ends

    def _leaf(self, leaf: Delivery[Any], before: Sequence[str], arrow: str) -> str:
        box = self._box(_label(leaf.order), before, arrow)
        for option, after in _AFTER.items():
            for callback in leaf.order.options.get(option, ()):
                self._leaf(callback, [box], after)
        return box

    def _box(self, label: str, before: Sequence[str], arrow: str) -> str:
        name = f"n{next(self._numbers)}"
        self._line(f'{name}["{label}"]')
        for each in before:
            self._arrows.append(f"    {each} {arrow} {name}")
        return name

    def _line(self, text: str) -> None:
        self._boxes.append("    " * self._depth + text)


def _counted(number: int, what: str) -> str:
    return f"{number} {what}"


def _label(order: Order) -> str:
    """Return what stands in the box of *order*: the task, its queue and when it starts."""
    target = target_in(order)
    name = f"{target.name} of {target.inner.name}" if isinstance(target, Mapped) else target.name
    words = [name, _place(order), *_delay(order)]
    return "<br/>".join(word.translate(_WRITTEN) for word in words)


def _place(order: Order) -> str:
    target = target_in(order)
    request = Request(target.name, order.args, order.kwargs, order.options)
    task = target.task if isinstance(target, Local) else None
    place = destination_of(request, target.app, task)
    if place is None:
        return f"queue {order.options.get('queue')}, which is not declared"
    if place.queue is None or (place.exchange and place.routing_key):
        return f"exchange {place.exchange}, key {place.routing_key}"
    return f"queue {place.queue}"


def _delay(order: Order) -> list[str]:
    options = order.options
    if "countdown" in options:
        return [f"{options['countdown']} s after it is sent"]
    return [f"at {options['eta'].isoformat(' ', 'seconds')}"] if "eta" in options else []
