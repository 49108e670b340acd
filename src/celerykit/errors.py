"""
Everything celerykit raises or warns.

::

    CelerykitError
    +- CallRejected(findings)            a rule refused the call; nothing left the process
    +- ResultBackendNotConfigured        no result can be read: which app, which setting
    +- ResultUnavailable                 this result can never arrive, and why
    CelerykitWarning(UserWarning)
    +- CallWarning                       a finding of level warning
"""

from __future__ import annotations

from celerykit._findings import Finding

__all__ = [
    "CallRejected",
    "CallWarning",
    "CelerykitError",
    "CelerykitWarning",
    "ResultBackendNotConfigured",
    "ResultUnavailable",
]


class CelerykitError(Exception):
    """The base of every error that celerykit raises itself."""


class CallRejected(CelerykitError):  # noqa: N818 - says what happened, as KeyboardInterrupt does
    """
    One or more rules refused a call before anything left the process.

    Attributes:
        findings: Every problem that was found, errors and warnings.
    """

    findings: tuple[Finding, ...]

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Take every finding, in the order of the rules."""
        super().__init__(findings)
        self.findings = findings

    def __str__(self) -> str:
        """Return the task, then one indented line for each finding."""
        task = self.findings[0].task if self.findings else "the call"
        lines = [f"{task} was not sent:", *(f"  {finding}" for finding in self.findings)]
        if self.findings:
            lines.append(f"  Read more: {self.findings[0].read_more}")
        return "\n".join(lines)


class ResultBackendNotConfigured(CelerykitError):  # noqa: N818 - as above
    """
    A result was asked for, but its app keeps none.

    Attributes:
        task_id: The id of the call whose result was wanted.
        app: How the app is known: its name and what it was found through.
        value: The ``repr`` of the setting ``result_backend`` as the app has it.
    """

    task_id: str
    app: str
    value: str

    def __init__(self, task_id: str, app: str, value: str) -> None:
        """Take the id of the call, the app and its setting."""
        super().__init__(task_id, app, value)
        self.task_id = task_id
        self.app = app
        self.value = value

    def __str__(self) -> str:
        """Return which app lacks which setting, and the line to write."""
        return (
            f"the result of {self.task_id} cannot be read: {self.app} has "
            f"result_backend={self.value}. Write for example "
            "app.conf.result_backend = 'redis://localhost:6379/1' before the first call, "
            "and start the workers with it too."
        )


class ResultUnavailable(CelerykitError):  # noqa: N818 - as above
    """
    A result can never arrive, for the reason given.

    Attributes:
        task_id: The id of the call whose result was wanted.
        reason: Why it cannot arrive, and what to do instead.
    """

    task_id: str
    reason: str

    def __init__(self, task_id: str, reason: str) -> None:
        """Take the id of the call and the reason."""
        super().__init__(task_id, reason)
        self.task_id = task_id
        self.reason = reason

    def __str__(self) -> str:
        """Return the id and the reason."""
        return f"the result of {self.task_id} is not available: {self.reason}"


class CelerykitWarning(UserWarning):
    """The base of every warning that celerykit issues."""


class CallWarning(CelerykitWarning):
    """
    A rule of level warning found something in a call that was sent all the same.

    ``warnings.filterwarnings("error", category=CallWarning)`` turns it into an error. Python's own
    ``-W`` cannot name it; pytest's can.
    """
