"""One read of a result as the rules see it: plain values, whoever reads."""

from __future__ import annotations

from typing import NamedTuple

__all__ = ["Read"]


class Read(NamedTuple):
    """
    One read of a result, about to begin.

    Attributes:
        call: What reads, as the caller wrote it: ``"AsyncResult.get()"``.
        running: The name of the task that reads; None outside a task.
        certain: Whether that task is known to read, or only to run in the same process.
        awaited: The names of the tasks whose results are wanted, as far as they are known.
        queues: The queues that they were sent to, as far as they are known.
        ids: The ids of the results that may still have to be waited for.
        bounded: Whether a timeout was written, be it None.
        in_loop: Whether an asyncio event loop runs in this thread.
        polls: How often the task has looked at this line for a result that was not there; 0 for a
            read that waits.
    """

    call: str
    running: str | None = None
    certain: bool = True
    awaited: tuple[str, ...] = ()
    queues: tuple[str, ...] = ()
    ids: tuple[str, ...] = ()
    bounded: bool = True
    in_loop: bool = False
    polls: int = 0

    @property
    def wanted(self) -> str:
        """The tasks that are waited for, in words."""
        known = ", ".join(self.awaited) or ("another task" if len(self.ids) <= 1 else "")
        count = f"{len(self.ids)} tasks" if len(self.ids) > 1 else ""
        who = ": ".join(filter(None, (count, known)))
        if not self.queues:
            return who
        where = ", ".join(map(repr, self.queues))
        return f"{who} (queue{'s' if len(self.queues) > 1 else ''} {where})"
