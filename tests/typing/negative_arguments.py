"""Mistakes in the arguments of a task. Read by checkers, never run: each must be found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from celery import Celery

from celerykit import (
    RemoteTask,
    Service,
    TypedTask,
    call,
    remote,
    retype,
    shared_task,
    step,
    typed_app,
    untyped,
)

app = typed_app(Celery("shop"))


class Dog:
    """A class for arguments."""


@app.task
def add(x: int, y: int) -> int:
    return x + y


@app.task
def show(number: int) -> str:
    return str(number)


@app.task
def tick() -> None:
    pass


@app.task
def total(*numbers: int) -> int:
    return sum(numbers)


@app.task
def tagged(name: str, /, **tags: int) -> int:
    return len(name) + len(tags)


@app.task(name="shop.keyword_only")
def keyword_only(*, size: int, color: str = "red") -> str:
    return color * size


@app.task
def walk(dogs: Sequence[Dog]) -> int:
    return len(dogs)


@app.task(bind=True)
def bound(self: Any, x: int) -> str:
    return str(self.name) * x


@shared_task
def mail(to: str) -> bool:
    return bool(to)


@shared_task(bind=True, max_retries=3)
def shared_bound(self: Any, x: int) -> str:
    return str(self.name) * x


def plain(x: int) -> str:
    return str(x)


def nothing() -> None:
    pass


@remote("billing.multiply", app=app)
def multiply(x: int, y: int = 1) -> float:
    raise NotImplementedError


class Billing(Service, prefix="billing"):
    """A service with one task."""

    def charge(self, user: int, cents: int) -> str:
        """Charge a user."""
        raise NotImplementedError


billing = Billing(app)
unknown: Any = None


def arguments_of_a_call() -> None:
    call(add, 1, "2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # wrong type
    call(add, 1, y=None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(add, x=1.5, y=2)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(add, 1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # missing
    call(add, 1, 2, 3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # too many
    call(add, 1, z=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # unknown name
    call(add, 1, 2, y=3)  # type: ignore[misc]  # pyright: ignore[reportCallIssue]  # twice
    call(tick, 1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    call(total, 1, "2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(total, numbers=[1, 2])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    call(tagged, "a", size="big")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(tagged, 1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(keyword_only, 1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    call(keyword_only, color="blue")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    call(keyword_only, size="big")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(walk, ["rex"])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    call(walk, Dog())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(mail, 1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(mail)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def habits_from_celery() -> None:
    call(add, (1, 2))  # type: ignore[arg-type,call-arg]  # pyright: ignore[reportCallIssue]  # as apply_async takes them
    call(add, args=(1, 2))  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    call(add, 1, 2, queue="high")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # an option among the arguments
    call(add, 1, 2, countdown=10)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    call("shop.add", 1, 2)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]  # a name
    call(add(1, 2))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]  # called too early
    call(add.name)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    call()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    step()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    add(1, "2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    add.delay(1, "2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    add.delay(1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    add.si(1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    mail.delay(to=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def bound_tasks() -> None:
    call(bound, app, 1)  # type: ignore[arg-type,call-arg]  # pyright: ignore[reportCallIssue]  # Celery passes self
    call(bound, self=None, x=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    call(bound)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    call(shared_bound, None, 1)  # type: ignore[arg-type,call-arg]  # pyright: ignore[reportCallIssue]
    call(shared_bound, "1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    app.task(bind=True)(nothing)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # nothing takes self
    shared_task(bind=True)(nothing)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def decorators() -> None:
    app.task("shop.plain")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]  # name=
    app.task(plain, 1)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    app.task(name="shop.plain")("plain")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    shared_task("shop.plain")  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    typed_app()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    retype(unknown)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # like= is missing
    retype(unknown, plain)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    retype(unknown, like="plain")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(retype(unknown, like=plain), "1")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(retype(unknown, like=plain), 1, 2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    untyped(plain)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]  # not a task
    untyped(multiply)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]


def arguments_of_a_step() -> None:
    step(add, "2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the second argument is an int
    step(add)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the second argument is missing
    step(add, 1, 2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the first comes by itself
    step(add, x=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    step(add, z=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    step(tick)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # takes no value
    step(keyword_only, size=1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]  # takes no value by position
    step(show, queue="high")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    step(bound, app)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    step(billing.charge, "1250")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    step("shop.add", 2)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]


def tasks_elsewhere() -> None:
    call(multiply, "2")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(multiply)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    call(multiply, 1, 2, 3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    call(multiply, 1, z=2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    multiply.delay(1)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # sent by call() only
    call(billing.charge, 7)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    call(billing.charge, "7", 1250)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(billing.charge, 7, euros=12)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    call(billing.discharge, 7)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownArgumentType, reportUnknownMemberType]  # no such task
    call(Billing.charge, 7, 1250)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # the class, not a service
    remote(plain)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the name is missing
    remote()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    remote("billing.plain", application=app)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    remote("billing.plain")("plain")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Billing(application=app)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


class NumberForPrefix(Service, prefix=1):  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportGeneralTypeIssues]
    """A prefix is a string."""


def annotated() -> None:
    fewer: TypedTask[[int], int] = add  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    other_result: TypedTask[[int, int], str] = add  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    other_callable: Callable[[str], str] = show  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    not_remote: RemoteTask[[int], str] = show  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    other_remote: RemoteTask[[], float] = multiply  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    other_like: TypedTask[[str], str] = retype(unknown, like=plain)  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
    use(fewer, other_result, other_callable, not_remote, other_remote, other_like)
    add.name = 7  # type: ignore[assignment]  # pyright: ignore[reportAttributeAccessIssue]


def use(*_values: object) -> None:
    """Take what a case has made."""
