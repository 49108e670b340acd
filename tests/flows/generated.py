"""
Flows made up by hypothesis: as plain values, in celerykit's words, and what they mean in Python.

Each task returns its label and what it was given, so that a result shows which task got what.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from hypothesis import strategies as st

from celerykit import call, fan, group, step

DEPTH = 3
MOST = 14  # tasks


@dataclass(frozen=True)
class One:
    """
    One task; it waits for a value or it does not.
    """

    waits: bool


@dataclass(frozen=True)
class Many:
    """
    Several rows at once, written out or as a list.
    """

    rows: tuple[tuple[Any, ...], ...]
    waits: bool
    listed: bool


Row = tuple[Any, ...]


def rows(depth: int = DEPTH, *, waits: bool) -> st.SearchStrategy[Row]:
    """
    Nodes in a row, the first of which waits for a value or does not.
    """
    later = st.lists(nodes(depth, waits=True) | nodes(depth, waits=False), max_size=2)
    return st.builds(lambda first, more: (first, *more), nodes(depth, waits=waits), later)


def nodes(depth: int, *, waits: bool) -> st.SearchStrategy[Any]:
    """
    One task, or several rows at once; a fan has at least two.
    """
    one = st.just(One(waits))
    if depth <= 1:
        return one
    members = st.lists(rows(depth - 1, waits=waits), min_size=2 if waits else 0, max_size=3)
    many = st.builds(lambda rows, listed: Many(tuple(rows), waits, listed), members, st.booleans())
    return one | one | many


def size(row: Row) -> int:
    """
    How many tasks there are.
    """
    return sum(1 if isinstance(node, One) else sum(map(size, node.rows)) for node in row)


closed_rows = rows(waits=False).filter(lambda row: size(row) <= MOST)
busy_rows = closed_rows.filter(size)


def built(row: Row, tasks: Any, labels: Iterator[int] | None = None) -> Any:
    """
    The row in celerykit's words; `tasks` has a `first` that takes a label, and a `later`.
    """
    labels = count() if labels is None else labels
    made: Any = None
    for node in row:
        part = _part(node, tasks, labels)
        made = part if made is None else _joined(made, part, node)
    return made


def _joined(made: Any, part: Any, node: Any) -> Any:
    """
    One part after the other: with the value before it, or without.
    """
    return made | part if node.waits else made.then(part)


def _part(node: Any, tasks: Any, labels: Iterator[int]) -> Any:
    """
    One node in celerykit's words.
    """
    if isinstance(node, One):
        label = next(labels)
        return step(tasks.later, label) if node.waits else call(tasks.first, label)
    members = [built(row, tasks, labels) for row in node.rows]
    make: Any = fan if node.waits else group
    return make(members) if node.listed or not members else make(*members)


def meant(row: Row, value: Any = None, labels: Iterator[int] | None = None) -> Any:
    """
    What the row comes to, in plain Python.
    """
    labels = count() if labels is None else labels
    for node in row:
        if isinstance(node, One):
            label = next(labels)
            value = later(value, label) if node.waits else first(label)
        else:
            value = [meant(row, value, labels) for row in node.rows]
    return value


def first(label: int) -> list[Any]:
    """
    Return the label.
    """
    return [label]


def later(value: Any, label: int) -> list[Any]:
    """
    Return the label, and the value that came before.
    """
    return [label, value]
