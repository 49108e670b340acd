"""A call as its author would write it: for repr and for messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from celerykit._findings import shown
from celerykit._vocabulary import CALL_OPTIONS

__all__ = ["HIDDEN", "spelled"]


class _Hidden:
    """Stands for a redacted value; its repr is three stars, without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "***"


HIDDEN: Final = _Hidden()

# Options whose values are written as several arguments.
_BY_NAME: Final = {"headers": "headers", "stamp": "stamp", "retry_policy": "retry"}
_BY_POSITION: Final = frozenset({"redact", "link", "link_error"})


def spelled(
    verb: str, task: str, args: Collection[Any], kwargs: Mapping[str, Any], options: Mapping[str, Any]
) -> str:
    """Return the code that builds a call, with long values shortened."""
    arguments = _arguments(args, kwargs)
    head = f"{verb}({task}{', ' if arguments else ''}{arguments})"
    return head + "".join(_option(name, value, options) for name, value in options.items())


def _arguments(args: Collection[Any], kwargs: Mapping[str, Any]) -> str:
    named = [f"{name}={shown(value)}" for name, value in kwargs.items()]
    return ", ".join([*map(shown, args), *named])


def _option(name: str, value: Any, options: Mapping[str, Any]) -> str:
    if name in _BY_NAME:
        return f".{_BY_NAME[name]}({_arguments((), value)})"
    if name in _BY_POSITION:
        return f".{name}({_arguments(value, {})})"
    if name == "retry":
        return _retry(value, options)
    if name == "soft_time_limit":
        return "" if "time_limit" in options else f".options(soft_time_limit={shown(value)})"
    if name == "time_limit" and "soft_time_limit" in options:
        return f".time_limit({shown(value)}, soft={shown(options['soft_time_limit'])})"
    if name == "ignore_result" and value:
        return ".ignore_result()"
    return f".{name}({shown(value)})" if name in CALL_OPTIONS else f".extra({name}={shown(value)})"


def _retry(value: bool, options: Mapping[str, Any]) -> str:  # noqa: FBT001 - it is the option
    if not value:
        return ".no_retry()"
    return "" if "retry_policy" in options else ".retry()"
