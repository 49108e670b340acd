"""The parameters of a task, and whether arguments match them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple
from weakref import WeakKeyDictionary

__all__ = ["HOLE", "Contract", "Shape"]


class _Hole:
    """Stands for the value that a step waits for."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "..."


HOLE: Final = _Hole()


class Shape(NamedTuple):
    """The parameters of a function, in the forms that are asked for."""

    names: tuple[str, ...] | None = None  # None: the function tells nothing
    positional: tuple[str, ...] = ()
    variadic: str | None = None  # the name of *args


_known: Final[WeakKeyDictionary[type[Any], Shape]] = WeakKeyDictionary()


def _shape(function: Callable[..., Any]) -> Shape:
    try:
        parameters = tuple(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):  # a callable written in C may have no signature
        return Shape()
    by_position = {inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD}
    variadic = [each.name for each in parameters if each.kind is each.VAR_POSITIONAL]
    return Shape(
        tuple(each.name for each in parameters),
        tuple(each.name for each in parameters if each.kind in by_position),
        variadic[0] if variadic else None,
    )


class Contract:
    """The parameters of one task; a function's, as far as it tells them."""

    __slots__ = ("_bind", "_function", "_owner", "_read")
    _bind: Callable[..., object] | None
    _function: Callable[..., Any]
    _owner: type[Any] | None
    _read: Shape | None

    def __init__(
        self,
        function: Callable[..., Any],
        bind: Callable[..., object] | None = None,
        owner: type[Any] | None = None,
    ) -> None:
        """
        Take the function, and what raises TypeError for bad arguments if something does.

        With *owner*, the class that Celery makes for each task, the parameters are read once.
        """
        self._function = function
        self._bind = bind
        self._owner = owner
        self._read = None

    def mismatch(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str | None:
        """Return why these arguments cannot be taken, or None when they can."""
        if self._bind is None:
            return None
        try:
            self._bind(*args, **kwargs)
        except TypeError as error:
            return str(error)
        return None

    @property
    def is_compiled(self) -> bool:
        """Whether Celery compiled the check: a decorated function's, without ``bind=True``."""
        return inspect.isfunction(self._bind)

    @property
    def shape(self) -> Shape:
        """The parameters, read once for each task."""
        if self._read is None:
            self._read = self._known_shape()
        return self._read

    def _known_shape(self) -> Shape:
        if self._owner is None:
            return _shape(self._function)
        known = _known.get(self._owner)
        if known is None:
            known = _known[self._owner] = _shape(self._function)
        return known

    def names(self) -> tuple[str, ...] | None:
        """Return the names of the parameters in order, or None when they are not known."""
        return self.shape.names

    def positional(self, count: int) -> tuple[str, ...]:
        """Return the parameter's name of each of *count* positional arguments; "" if unknown."""
        shape = self.shape
        missing = count - len(shape.positional)
        if missing <= 0:
            return shape.positional[:count]
        return (*shape.positional, *[shape.variadic or ""] * missing)

    def labels(self, count: int) -> tuple[str, ...]:
        """Return the same, but what *args takes with its index: ``args[0]``."""
        names, variadic = self.positional(count), self.shape.variadic
        own = len(self.shape.positional)
        if not variadic:
            return names
        return (*names[:own], *[f"{variadic}[{index}]" for index in range(count - own)])
