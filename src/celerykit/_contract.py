"""The parameters of a task, and whether arguments match them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from typing import Any, Final

__all__ = ["HOLE", "Contract"]


class _Hole:
    """Stands for the value that a step waits for."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "..."


HOLE: Final = _Hole()


class Contract:
    """The parameters of one task; a function's, as far as it tells them."""

    __slots__ = ("_bind", "_function")
    _bind: Callable[..., object] | None
    _function: Callable[..., Any]

    def __init__(
        self, function: Callable[..., Any], bind: Callable[..., object] | None = None
    ) -> None:
        """Take the function, and what raises TypeError for bad arguments if something does."""
        self._function = function
        self._bind = bind

    def mismatch(self, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> str | None:
        """Return why these arguments cannot be taken, or None when they can."""
        if self._bind is None:
            return None
        try:
            self._bind(*args, **kwargs)
        except TypeError as error:
            return str(error)
        return None

    def parameters(self) -> tuple[inspect.Parameter, ...] | None:
        """Return the parameters in order, or None when the function tells nothing."""
        try:
            return tuple(inspect.signature(self._function).parameters.values())
        except (TypeError, ValueError):  # a callable written in C may have no signature
            return None

    def names(self) -> tuple[str, ...] | None:
        """Return the names of the parameters in order, or None when they are not known."""
        parameters = self.parameters()
        return None if parameters is None else tuple(each.name for each in parameters)

    def positional(self, count: int) -> tuple[str, ...]:
        """Return the parameter's name of each of *count* positional arguments; "" if unknown."""
        names: list[str] = []
        for each in self.parameters() or ():
            if each.kind is each.VAR_POSITIONAL:
                names.extend([each.name] * (count - len(names)))
            elif each.kind in {each.POSITIONAL_ONLY, each.POSITIONAL_OR_KEYWORD}:
                names.append(each.name)
        return (*names, *[""] * count)[:count]
