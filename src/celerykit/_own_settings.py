"""What a project asks of celerykit itself: the setting ``app.conf.celerykit``, read and checked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from celerykit._facts import PAYLOAD_BUDGET, Severity
from celerykit._findings import shown
from celerykit._hook import problem_of_hook
from celerykit._slips import slip_of
from celerykit._values import is_mapping, wait_of

__all__ = ["OwnSettings", "read_own"]

_LEVELS: Final = ("error", "warning", "off")
_NAMES: Final = frozenset({"severity", "payload_budget", "within", "confirm", "on_unsent"})


class OwnSettings(NamedTuple):
    """
    What was set, or what holds where nothing was.

    Attributes:
        severities: The project's own level for each code.
        payload_budget: Above how many bytes of arguments a call is worth a warning.
        within: After how many seconds a send has to have ended; None for whenever it does.
        confirm: Whether a send waits until the broker has the message.
        on_unsent: What is called where a send failed.
        wrong: What is wrong with the setting; then nothing else of it counts.
    """

    severities: Mapping[str, Severity] = MappingProxyType({})
    payload_budget: int = PAYLOAD_BUDGET
    within: float | None = None
    confirm: bool = False
    on_unsent: Callable[..., Any] | None = None
    wrong: str | None = None


def read_own(setting: Any, codes: Collection[str]) -> OwnSettings:
    """Return what *setting*, the value of ``app.conf.celerykit``, says; *codes* are the rules'."""
    if setting is None:
        return OwnSettings()
    if not is_mapping(setting):
        return OwnSettings(wrong=f"{shown(setting)} is not a dict")
    problem = (
        _unknown(setting)
        or _bad_severity(setting.get("severity") or {}, codes)
        or _bad_budget(setting.get("payload_budget", PAYLOAD_BUDGET))
        or _bad_within(setting.get("within"))
        or _bad_sending(setting)
    )
    if problem:
        return OwnSettings(wrong=problem)
    within: Any = setting.get("within")
    return OwnSettings(
        dict(setting.get("severity") or {}),
        setting.get("payload_budget", PAYLOAD_BUDGET),
        None if within is None else wait_of(within),
        setting.get("confirm", False),
        setting.get("on_unsent"),
    )


def _unknown(setting: Mapping[Any, Any]) -> str | None:
    for key in setting:
        if key not in _NAMES:
            meant = slip_of(key, _NAMES) if isinstance(key, str) else None
            return f"{shown(key)} is not a setting" + (f", but {meant!r} is" if meant else "")
    return None


def _bad_severity(severities: Any, codes: Collection[str]) -> str | None:
    if not is_mapping(severities):
        return f"severity={shown(severities)} is not a dict"
    for code, level in severities.items():
        if code not in codes:
            return f"there is no rule {shown(code)} whose level can be changed"
        if level not in _LEVELS:
            return f"severity {shown(level)} of {code} is not 'error', 'warning' or 'off'"
    return None


def _bad_budget(budget: Any) -> str | None:
    if not isinstance(budget, int) or isinstance(budget, bool) or budget < 1:
        return f"payload_budget={shown(budget)} is not a number of bytes"
    return None


def _bad_within(within: Any) -> str | None:
    try:
        if within is not None:
            wait_of(within)
    except (TypeError, ValueError) as error:
        return str(error)
    return None


def _bad_sending(setting: Mapping[Any, Any]) -> str | None:
    confirm, on_unsent = setting.get("confirm", False), setting.get("on_unsent")
    if not isinstance(confirm, bool):
        return f"confirm={shown(confirm)} is not True or False"
    return None if on_unsent is None else problem_of_hook(on_unsent)
