"""Why the results of an app cannot be read: plain values, and the same words everywhere."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

__all__ = ["UNMADE", "BackendProblem", "Kind"]

Kind: TypeAlias = Literal[
    "none",
    "misnamed",
    "overridden",
    "too-late",
    "fallback-app",
    "unknown",
    "no-driver",
    "malformed",
    "no-chords",
    "one-process",
    "one-client",
    "ignored",
]

# With these Celery cannot make the backend: even a call that wants no result fails.
UNMADE: Final[frozenset[Kind]] = frozenset({"unknown", "no-driver", "malformed"})


class BackendProblem(NamedTuple):
    """
    Why results cannot be read.

    Attributes:
        kind: ``"none"``: no result backend is configured. ``"misnamed"``: one is, under a name
            that Celery does not read. ``"overridden"``: the environment takes it away.
            ``"too-late"``: it was set after the app had made its backend. ``"fallback-app"``:
            Celery made the app up. ``"unknown"``: there is no such backend. ``"no-driver"``: a
            package is missing. ``"malformed"``: its URL or options cannot be read.
            ``"no-chords"``: it cannot run chords. ``"one-process"`` and ``"one-client"``: only the
            process that ran the task, or the one that sent the call, can read it. ``"ignored"``:
            the task or the call keeps no result.
        app: The app, and how it was found: ``"the app 'shop' (Celery's current app)"``.
        setting: The setting at fault, by Celery's name or as it was written.
        value: Its ``repr``, shortened and without secrets.
        where: Where it was written.
        says: What is wrong, as a sentence that begins with the app and has no full stop.
        remedy: What to do, likewise.
    """

    kind: Kind
    app: str
    setting: str
    value: str
    where: str
    says: str
    remedy: str

    @property
    def message(self) -> str:
        """What is wrong, in one sentence without its full stop."""
        return f"{self.app} {self.says}"

    def __str__(self) -> str:
        """Return what is wrong and the way out, in one line."""
        end = "" if self.remedy.endswith("?") else "."
        return f"{self.message}. {self.remedy}{end}"
