"""
Everything celerykit raises or warns.

::

    CelerykitError
    +- CallRejected(findings)            a rule refused the call; nothing left the process
    +- PublishError(outcome, cause)      it was not sent, or it is not known whether it was
    |  +- GroupPublishError              how many of many calls were sent, and how many were not
    +- ResultBackendNotConfigured        no result can be read: which app, which setting, why
    +- ResultUnavailable                 this result can never arrive, and why
    +- GatherError                       which of many tasks failed, and which are still missing
    +- ReadRefused(findings)             a rule refused to wait for a result
    CelerykitWarning(UserWarning)
    +- CallWarning                       a finding of level warning
    +- SettingsWarning                   settings that come too late to count
    +- BlockingGetWarning                a task waits for the result of another one
    +- GetWithoutTimeoutWarning          a read may wait for ever, and nobody wrote that it should
    +- GetInEventLoopWarning             a read stops a running asyncio loop
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, Final, Literal, TypeAlias, cast

from celerykit._backend import BackendProblem
from celerykit._findings import HIDDEN, Finding

__all__ = [
    "BlockingGetWarning",
    "CallRejected",
    "CallWarning",
    "CelerykitError",
    "CelerykitWarning",
    "GatherError",
    "GetInEventLoopWarning",
    "GetWithoutTimeoutWarning",
    "GroupPublishError",
    "PublishError",
    "ReadRefused",
    "ResultBackendNotConfigured",
    "ResultUnavailable",
    "SettingsWarning",
]

# What is given to a function by which nothing is sent.
_DECLARED: Final = frozenset({"allow", "app", "name"})


class CelerykitError(Exception):
    """The base of every error that celerykit raises itself."""


class CallRejected(CelerykitError):  # noqa: N818 - says what happened, as KeyboardInterrupt does
    """
    One or more rules refused a call before anything left the process.

    Attributes:
        findings: Every problem that was found, errors and warnings.
        place: Which one of many calls it was, in words; empty where there was one.
    """

    findings: tuple[Finding, ...]
    place: str

    def __init__(self, findings: tuple[Finding, ...], place: str = "") -> None:
        """Take every finding, in the order of the rules, and which one of many calls it was."""
        self.findings, self.place = _revived(findings), place
        super().__init__(*((self.findings, place) if place else (self.findings,)))

    def __str__(self) -> str:
        """Return the task, then one indented line for each finding."""
        if not self.findings:
            return "the call was not sent:"
        first = self.findings[0]
        # remote(), guard() and capture() send nothing themselves, as group() does.
        declares = first.task.endswith("()") and first.option in _DECLARED
        what = "refused" if declares else "not sent"
        place = self.place and f" ({self.place})"
        return _listed(f"{first.task} was {what}{place}:", self.findings)


Unsent: TypeAlias = Literal["not_sent", "unknown"]
Side: TypeAlias = Literal["broker", "result backend", "message", "configuration"]

# user:password@ in a URL, up to the last @: a password may have one that should have been escaped;
# and password=... as clients show their settings.
_PASSWORDS: Final = (
    re.compile(r"(?<=://)([^\s:@/]*):\S*(?=@)"),
    re.compile(r"(?i)(\b(?:password|passwd|secret|token)['\"]?\s*[=:]\s*)['\"]?[^\s'\",)}]+['\"]?"),
)


class PublishError(CelerykitError):
    """
    A call could not be handed over to the broker, or nobody knows whether it was.

    Attributes:
        outcome: ``"not_sent"``: the broker got nothing. ``"unknown"``: the answer was lost, so the
            task may run; sending it again may run it twice.
        cause: What happened, in words, with passwords masked. The exception itself is the
            ``__cause__``, which is left out when this is pickled.
        side: What failed: the ``"broker"``, or the ``"result backend"``; or the ``"message"``,
            which holds what cannot be written or names what does not exist, or the
            ``"configuration"`` of the broker, as a transport that does not exist or a driver that
            is not installed: to send it again is no use.
    """

    outcome: Unsent
    cause: str
    side: Side

    def __init__(self, outcome: Unsent, cause: BaseException | str, side: Side = "broker") -> None:
        """Take what is known, the exception or its words, and what failed."""
        text = cause if isinstance(cause, str) else f"{type(cause).__name__}: {cause}"
        text = without_passwords(" ".join(text.split()))
        super().__init__(outcome, text, side)
        self.outcome = outcome
        self.cause = text
        self.side = side

    def __str__(self) -> str:
        """Return what is known, why, and what that allows."""
        is_mistake = self.side in {"message", "configuration"}
        what = "is wrong" if is_mistake else "failed"
        why = f"the {self.side} {what}: {self.cause.rstrip(' .')}"
        if self.outcome == "not_sent":
            return f"not sent, and {'no use' if is_mistake else 'safe'} to send again: {why}"
        return (
            f"nobody knows whether it was sent: {why}. Sending it again may run it twice, so do "
            "that only for a task that may run twice."
        )


def without_passwords(text: str) -> str:
    """
    Return *text* with the passwords in it masked; for celerykit's own modules.

    :meta private:
    """
    text = _PASSWORDS[0].sub(rf"\1:{HIDDEN}", text)
    return _PASSWORDS[1].sub(rf"\1{HIDDEN}", text)


class GroupPublishError(PublishError):
    """
    Not all members of a group, or not all of many calls, could be handed over to the broker.

    Those that were sent run; ``BulkReport.of(error)`` tells which those are, and their ids.

    Attributes:
        outcome: ``"not_sent"``: the broker got none. ``"unknown"``: it got some, or may have.
        cause: As of ``PublishError``; and so is the *side*.
        sent: How many the broker has.
        unknown: How many it may have or may not: the answer was lost.
        not_sent: How many it has not.
    """

    sent: int
    unknown: int
    not_sent: int

    def __init__(
        self,
        cause: BaseException | str,
        sent: int,
        unknown: int,
        not_sent: int,
        side: Side = "broker",
    ) -> None:
        """Take what happened, the counts, and what failed."""
        super().__init__("unknown" if sent or unknown else "not_sent", cause, side)
        # By which it is made again.
        Exception.__init__(self, self.cause, sent, unknown, not_sent, side)
        self.sent, self.unknown, self.not_sent = sent, unknown, not_sent

    def __reduce__(self) -> tuple[Any, ...]:
        """Leave the report behind, which belongs to the process that sent."""
        return type(self), (self.cause, self.sent, self.unknown, self.not_sent, self.side)

    def __str__(self) -> str:
        """Return what is known, why, and what that allows."""
        if self.outcome == "not_sent":
            return super().__str__()
        total, cause = self.sent + self.unknown + self.not_sent, self.cause.rstrip(" .")
        return (
            f"of {total:,} calls {self.sent:,} were sent, {self.unknown:,} may have been, and "
            f"{self.not_sent:,} were not: {cause}. Sending all again runs again what was sent; "
            "BulkReport.of(error) tells which those are."
        )


class ResultBackendNotConfigured(CelerykitError):  # noqa: N818 - as above
    """
    Results are wanted, and cannot be read.

    Attributes:
        problem: Why, with the app, the setting, its value, where it was written and the remedy.
        task_id: The id of the call whose result was wanted; "" when it was no single one.
    """

    problem: BackendProblem
    task_id: str

    def __init__(self, problem: BackendProblem, task_id: str = "") -> None:
        """Take what is wrong, and the id of the call if it is about one."""
        self.problem = BackendProblem(*problem)  # a list after the JSON of a failed task's result
        super().__init__(self.problem, task_id)
        self.task_id = task_id

    def __str__(self) -> str:
        """Return which app lacks which setting, and the line to write."""
        wanted = f"the result of {self.task_id} cannot be read: " if self.task_id else ""
        return f"{wanted}{self.problem}"


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


class ReadRefused(CelerykitError):  # noqa: N818 - as above
    """
    A rule refused to wait for a result, in an app under ``guard(app, action="raise")``.

    The task whose result was wanted runs all the same.

    Attributes:
        findings: What was found.
    """

    findings: tuple[Finding, ...]

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Take what was found."""
        self.findings = _revived(findings)
        super().__init__(self.findings)

    def __str__(self) -> str:
        """Return the task that reads, then one indented line for each finding."""
        task = self.findings[0].task if self.findings else "the task"
        return _listed(f"{task} may not wait:", self.findings)


def _revived(findings: Iterable[Any]) -> tuple[Finding, ...]:
    """Return *findings*, which are dicts after the JSON of a failed task's result, or lost."""
    made = [
        Finding(**cast("dict[str, Any]", each)) if isinstance(each, dict) else each
        for each in findings
    ]
    return tuple(each for each in made if isinstance(each, Finding))


def _listed(headline: str, findings: tuple[Finding, ...]) -> str:
    more = [f"  Read more: {findings[0].read_more}"] if findings else []
    return "\n".join([headline, *(f"  {finding}" for finding in findings), *more])


class GatherError(CelerykitError):
    """
    Some of many tasks failed, or their results did not arrive in time.

    Attributes:
        total: How many results were waited for.
        failures: The exception of each task that failed, by its position.
        missing: The positions of the results that did not arrive.
    """

    total: int
    failures: Mapping[int, BaseException]
    missing: tuple[int, ...]

    def __init__(
        self, total: int, failures: Mapping[int, BaseException], missing: tuple[int, ...]
    ) -> None:
        """Take what there was to wait for, and what became of it."""
        self.total = total
        # JSON, which carries errors from workers, makes texts of the keys and a list of the rest.
        self.failures = {int(position): error for position, error in failures.items()}
        self.missing = (*missing,)
        super().__init__(self.total, self.failures, self.missing)

    def __str__(self) -> str:
        """Return the counts, and the first of each kind."""
        said: list[str] = []
        if self.failures:
            position = min(self.failures)
            first = self.failures[position]
            said.append(f"{len(self.failures)} failed (the first at {position}: {first!r})")
        if self.missing:
            said.append(f"{len(self.missing)} did not arrive (the first at {self.missing[0]})")
        return f"of {self.total} results {' and '.join(said)}"


class CelerykitWarning(UserWarning):
    """The base of every warning that celerykit issues."""


class CallWarning(CelerykitWarning):
    """
    A rule of level warning found something in a call that was sent all the same.

    ``warnings.filterwarnings("error", category=CallWarning)`` turns it into an error. Python's own
    ``-W`` cannot name it; pytest's can.
    """


class SettingsWarning(CelerykitWarning):
    """Settings come too late to count: what was made with the ones of before keeps those."""


class BlockingGetWarning(CelerykitWarning):
    """A task waits for the result of another one (CK402), as ``Handle.get()`` does."""


class GetWithoutTimeoutWarning(CelerykitWarning):
    """A read of a result may wait for ever, and nobody wrote ``timeout=None`` (CK403)."""


class GetInEventLoopWarning(CelerykitWarning):
    """A read of a result stops the asyncio event loop that runs in its thread (CK404)."""
