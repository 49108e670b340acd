"""Whether a function can be what is called for a call that was not sent."""

from __future__ import annotations

import inspect
from typing import Any

from celerykit._findings import shown

__all__ = ["problem_of_hook"]


def problem_of_hook(hook: Any) -> str | None:
    """Return why *hook* cannot be what is called for a call that was not sent; None if it can."""
    said = f"on_unsent={shown(hook)}"
    if not callable(hook):
        return f"{said} cannot be called. Pass a function"
    if hasattr(hook, "__signature__"):
        return None  # written by somebody, for some reason: not how it is called, maybe
    try:
        # As it is called, and not what it wraps: a decorator may add arguments.
        signature = inspect.signature(hook, follow_wrapped=False)
    except (TypeError, ValueError):  # nobody knows what it takes, as of what is built in
        return None
    try:
        signature.bind(None, None)
    except TypeError:
        return f"{said} does not take the call and the error. Write def hook(call, error)"
    return None
