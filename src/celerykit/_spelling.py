"""A call as its author would write it: for repr and for messages."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from keyword import iskeyword
from typing import Any, Final
from unicodedata import normalize

from celerykit._findings import shown
from celerykit._vocabulary import CALL_OPTIONS

__all__ = ["spelled"]


# Options whose values are written as several arguments.
_BY_NAME: Final = frozenset({"headers", "stamp"})
_BY_POSITION: Final = frozenset({"redact", "link", "link_error"})


def spelled(
    verb: str,
    task: str,
    args: Collection[Any],
    kwargs: Mapping[str, Any],
    options: Mapping[str, Any],
) -> str:
    """Return the code that builds a call, with long values shortened."""
    arguments = _arguments(args, kwargs)
    head = f"{verb}({task}{', ' if arguments else ''}{arguments})"
    return head + "".join(_option(name, value, options) for name, value in options.items())


def _arguments(args: Collection[Any], kwargs: Mapping[str, Any]) -> str:
    named = [
        f"{name}={shown(value)}" if _is_word(name) else f"**{{{name!r}: {shown(value)}}}"
        for name, value in kwargs.items()
    ]
    return ", ".join([*map(shown, args), *named])


def _is_word(name: str) -> bool:
    # Python reads an identifier in its normal form, which may be another name.
    return name.isidentifier() and not iskeyword(name) and normalize("NFKC", name) == name


def _option(name: str, value: Any, options: Mapping[str, Any]) -> str:
    if name in _BY_NAME:
        return f".{name}({_arguments((), value)})"
    if name in _BY_POSITION:
        return f".{name}({_arguments(value, {})})"
    if name in {"retry", "retry_policy"}:
        return _retry(name, options)
    if name == "soft_time_limit":
        return "" if "time_limit" in options else f".options(soft_time_limit={shown(value)})"
    if name == "time_limit" and "soft_time_limit" in options:
        return f".time_limit({shown(value)}, soft={shown(options['soft_time_limit'])})"
    if name == "ignore_result" and value:
        return ".ignore_result()"
    if name in CALL_OPTIONS:
        return f".{name}({shown(value)})"
    return f".extra({_arguments((), {name: value})})"


def _retry(name: str, options: Mapping[str, Any]) -> str:
    policy = options.get("retry_policy")
    if policy is None:
        return ".retry()" if options["retry"] else ".no_retry()"
    if "retry" not in options:
        return f".options(retry_policy={shown(policy)})"
    if name == "retry":
        return ""  # it is written with its policy
    written = f".retry({_arguments((), policy)})"
    return written if options["retry"] else f"{written}.no_retry()"
