"""Good flows, with the types that a checker has to see in them. Read by checkers, never run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from celery import Celery
from typing_extensions import assert_type

from celerykit import (
    Call,
    Fan,
    Flow,
    Group,
    GroupHandle,
    Handle,
    Pipe,
    Step,
    call,
    chunks,
    fan,
    from_signature,
    group,
    remote,
    shared_task,
    step,
    typed_app,
    xmap,
    xstarmap,
)

if TYPE_CHECKING:
    from celery.canvas import Signature

app = typed_app(Celery("shop"))


def use(*_values: object) -> None:
    """Take what a case has made."""


class Animal:
    """A class for arguments and results."""


class Dog(Animal):
    """A class below it."""


@app.task
def fetch(url: str) -> bytes:
    return url.encode()


@app.task
def add(x: int, y: int) -> int:
    return x + y


@app.task
def show(number: int) -> str:
    return str(number)


@app.task
def scaled(x: float, factor: float = 1.0) -> float:
    return x * factor


@app.task
def total(numbers: Sequence[int]) -> int:
    return sum(numbers)


@app.task
def listed(numbers: list[int]) -> int:
    return sum(numbers)


@app.task
def average(numbers: Iterable[float]) -> float:
    return sum(numbers)


@app.task
def mixed(things: Sequence[int | str]) -> bool:
    return bool(things)


@app.task
def paired(pair: tuple[int, str]) -> bytes:
    return bytes(pair[0])


@app.task
def anything(thing: object) -> None:
    use(thing)


@app.task
def tick() -> None:
    pass


@app.task
def adopt(name: str) -> Dog:
    return Dog()


@app.task
def greet(animal: Animal) -> str:
    return str(animal)


@app.task
def walk(animals: Sequence[Animal]) -> int:
    return len(animals)


@app.task
def untidy(x: Any) -> Any:
    return x


@app.task
def report(failed_id: str, level: str = "error") -> None:
    use(failed_id, level)


@app.task
def explain(request: Any, error: Exception, traceback: str) -> None:
    use(request, error, traceback)


@app.task(bind=True)
def bound(self: Any, x: int) -> list[str]:
    return [self.name] * x


@shared_task
def mail(to: str) -> bool:
    return bool(to)


@remote("billing.multiply", app=app)
def multiply(x: int, y: int = 1) -> float:
    raise NotImplementedError


def chains() -> None:
    assert_type(call(add, 1, 2) | step(show), Flow[str])
    assert_type(call(add, 1, 2) | step(add, 3) | step(show), Flow[str])
    assert_type(call(add, 1, 2) | step(show) | step(mail), Flow[bool])
    assert_type(call(add, 1, 2) | step(scaled) | step(scaled, factor=2.5), Flow[float])
    assert_type(call(add, 1, 2) | step(multiply, 3), Flow[float])
    assert_type(call(add, 1, 2) | step(bound), Flow[list[str]])
    assert_type(call(add, 1, 2) | step(anything), Flow[None])
    assert_type(call(adopt, "rex") | step(greet), Flow[str])
    assert_type(call(untidy, 1) | step(show), Flow[str])
    assert_type(call(add, 1, 2).queue("a") | step(show).countdown(3), Flow[str])
    assert_type(call(tick).then(call(add, 1, 2)), Flow[int])
    assert_type((call(tick) | step(anything)).then(call(add, 1, 2)) | step(show), Flow[str])
    assert_type(call(tick).then(call(add, 1, 2) | step(show)), Flow[str])


def pipes() -> None:
    assert_type(step(add, 3) | step(show), Pipe[int, str])
    assert_type(step(add, 3) | step(show) | step(mail), Pipe[int, bool])
    assert_type(call(add, 1, 2) | (step(add, 3) | step(show)), Flow[str])
    assert_type((step(add, 3) | step(show)).feed(7), Flow[str])
    assert_type(step(add, 3).feed(7), Call[int])
    assert_type(step(add, 3).then(call(tick)), Pipe[int, None])
    assert_type(step(add, 3).then(group(call(tick), call(tick))), Fan[int, None, tuple[None, None]])
    takes_any_animal: Pipe[Dog, str] = step(greet)
    use(takes_any_animal)


def groups() -> None:
    assert_type(group(call(add, 1, 2)), Group[int, tuple[int]])
    assert_type(group(call(add, 1, 2), call(add, 3, 4)), Group[int, tuple[int, int]])
    two = group(call(add, 1, 2), call(show, 3))
    assert_type(two, Group[int | str, tuple[int, str]])
    a, b = call(add, 1, 2), call(show, 3)
    assert_type(group(a, b, a), Group[int | str, tuple[int, str, int]])
    assert_type(group(a, b, a, b), Group[int | str, tuple[int, str, int, str]])
    assert_type(group(a, b, a, b, a), Group[int | str, tuple[int, str, int, str, int]])
    assert_type(group(a, b, a, b, a, b), Group[int | str, tuple[int, str, int, str, int, str]])
    assert_type(group(a, a, a, a, a, a, a), Group[int, tuple[int, ...]])
    assert_type(group([a, a]), Group[int, list[int]])
    assert_type(group(call(add, n, 1) for n in range(3)), Group[int, list[int]])
    assert_type(group(a | step(show), b), Group[str, tuple[str, str]])
    assert_type(group(two, a), Group[tuple[int, str] | int, tuple[tuple[int, str], int]])
    assert_type(group([group([a]), group([a])]), Group[list[int], list[list[int]]])
    assert_type(two.defaults(queue="low"), Group[int | str, tuple[int, str]])
    covariant: Group[Animal, Sequence[Animal]] = group([call(adopt, "rex")])
    use(covariant)


def chords() -> None:
    numbers = group(call(add, 1, 2), call(add, 3, 4))
    assert_type(numbers | step(total), Flow[int])
    assert_type(numbers | step(listed), Flow[int])
    assert_type(numbers | step(average), Flow[float])
    assert_type(group([call(add, 1, 2)]) | step(total), Flow[int])
    assert_type(group([call(add, 1, 2)]) | step(listed), Flow[int])
    assert_type(group(call(add, n, 1) for n in range(3)) | step(total) | step(show), Flow[str])
    two = group(call(add, 1, 2), call(show, 3))
    assert_type(two | step(mixed), Flow[bool])
    assert_type(two | step(paired), Flow[bytes])
    assert_type(two | step(anything), Flow[None])
    assert_type(two.then(call(tick)), Flow[None])
    assert_type(two.then(two), Group[int | str, tuple[int, str]])
    assert_type(numbers | fan(step(total), step(average)), Group[int | float, tuple[int, float]])
    assert_type(group([call(adopt, "rex")]) | step(walk), Flow[int])
    assert_type(group(numbers | step(total), call(add, 1, 2)) | step(total), Flow[int])


def fans() -> None:
    wide = fan(step(add, 1), step(show))
    assert_type(wide, Fan[int, int | str, tuple[int, str]])
    assert_type(call(add, 1, 2) | wide, Group[int | str, tuple[int, str]])
    assert_type(call(add, 1, 2) | wide | step(mixed), Flow[bool])
    assert_type(call(add, 1, 2) | fan(step(add, 1), step(add, 2)) | step(total), Flow[int])
    assert_type(step(add, 1) | wide, Fan[int, int | str, tuple[int, str]])
    assert_type(wide | step(mixed), Pipe[int, bool])
    assert_type(wide.then(call(tick)), Pipe[int, None])
    assert_type(wide | fan(step(mixed), step(anything)), Fan[int, bool | None, tuple[bool, None]])
    assert_type(wide.feed(7), Group[int | str, tuple[int, str]])
    assert_type(
        fan(step(add, 1), step(add, 2) | step(show), step(show)).feed(7).send(),
        GroupHandle[int | str, tuple[int, str, str]],
    )
    assert_type(fan([step(add, n) for n in range(3)]), Fan[int, int, list[int]])
    assert_type(fan(step(greet), step(anything)), Fan[Animal, str | None, tuple[str, None]])
    assert_type(
        call(adopt, "rex") | fan(step(greet), step(anything)), Group[str | None, tuple[str, None]]
    )
    nested = fan(wide, step(show))
    assert_type(call(add, 1, 2) | nested, Group[tuple[int, str] | str, tuple[tuple[int, str], str]])


def handles() -> None:
    flow = call(add, 1, 2) | step(show)
    assert_type(flow.send(), Handle[str])
    assert_type(flow.send().get(5), str)
    assert_type(flow.apply().get(5), str)
    several = group(call(add, 1, 2), call(show, 3))
    assert_type(several.send(), GroupHandle[int | str, tuple[int, str]])
    assert_type(several.send().get(None), tuple[int, str])
    assert_type(several.apply().get(5), tuple[int, str])
    assert_type([handle.get(5) for handle in several.send()], list[int | str])
    assert_type(several.send()[0], Handle[int | str])
    assert_type(len(several.send()), int)
    number, text = several.send().get(5)
    assert_type(number, int)
    assert_type(text, str)
    assert_type(group([call(add, 1, 2)]).send().get(5), list[int])


def what_follows() -> None:
    flow = call(add, 1, 2) | step(show)
    assert_type(flow.link(step(mail), call(tick)), Flow[str])
    assert_type(flow.link_error(report), Flow[str])
    assert_type(flow.link_error(explain), Flow[str])
    assert_type(flow.link_error(step(report, level="warning"), call(tick)), Flow[str])
    assert_type(call(add, 1, 2).link_error(report), Call[int])
    assert_type(step(add, 1).link_error(report, explain), Step[int, int])
    assert_type(group(flow).link_error(report), Group[str, tuple[str]])
    assert_type(flow.defaults(queue="low", expires=60), Flow[str])
    assert_type(call(add, 1, 2).defaults(queue="low"), Call[int])
    assert_type(flow.allow("CK302"), Flow[str])
    assert_type(flow.draw(), str)


def annotated(flow: Flow[int], pipe: Pipe[int, str], members: Group[int, Sequence[int]]) -> None:
    assert_type(flow | pipe, Flow[str])
    assert_type(members | step(total), Flow[int])
    a_call_is_a_flow: Flow[int] = call(add, 1, 2)
    a_step_is_a_pipe: Pipe[int, str] = step(show)
    wider: Flow[object] = flow
    use(wider)
    annotated(a_call_is_a_flow, a_step_is_a_pipe, group(flow, flow))


def maps() -> None:
    assert_type(xmap(show, [1, 2]), Call[list[str]])
    assert_type(xmap(scaled, [1.0]) | step(average), Flow[float])
    assert_type(xmap(adopt, ["rex"]) | step(walk), Flow[int])
    assert_type(xstarmap(add, [(1, 2), (3, 4)]), Call[list[int]])
    assert_type(xstarmap(add, ((n, n) for n in range(3))) | step(total), Flow[int])
    assert_type(xstarmap(multiply, [(1,), (2,)]), Call[list[float]])
    assert_type(xmap(show, [1]).queue("low").send().get(5), list[str])
    assert_type(chunks(add, [(1, 2)], 100), Group[list[int], list[list[int]]])
    assert_type(chunks(add, [(1, 2)], 100).send().get(5), list[list[int]])


def signatures(old: Signature[Any]) -> None:
    assert_type(from_signature(old, returns=int), Flow[int])
    assert_type(from_signature(old, returns=list[int]) | step(total), Flow[int])
    assert_type(from_signature(old, takes=int, returns=str), Pipe[int, str])
    assert_type(call(add, 1, 2) | from_signature(old, takes=int, returns=str), Flow[str])
    assert_type(
        group(from_signature(old, returns=int), call(show, 1)), Group[int | str, tuple[int, str]]
    )
