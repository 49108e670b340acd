"""Mistakes in waiting for results. Read by checkers, never run: each must be found."""

from __future__ import annotations

from celerykit import BlockingGetWarning, ReadRefused, allow_blocking_get, errors


def not_like_this() -> None:
    allow_blocking_get(True)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    allow_blocking_get("CK402")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    with allow_blocking_get:  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass
    with allow_blocking_get() as wait:
        wait.seconds()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


async def no_async_form() -> None:
    async with allow_blocking_get():  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass


@allow_blocking_get()  # type: ignore[operator]  # pyright: ignore[reportCallIssue, reportUntypedFunctionDecorator]
def no_decorator() -> None:
    pass


def refusals() -> None:
    ReadRefused("no")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ReadRefused()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    refusal: type[errors.CelerykitError] = BlockingGetWarning  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    warning: type[errors.CelerykitWarning] = ReadRefused  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    use(refusal, warning)


def use(*_values: object) -> None:
    """Take what a case has made."""
