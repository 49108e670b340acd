"""Whether the rules let a call pass, asked once for all calls that the answer cannot differ for."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from celerykit._call import Order
from celerykit._examine import (
    Examined,
    decide,
    destination_wanted,
    examined,
    secrets_shown,
    target_in,
)
from celerykit._facts import AppFacts
from celerykit._findings import Finding
from celerykit._request import Request
from celerykit._targets import Local
from celerykit._vocabulary import OPTION_WORDS, SECRETS
from celerykit.errors import CallRejected, CallWarning
from celerykit.rules import at_arguments, bad_arguments

__all__ = ["Judge", "RefusedError"]

# What the rules say of these is another matter for each call, or each moment.
_EACH: Final = frozenset({"link", "link_error", "task_id", "redact", "stamp"})

# What is shown in full takes less than this in JSON.
_SHORT_BYTES: Final = 16_000


class RefusedError(Exception):
    """A rule refused a call; for celerykit's own modules."""

    findings: tuple[Finding, ...]

    def __init__(self, findings: tuple[Finding, ...]) -> None:
        """Take what was found."""
        super().__init__(findings)
        self.findings = findings


class Judge:
    """
    Asks the rules about calls of one task with the same options.

    What they say of the options is asked once, as long as the app's facts are the same. Of the
    arguments they are asked each time, unless those are numbers and short texts.
    """

    def __init__(self, order: Order) -> None:
        """Judge calls that differ from *order* in their arguments only."""
        self._target = target = target_in(order)
        self._options = order.options
        self._bare = not SECRETS.isdisjoint(target.contract.shape.positional)
        self._facts: AppFacts | None = None
        self._usual: Examined | None = None
        self._known: dict[str, Any] = {"local": isinstance(target, Local)}
        if isinstance(target, Local):
            self._known["serializer"] = target.task.serializer
            self._known["takes_models"] = target.takes_models
            self._known["rewrites"] = target.rewrites

    def assume(self, facts: AppFacts) -> None:
        """Know that these are the app's facts now."""
        if facts is not self._facts:
            self._facts, self._usual = facts, None

    def examined(self, order: Order, *, plain: bool) -> Examined:
        """
        Return *order*, or one that differs in its arguments only, as the rules let it pass.

        *plain* says that the arguments are such that no rule objects to their values.

        Raises:
            RefusedError: They did not.
        """
        usual = self._usual
        if usual is not None and self._is_usual(order.args, order.kwargs, plain=plain):
            return usual
        found = examined(order, alone=True)
        if found.findings:
            try:
                decide(found.findings)
            except (CallRejected, CallWarning) as refusal:
                raise RefusedError(tuple(found.findings)) from refusal
        elif self._may_keep(found.facts) and self._facts is found.facts:
            self._usual = found
        return found

    def refuse_mismatch(self, args: tuple[Any, ...]) -> None:
        """Raise RefusedError if the task cannot take *args*, as ``call()`` does."""
        contract = self._target.contract
        why = contract.mismatch(args, {})
        if why is not None:
            names = contract.names() or ()
            raise RefusedError((bad_arguments(self._target.name, why, names),))

    def _may_keep(self, facts: AppFacts) -> bool:
        options = self._options
        if not _EACH.isdisjoint(options):
            return False
        if any(isinstance(value, datetime) for value in options.values()):
            return False
        # A router may look at the arguments.
        return not (facts.has_routes and destination_wanted(options, facts))

    def _is_usual(self, args: tuple[Any, ...], kwargs: Mapping[str, Any], *, plain: bool) -> bool:
        if kwargs and not (OPTION_WORDS.isdisjoint(kwargs) and SECRETS.isdisjoint(kwargs)):
            return False
        if self._bare and secrets_shown(self._target.contract, args, kwargs, self._options):
            return False
        facts = self._facts
        if facts is None or (plain and facts.payload_budget >= _SHORT_BYTES):
            return facts is not None
        asked = Request(self._target.name, args, kwargs, self._options, **self._known)
        return not at_arguments(asked, facts)
