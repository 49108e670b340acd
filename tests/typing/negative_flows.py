"""Mistakes in the joints of a flow. Read by checkers, never run: each must be found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from celery import Celery

from celerykit import (
    Fan,
    Flow,
    Group,
    Pipe,
    Step,
    call,
    chunks,
    fan,
    from_signature,
    group,
    step,
    typed_app,
    xmap,
    xstarmap,
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
def mail(to: str) -> bool:
    return bool(to)


@app.task
def tick() -> None:
    pass


@app.task
def total(numbers: Sequence[int]) -> int:
    return sum(numbers)


@app.task
def joined(texts: Sequence[str]) -> str:
    return "".join(texts)


@app.task
def listed(texts: list[str]) -> str:
    return "".join(texts)


@app.task
def paired(pair: tuple[int, str]) -> bytes:
    return bytes(pair[0])


@app.task
def anything(thing: object) -> None:
    use(thing)


@app.task
def adopt(name: str) -> Animal:
    return Dog()


@app.task
def walk(dog: Dog) -> int:
    return 1


@app.task
def walk_all(dogs: Sequence[Dog]) -> int:
    return len(dogs)


@app.task
def report(failed_id: str) -> None:
    use(failed_id)


@app.task
def explain(request: Any, error: Exception, traceback: str) -> None:
    use(request, error, traceback)


number = call(add, 1, 2)
text = call(show, 3)
numbers = group(number, number)
both = group(number, text)
to_text = step(add, 1) | step(show)
wide = fan(step(add, 1), step(show))


def joints_of_a_chain() -> None:
    _ = number | step(mail)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = number | step(add, 3) | step(mail)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = number | (step(add, 1) | step(show)) | step(add, 1)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = text | to_text  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = text | (to_text | step(mail))  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = call(tick) | step(show)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = call(adopt, "rex") | step(walk)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = number | step(total)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = number | text  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = number | number.queue("low")  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = step(show) | step(show)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = step(show) | number  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = to_text | step(show)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = to_text | to_text  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = number | show  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = number | add(1, 2)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = number | "shop.show"  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = number | number.send()  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = step(show).queue("low") | step(add, 1).queue("low")  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = number | [step(show), step(show)]  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = number | None  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]


def what_runs_after() -> None:
    number.then(step(show))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    number.then(wide)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    number.then(tick)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    number.then(None)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    numbers.then(step(total))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    step(show).then(step(mail))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    _ = number.then(text) | step(show)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = (number | step(show)).then(number) | step(mail)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]


def what_is_sent() -> None:
    step(show).send()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    to_text.send()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    wide.send()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    to_text.check()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    wide.apply()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    (step(add, 1) | wide).send()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    (wide | step(anything)).send()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    (number | step(show)).queue("low")  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    both.countdown(3)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    (number | step(show)).defaults(que="low")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    (number | step(show)).defaults(countdown="3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (number | step(show)).send().get()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    numbers.send().get()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]


def groups() -> None:
    group(step(show), number)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    group(number, to_text)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    group(number, wide)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    group([number, step(show)])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    group(step(add, n) for n in range(3))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]
    group(add, show)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    group(number, 1)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    group(1)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType, reportCallIssue]
    group(numbers.send())  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportCallIssue]


def joints_of_a_chord() -> None:
    _ = numbers | step(show)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = numbers | step(joined)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = both | step(total)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = both | step(joined)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = both | step(listed)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = group(text, number) | step(paired)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = group(number, text, number) | step(paired)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = group([text]) | step(total)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = group(call(show, n) for n in range(3)) | step(total)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = group([call(adopt, "rex")]) | step(walk_all)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = numbers | step(total) | step(mail)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = numbers | text  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = numbers | numbers  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = numbers | tick  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = group(numbers, numbers) | step(total)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = (number | wide) | step(total)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = number | wide | step(joined)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = (number | fan(step(show), step(show))) | step(total)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = wide | step(total)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]


def fans() -> None:
    fan(step(show))  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    fan()  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    fan(step(show), number)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    fan(number, number)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    fan(show, show)  # type: ignore[call-overload]  # pyright: ignore[reportArgumentType]
    _ = text | wide  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = text | fan(step(add, 1), step(add, 2))  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = number | fan(step(show), step(mail))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType, reportUnknownVariableType]
    _ = numbers | wide  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = numbers | fan(step(total), step(show))  # type: ignore[operator]  # pyright: ignore[reportArgumentType, reportUnknownVariableType]
    _ = step(show) | wide  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = call(adopt, "rex") | fan(step(walk), step(anything))  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]


def given_values() -> None:
    step(show).feed("3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    step(show).feed()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    step(show).feed(3, 4)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    to_text.feed("3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    wide.feed("3")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    number.feed(3)  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    _ = step(show).feed(3) | step(show)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]


def what_follows() -> None:
    (number | step(show)).link(step(add, 1))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (number | step(show)).link(show)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (number | step(show)).link(to_text)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (number | step(show)).link_error(step(add, 1))  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (number | step(show)).link_error(show)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (number | step(show)).link_error(add)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (number | step(show)).link_error(tick)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    (number | step(show)).link_error("shop.report")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    numbers.link(step(total))  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    number.link_error(to_text)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]


def maps() -> None:
    xmap(show, ["1"])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    xmap(show, 1)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    xmap(add, [1])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    xmap(mail, [1, 2])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    xmap("shop.show", [1])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    xmap(show, [1], queue="low")  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    _ = xmap(show, [1]) | step(show)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = xmap(show, [1]) | step(total)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    xmap(show, [1]).send().get()  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    xstarmap(add, [(1, "2")])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    xstarmap(add, [(1,)])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    xstarmap(add, [(1, 2, 3)])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    xstarmap(add, [1, 2])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
    xstarmap(show, [("1",)])  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    chunks(add, [(1, 2)])  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
    chunks(add, [(1, "2")], 10)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    chunks(add, [(1, 2)], "10")  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
    _ = chunks(add, [(1, 2)], 10) | step(total)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]


def signatures(old: Any) -> None:
    from_signature(old)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    from_signature(old, int)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]
    _ = from_signature(old, returns=int) | step(mail)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = number | from_signature(old, returns=int)  # type: ignore[operator]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    _ = text | from_signature(old, takes=int, returns=str)  # type: ignore[arg-type]  # pyright: ignore[reportOperatorIssue, reportUnknownVariableType]
    from_signature(old, takes=int, returns=str).send()  # type: ignore[attr-defined]  # pyright: ignore[reportAttributeAccessIssue, reportUnknownMemberType]
    from_signature(old, takes=int)  # type: ignore[call-overload]  # pyright: ignore[reportCallIssue]


def annotated() -> None:
    other_result: Flow[str] = number | step(add, 1)  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
    not_closed: Flow[str] = to_text  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    not_open: Pipe[int, str] = number | step(show)  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    other_value: Pipe[str, str] = to_text  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    other_results: Group[int, tuple[int, str]] = numbers  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    narrower: Step[object, str] = step(show)  # type: ignore[arg-type]  # pyright: ignore[reportAssignmentType]
    other_fan: Fan[str, object, object] = wide  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    no_handle: int = numbers.send()  # type: ignore[assignment]  # pyright: ignore[reportAssignmentType]
    use(other_result, not_closed, not_open, other_value, other_results, narrower, other_fan)
    use(no_handle)
    _first, _second, _third = both.send().get(5)  # type: ignore[misc]  # pyright: ignore[reportAssignmentType, reportUnknownVariableType]


def use(*_values: object) -> None:
    """Take what a case has made."""
