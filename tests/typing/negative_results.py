"""Mistakes in what a call does and gives. Read by checkers, never run: each must be found."""

from __future__ import annotations

from datetime import datetime, timezone

from celery import Celery

from celerykit import (
    Call,
    CallRejected,
    Finding,
    Handle,
    Priority,
    RemoteTask,
    ResultUnavailable,
    Step,
    call,
    errors,
    step,
    typed_app,
)

app = typed_app(Celery("shop"))


class Animal:
    """A class for arguments and results."""


class Dog(Animal):
    """A class below it."""


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
def mail(to: str) -> bool:
    return bool(to)


@app.task
def find(name: str) -> Animal | None:
    return Animal() if name else None


@app.task
def adopt() -> Animal:
    return Animal()


@app.task
def walk(dog: Dog) -> None:
    use(dog)


it = call(add, 1, 2)


def what_follows() -> None:
    it.link(step(mail))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # an int is no str
    it.link(step(show), step(mail))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.link(step(add, 1), call(tick), step(mail))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.link(step(show).link(step(show)))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.queue("high").link(step(mail))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    call(tick).link(step(show))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # None is no int
    call(adopt).link(step(walk))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # not every animal is a dog
    call(find, "rex").link(step(walk))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    step(add, 2).link(step(mail))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.link(show)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # step(show)
    it.link("shop.show")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.link(show(1))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.link(it.send())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.link([step(show)])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.link(None)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.link_error(step(show))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]  # the id is a str
    it.link_error(step(add, 2))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.link_error("shop.log")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    it.link_error([call(tick)])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def sending() -> None:
    it.send(queue="high")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # .queue("high")
    it.send(10)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.apply(1, 2)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.check("queue")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    it.get(timeout=5)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # of the handle
    it.delay()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    it.apply_async()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    it(1, 2)  # type: ignore[operator]  # pyright: ignore[reportCallIssue]
    step(add, 2).send()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]  # waits for a value
    step(add, 2).apply()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    step(add, 2).check()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    step(add, 2).get(timeout=5)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]


async def awaiting() -> None:
    await it  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]
    await it.send()  # type: ignore[misc]  # pyright: ignore[reportGeneralTypeIssues]


def reading(handle: Handle[int]) -> None:
    handle.get()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]  # timeout has to be written
    handle.get("5")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    handle.get(timeout=datetime.now(timezone.utc))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    handle.get(timeout=5, interval=1)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    handle.result  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    handle.send()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    handle.queue("high")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    len(handle.get(timeout=5))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    handle.get(timeout=5).upper()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    handle.get(timeout=5) + "1"  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnusedExpression]
    call(find, "rex").send().get(timeout=5).bark()  # type: ignore[union-attr]  # pyright: ignore[reportAttributeAccessIssue, reportOptionalMemberAccess, reportUnknownMemberType]
    use(handle + 1)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownArgumentType]
    use(int(handle))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    use(list(handle))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportUnknownArgumentType]


def other_types(
    animal: Call[Animal],
    animal_sent: Handle[Animal],
    takes_dog: Step[Dog, int],
    gives_animal: Step[int, Animal],
) -> None:
    of_str: Call[str] = it  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    of_str_with_options: Call[str] = it.queue("high").countdown(10)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    of_str_at_once: Call[str] = it.options(queue="high")  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    sent_str: Handle[str] = it.send()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    applied_str: Handle[str] = it.apply()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    result: str = it.send().get(timeout=5)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    not_none: Animal = call(find, "rex").send().get(timeout=5)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    dog: Call[Dog] = animal  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    dog_sent: Handle[Dog] = animal_sent  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    takes_animal: Step[Animal, int] = takes_dog  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    gives_dog: Step[int, Dog] = gives_animal  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    takes_str: Step[str, int] = step(add, 2)  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
    gives_str: Step[int, str] = step(add, 2)  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
    a_call: Call[int] = step(add, 2)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    a_step: Step[int, int] = it  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    a_handle: Handle[int] = it  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    a_result: int = it  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    a_task: RemoteTask[[int, int], int] = it  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    calls: list[Call[str]] = [call(show, 1), it]  # type: ignore[list-item]  # pyright: ignore[reportAssignmentType]
    wants_str(it)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    wants_str_call(it)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    wants_str(it.send().get(timeout=1))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    use(of_str, of_str_with_options, of_str_at_once, sent_str, applied_str, result, not_none)
    use(dog, dog_sent, takes_animal, gives_dog, takes_str, gives_str, a_call, a_step, a_handle)
    use(a_result, a_task, calls)


def immutable(handle: Handle[int], finding: Finding) -> None:
    it.queue = "high"  # type: ignore[assignment,method-assign]  # pyright: ignore[reportAttributeAccessIssue]
    it.colour = "red"  # type: ignore[assignment]  # pyright: ignore[reportArgumentType]
    step(add, 2).task_id = "a"  # type: ignore[assignment,method-assign]  # pyright: ignore[reportAttributeAccessIssue]
    handle.id = "a"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    handle.colour = "red"  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue]
    finding.code = "CK999"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]
    Priority.HIGH = Priority.LOW  # type: ignore[assignment,misc]  # pyright: ignore[reportAttributeAccessIssue]
    Priority.HIGH.value = "low"  # type: ignore[misc]  # pyright: ignore[reportAttributeAccessIssue]


def no_arithmetic() -> None:
    use(it + 1)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownArgumentType]
    use(len(it))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    use(it < call(tick))  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownArgumentType]
    use(it[0])  # type: ignore[index]  # pyright: ignore[reportIndexIssue, reportUnknownArgumentType]
    use(Priority.HIGH + 1)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownArgumentType]
    use(Priority.HIGH < Priority.LOW)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownArgumentType]


def made_by_hand() -> None:
    Call(add, 1, 2)  # type: ignore[arg-type,call-arg]  # pyright: ignore[reportCallIssue]  # call(add, 1, 2)
    Call(add)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    Step(add, 2)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    Handle()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def errors_and_findings(finding: Finding) -> None:
    use(errors.CallRefused)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownArgumentType, reportUnknownMemberType]
    use(finding.severity)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownArgumentType, reportUnknownMemberType]
    CallRejected("no")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    ResultUnavailable("a-1")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    number: int = finding.code  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    use(number)


def returns_the_wrong_thing() -> str:
    return it.send().get(timeout=5)  # type: ignore[return-value]  # pyright: ignore[reportReturnType]


def wants_str(_text: str) -> None:
    """Take a string."""


def wants_str_call(_call: Call[str]) -> None:
    """Take a call of a task that gives a string."""


def use(*_values: object) -> None:
    """Take what a case has made."""
