"""What an app's configuration says, and where each setting was written: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple, TypeAlias

__all__ = ["Setting", "Settings", "Source"]

# In the order in which Celery asks: the first one that says something wins.
Source: TypeAlias = Literal["environment", "code", "file", "default"]


class Setting(NamedTuple):
    """
    One setting.

    Attributes:
        name: Celery's name of it, in lower case, or what was written if Celery knows no such one.
        value: What it is set to.
        source: ``"environment"``, ``"code"`` (``Celery(...)`` or ``app.conf``), ``"file"`` (the
            configuration object or module) or ``"default"``.
        where: The same in words, with the name as it is written there.
        text: The value as it may be shown: short, and without secrets.
        shadowed: The setting over which the environment wins, if there is one.
        key: The name as it is written there; "" for a default.
    """

    name: str
    value: Any
    source: Source
    where: str
    text: str
    shadowed: Setting | None = None
    key: str = ""


@dataclass(frozen=True)
class Settings:
    """
    All settings of an app.

    Attributes:
        namespace: With what the names in the configuration file begin, ``"CELERY_"`` for example.
        known: Each setting that Celery knows, by its name.
        unknown: What was written beside them, and Celery does not know.
        file: How the configuration object or module is called; "" when there is none.
        old_names: The names of Celery 3 by those of today, when the configuration is written in
            them: Celery refuses to mix the two.
    """

    namespace: str | None
    known: Mapping[str, Setting]
    unknown: tuple[Setting, ...]
    file: str = ""
    old_names: Mapping[str, str] = field(default_factory=dict[str, str])

    def __getitem__(self, name: str) -> Setting:
        """Return the setting called *name* by Celery."""
        return self.known[name]

    def spelled(self, name: str) -> str:
        """Return what this project writes for the setting that Celery calls *name*."""
        if not self.file:
            return f"app.conf.{name}"
        if self.namespace:
            whole = self.namespace + name
            return whole.upper() if self.namespace.isupper() else whole.lower()
        return self.old_names.get(name, name)
