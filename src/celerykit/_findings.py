"""What a rule says: one problem, with its code, its value and the way out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Final, Literal, TypeAlias

__all__ = ["HIDDEN", "Finding", "Level", "Rule", "Stage", "shown"]

Level: TypeAlias = Literal["error", "warning"]
Stage: TypeAlias = Literal["build", "send"]

_WIDTH: Final = 80


class _Hidden:
    """Stands for a redacted value; its repr is three stars, without quotes."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "***"


HIDDEN: Final = _Hidden()


def shown(value: Any) -> str:
    """Return the ``repr`` of *value*, shortened to fit one line; its type where it has none."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001 - an int of 5000 digits, or a class of the caller's own
        text = f"<{type(value).__name__}>"
    return text if len(text) <= _WIDTH else f"{text[: _WIDTH - 3]}..."


@dataclass(frozen=True)
class Finding:
    """
    One problem with one call.

    Attributes:
        code: The rule's code, for example ``"CK205"``. Codes are never reused.
        name: The rule's name in words, for example ``"naive-time"``.
        level: ``"error"`` refuses the call, ``"warning"`` only warns.
        task: The name of the task, or a description where there is none.
        option: The option or argument at fault, or "" when it is the call as a whole.
        value: The ``repr`` of the value at fault, shortened; "" when there is none.
        message: What is wrong, in one sentence without its full stop.
        remedy: What to write instead, likewise.
    """

    code: str
    name: str
    level: Level
    task: str
    option: str
    value: str
    message: str
    remedy: str

    @property
    def read_more(self) -> str:
        """The command that prints the page of this rule."""
        module = f"{self.code.lower()}_{self.name.replace('-', '_')}"
        return f"python -m pydoc celerykit.rules.{module}"

    def at(self, level: Level) -> Finding:
        """Return this finding with another level."""
        return replace(self, level=level)

    def __str__(self) -> str:
        """Return code, problem and remedy in one line."""
        end = "" if self.remedy.endswith("?") else "."
        return f"{self.code} {self.message}. {self.remedy}{end}"


@dataclass(frozen=True)
class Rule:
    """
    The catalogue entry of a rule.

    Attributes:
        code: ``CK`` and three digits; never reused.
        name: A few words joined by hyphens; the rule's module is called after both.
        level: What a finding does to the call.
        stage: ``"build"`` when the call's own values decide, at the line that writes them;
            ``"send"`` when the app's configuration, or the clock, has a say.
        watches: The options whose presence makes the rule worth asking; "*" for any that has no
            method, "**" for a keyword argument that is called like an option, "arguments" for any
            that is more than a number or a short text; empty for every call.
        again: For a rule of stage ``"build"``: the options whose presence makes it worth asking
            once more at the send, when the time is known.
        fixed: Whether its level cannot be changed, by a project or a call: what it refuses has
            no meaning, or stops workers.
    """

    code: str
    name: str
    level: Level
    stage: Stage
    watches: frozenset[str]
    again: frozenset[str] = frozenset()
    fixed: bool = False

    def found(self, task: str, option: str, value: Any, message: str, remedy: str) -> Finding:
        """Return a finding of this rule."""
        text = "" if value is None else shown(value)
        return Finding(self.code, self.name, self.level, task, option, text, message, remedy)
