"""Mistakes in what rules may say and where they watch. Read by checkers, never run: each is one."""

from __future__ import annotations

from celery import Celery

from celerykit import Guard, call, guard, step, typed_app

celery_app = Celery("shop")
app = typed_app(celery_app)


@app.task
def add(x: int, y: int) -> int:
    return x + y


it = call(add, 1, 2)
watching = guard(app)


def what_is_watched() -> None:
    guard()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    guard("x")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # an app, not its name
    guard(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    guard(it)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    guard([app])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    guard(app, app)  # type: ignore[arg-type,call-arg]  # pyright: ignore[reportCallIssue]  # one app, one guard


def how_it_is_watched() -> None:
    guard(app, "raise")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    guard(app, action="refuse")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    guard(app, action=True)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    guard(app, action=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    guard(app, allow=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    guard(app, allow=[302])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    guard(app, allow=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    guard(app, ignore=["CK302"])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    guard(celery_app, action="refuse")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    guard(celery_app, allow=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def a_guard() -> None:
    Guard()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Guard(app)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    watching.remove(app)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    watching.allow("CK302")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # guard(allow=...)
    watching.send_task("shop.add")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    watching.action = "refuse"  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    watching.allowed = ["CK302"]  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]
    watching.actions = "raise"  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    watching(app)  # type: ignore[operator]  # pyright: ignore[reportCallIssue]
    with watching:  # type: ignore[attr-defined]  # pyright: ignore[reportGeneralTypeIssues]
        pass
    text: str = guard(app)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    use(text)


@guard  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
def decorated() -> None:
    pass


def rules_that_may_not_object() -> None:
    it.allow(302)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.allow(["CK302"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.allow(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.allow(codes="CK302")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.allowed("CK302")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    it.options(allow=["CK302"])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    step(add, 2).allow(302)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    step(add, 2).allow("CK302").send()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    text: str = it.allow("CK302").send().get(timeout=5)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    use(text)


def use(*_values: object) -> None:
    """Take what a case has made."""
