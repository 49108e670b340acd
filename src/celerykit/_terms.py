"""How a send has to end: in what time, how surely, and what is done where it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, cast

from celerykit._findings import shown
from celerykit._hook import problem_of_hook
from celerykit._unset import UNSET, Unset
from celerykit._values import wait_of

if TYPE_CHECKING:
    from celerykit._facts import AppFacts
    from celerykit._handle import Handle
    from celerykit.errors import PublishError

__all__ = ["ORDINARY", "Answer", "Settled", "Terms", "terms_of"]

# What a hook answers: True has taken care of the call; a handle takes the place of the call's own.
Answer: TypeAlias = "Handle[Any] | bool | None"


class Settled(NamedTuple):
    """The terms of one send, as they hold."""

    within: float | None
    confirm: bool
    on_unsent: Callable[[Any, PublishError], Answer] | None


class Terms(NamedTuple):
    """
    What one send was told; what it was not told is the app's to say.

    Attributes:
        within: After how many seconds it has to have ended; None for whenever it does.
        confirm: Whether it waits until the broker has the message.
        on_unsent: What is called where it fails.
    """

    within: float | Unset | None = UNSET
    confirm: bool | Unset = UNSET
    on_unsent: Callable[[Any, PublishError], Answer] | Unset | None = UNSET

    def settled(self, facts: AppFacts) -> Settled:
        """Return these with what the app says where the call says nothing."""
        return Settled(
            facts.within if self.within is UNSET else self.within,
            facts.confirm if self.confirm is UNSET else self.confirm,
            facts.on_unsent if self.on_unsent is UNSET else self.on_unsent,
        )


ORDINARY: Final = Terms()


def terms_of(within: Any, confirm: Any, on_unsent: Any) -> Terms:
    """
    Return the terms of a send as its caller wrote them.

    Raises:
        TypeError: One of them is of another type, or the hook does not take two arguments.
        ValueError: *within* is not more than 0, or not finite.
    """
    if within is UNSET and confirm is UNSET and on_unsent is UNSET:
        return ORDINARY
    if within is not UNSET and within is not None:
        within = wait_of(within)
    if confirm is not UNSET and not isinstance(confirm, bool):
        message = f"confirm={shown(confirm)} is not True or False"
        raise TypeError(message)
    if on_unsent is not UNSET and on_unsent is not None:
        problem = problem_of_hook(on_unsent)
        if problem:
            raise TypeError(problem)
    return Terms(within, confirm, cast("Any", on_unsent))
