"""What a rule says: one problem, with its code, its value and the way out."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any, Final, Literal, NamedTuple, TypeAlias

__all__ = ["HIDDEN", "Finding", "Level", "Rule", "Stage", "shown"]

Level: TypeAlias = Literal["error", "warning"]
Stage: TypeAlias = Literal["build", "send", "app", "live", "read"]

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
    One problem with one call, or with the configuration of an app.

    Attributes:
        code: The rule's code, for example ``"CK205"``. Codes are never reused.
        name: The rule's name in words, for example ``"naive-time"``.
        level: ``"error"`` refuses the call, ``"warning"`` only warns.
        task: The name of the task, or a description where there is none; "" when it is about the
            configuration as a whole.
        option: The option, argument or setting at fault, or "" when it is the call as a whole.
        value: The ``repr`` of the value at fault, shortened; "" when there is none. That of a
            setting is without its secrets.
        message: What is wrong, in one sentence without its full stop.
        remedy: What to write instead, likewise.
        where: Where the setting or the task was written; "" for a call.
    """

    code: str
    name: str
    level: Level
    task: str
    option: str
    value: str
    message: str
    remedy: str
    where: str = ""

    @property
    def read_more(self) -> str:
        """The command that prints the page of this rule."""
        module = f"{self.code.lower()}_{self.name.replace('-', '_')}"
        return f"python -m pydoc celerykit.rules.{module}"

    def at(self, level: Level) -> Finding:
        """Return this finding with another level."""
        return replace(self, level=level)

    def __json__(self) -> dict[str, str]:
        """Return it as kombu writes it in JSON: an error that a task raises may hold findings."""
        return asdict(self)

    def __str__(self) -> str:
        """Return code, problem and remedy in one line."""
        end = "" if self.remedy.endswith("?") else "."
        return f"{self.code} {self.message}. {self.remedy}{end}"


class Rule(NamedTuple):
    """
    The catalogue entry of a rule.

    Attributes:
        code: ``CK`` and three digits; never reused.
        name: A few words joined by hyphens; the rule's module is called after both.
        level: What a finding does to the call.
        stage: ``"build"`` when the call's own values decide, at the line that writes them;
            ``"send"`` when the app's configuration, or the clock, has a say; ``"app"`` when the
            configuration alone shows it, whatever is called; ``"live"`` when broker, result backend
            and workers have to be asked; ``"read"`` when it is about reading a result.
        watches: The options whose presence makes the rule worth asking; "*" for any that has no
            method, "**" for a keyword argument that is called like an option, "arguments" for any
            that is more than a number or a short text, "place" for a doubtful one in a flow; empty
            for every call.
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
