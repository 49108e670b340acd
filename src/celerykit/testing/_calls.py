"""The calls that were sent, and the assertions that a test makes of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any, Generic, TypeVar, cast, overload

from celerykit._flow import Call
from celerykit.testing._expected import Expected, expected_of, name_of
from celerykit.testing._report import not_found, not_one, unexpected
from celerykit.testing._sent_call import SentCall

__all__ = ["Calls"]

R = TypeVar("R")
R_co = TypeVar("R_co", covariant=True)


class Calls(Sequence[SentCall[R_co]], Generic[R_co]):
    """
    Calls that were sent, in their order, with the assertions that a test makes of them.

    A sequence: ``len()``, an index and a loop work, and each item is a ``SentCall``.
    """

    def __init__(self, calls: Sequence[SentCall[R_co]]) -> None:
        """Take the calls, as they are now."""
        self._calls = calls

    @property
    def calls(self) -> list[SentCall[R_co]]:
        """The calls as a list, to compare: ``sent.calls == [call(add, 2, 3).queue("high")]``."""
        return [*self._calls]

    @overload
    def __getitem__(self, index: int) -> SentCall[R_co]: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[SentCall[R_co]]: ...
    def __getitem__(self, index: int | slice) -> SentCall[R_co] | Sequence[SentCall[R_co]]:
        return self._calls[index]

    def __len__(self) -> int:
        return len(self._calls)

    def __iter__(self) -> Iterator[SentCall[R_co]]:
        return iter(self.calls)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.calls}>"

    # -- some of them

    @overload
    def of(self, task: Callable[..., R], /) -> Calls[R]: ...
    @overload
    def of(self, task: str, /) -> Calls[Any]: ...
    def of(self, task: Callable[..., Any] | str, /) -> Calls[Any]:
        """Return the calls of *task*, a task or its name."""
        name = name_of(task)
        return Calls([call for call in self.calls if call.task == name])

    def where(self, condition: Callable[[SentCall[R_co]], bool], /) -> Calls[R_co]:
        """Return the calls for which *condition* is true."""
        return Calls([call for call in self.calls if condition(call)])

    # -- assertions

    def _none(self) -> str:
        """Return what a failure says of these calls where they are none."""
        return "there is no call among those that were picked"

    @overload
    def one(self) -> SentCall[R_co]: ...
    @overload
    def one(self, task: Callable[..., R], /) -> SentCall[R]: ...
    @overload
    def one(self, task: str, /) -> SentCall[Any]: ...
    def one(self, *tasks: Any) -> SentCall[Any]:
        """
        Return the one call of *task*; without *task*, the one call.

        Raises:
            AssertionError: There is none, or more than one.
        """
        __tracebackhide__ = True
        found = self.of(*tasks).calls if tasks else self.calls
        if len(found) != 1:
            what = name_of(*tasks) if tasks else "a call"
            raise AssertionError(not_one(what, found, self.calls, self._none()))
        found[0].expect()
        return found[0]

    @overload
    def assert_sent(
        self, call: Call[R], /, *, tolerance: timedelta | None = None
    ) -> SentCall[R]: ...
    @overload
    def assert_sent(
        self,
        task: Callable[..., R],
        /,
        *args: Any,
        tolerance: timedelta | None = None,
        **expected: Any,
    ) -> SentCall[R]: ...
    @overload
    def assert_sent(
        self, task: str, /, *args: Any, tolerance: timedelta | None = None, **expected: Any
    ) -> SentCall[Any]: ...
    def assert_sent(
        self, task: Any, /, *args: Any, tolerance: timedelta | None = None, **expected: Any
    ) -> SentCall[Any]:
        """
        Assert that such a call was sent, and return it; of several, the first.

        Args:
            task: A task, its name, or a ``Call`` with all that is expected.
            *args: Its arguments: all of them, or none where any will do. An object that equals
                what it likes (``unittest.mock.ANY``) may stand for one.
            tolerance: By how much times may differ. Without it, a time has to be the one that the
                caller wrote; one that has to be worked out, such as the eta of a countdown, may
                differ by a second.
            **expected: Arguments by name; every other keyword is an option: queue, countdown, eta,
                expires, priority, headers and so on. Options not named here may be any.

        Raises:
            AssertionError: There is no such call. The message lists all, and in what they differ.
            TypeError: The task cannot take these arguments.
        """
        __tracebackhide__ = True
        wanted = expected_of(task, args, expected, tolerance)
        return self._found(wanted)[0]

    def _found(self, wanted: Expected) -> list[SentCall[Any]]:
        __tracebackhide__ = True
        found = [call for call in self.calls if not wanted.mismatches(call)]
        if not found:
            raise AssertionError(not_found(wanted, self.calls, self._none()))
        for call in found:
            call.expect()
        return cast("list[SentCall[Any]]", found)

    @overload
    def assert_only(
        self, call: Call[R], /, *, tolerance: timedelta | None = None
    ) -> SentCall[R]: ...
    @overload
    def assert_only(
        self,
        task: Callable[..., R],
        /,
        *args: Any,
        tolerance: timedelta | None = None,
        **expected: Any,
    ) -> SentCall[R]: ...
    @overload
    def assert_only(
        self, task: str, /, *args: Any, tolerance: timedelta | None = None, **expected: Any
    ) -> SentCall[Any]: ...
    def assert_only(
        self, task: Any, /, *args: Any, tolerance: timedelta | None = None, **expected: Any
    ) -> SentCall[Any]:
        """
        Assert that such a call was sent, once, and nothing else; as ``assert_sent()``.

        To assert on several calls, compare: ``sent.calls == [call(...), call(...)]``.
        """
        __tracebackhide__ = True
        wanted = expected_of(task, args, expected, tolerance)
        found = self._found(wanted)
        if len(self) != 1:
            raise AssertionError(unexpected(self.calls, f"only {wanted}"))
        return found[0]

    def assert_nothing_unexpected(self) -> None:
        """
        Assert that a test has asserted on every call, but for those that tasks have sent.

        ``one()``, ``assert_sent()``, ``assert_only()``, comparing with a ``Call`` and
        ``SentCall.expect()`` count; looking at a call does not.

        Raises:
            AssertionError: There are others. The message lists them.
        """
        __tracebackhide__ = True
        left = [
            call
            for call in self.calls
            if not call.is_expected and call.message["headers"].get("parent_id") is None
        ]
        if left:
            raise AssertionError(unexpected(left, "nothing that the test does not assert on"))

    def assert_nothing_sent(self) -> None:
        """
        Assert that there is no call.

        Raises:
            AssertionError: There are some. The message lists them.
        """
        __tracebackhide__ = True
        if self.calls:
            raise AssertionError(unexpected(self.calls))
