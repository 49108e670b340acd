"""Good code, with the types that a checker has to see in it. Read by checkers, never run."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime, timedelta, timezone
from typing import Any, Generic, TypeVar
from uuid import UUID

from celery import Celery
from typing_extensions import assert_type

import celerykit
from celerykit import (
    Call,
    CallOptions,
    CallRejected,
    CallWarning,
    CelerykitError,
    Finding,
    Guard,
    Handle,
    Priority,
    RemoteTask,
    ResultBackendNotConfigured,
    ResultUnavailable,
    Service,
    Step,
    TypedTask,
    call,
    errors,
    guard,
    remote,
    retype,
    shared_task,
    step,
    typed_app,
    untyped,
)

T = TypeVar("T")


def use(*_values: object) -> None:
    """Take what a case has made."""


celery_app = Celery("shop")
app = typed_app(celery_app)


class Animal:
    """A class for arguments and results."""


class Dog(Animal):
    """A class below it."""


# --- tasks: what each decorator keeps ----------------------------------------------------------


@app.task
def add(x: int, y: int) -> int:
    return x + y


@app.task
def show(number: int) -> str:
    return str(number)


@app.task
def log(task_id: str, level: str = "error") -> None:
    use(task_id, level)


@app.task
def tick() -> None:
    pass


@app.task(name="shop.scaled", rate_limit="1/s")
def scaled(x: int, factor: float = 1.0) -> float:
    return x * factor


@app.task()
def with_empty_parentheses(x: int) -> int:
    return x


@app.task(bind=True)
def bound(self: Any, x: int, *, loud: bool = False) -> bytes:
    return bytes(self.name, "ascii") * x if loud else b""


@app.task(bind=True, name="shop.bound", max_retries=3)
def bound_with_options(_self: Any) -> None:
    pass


@app.task(bind=False, name="shop.unbound")
def unbound(x: int) -> int:
    return x


@app.task
def total(*numbers: int) -> int:
    return sum(numbers)


@app.task
def tagged(name: str, /, **tags: int) -> dict[str, int]:
    return {name: len(tags)}


@app.task
def keyword_only(*, size: int, color: str = "red") -> None:
    use(size, color)


@app.task
def everything(a: int, /, b: str, *rest: bytes, c: float, d: bool = True, **more: int) -> None:
    use(a, b, rest, c, d, more)


@app.task
def optional(x: int | None = None) -> int | None:
    return x


@app.task
def many(items: Sequence[Animal], by_name: Mapping[str, Animal]) -> list[Dog]:
    use(items, by_name)
    return []


@app.task
def pair(a: T, b: T) -> list[T]:
    return [a, b]


@app.task
async def later(x: int) -> str:
    return str(x)


@app.task
def untidy(x: Any) -> Any:
    return x


@shared_task
def mail(to: str, subject: str = "") -> bool:
    return bool(to and subject)


@shared_task(name="shop.shared", acks_late=True)
def shared_with_options(x: int) -> int:
    return x


@shared_task()
def shared_with_empty_parentheses(x: int) -> int:
    return x


@shared_task(bind=True)
def shared_bound(self: Any, x: int) -> list[str]:
    return [self.name] * x


@shared_task(bind=True, max_retries=None)
def shared_bound_with_options(_self: Any, x: int, *, y: str = "") -> str:
    return y * x


def decorated() -> None:
    plain: TypedTask[[], None] = tick
    keeps: Callable[[int, int], int] = add
    assert_type(plain, TypedTask[[], None])
    assert_type(keeps(1, 2), int)
    assert_type(add(1, 2), int)
    assert_type(show(1), str)
    assert_type(scaled(1, factor=2.5), float)
    assert_type(with_empty_parentheses(1), int)
    assert_type(bound(1, loud=True), bytes)
    assert_type(unbound(1), int)
    assert_type(total(), int)
    assert_type(total(1, 2, 3), int)
    assert_type(tagged("a", name=1), dict[str, int])
    assert_type(optional(), int | None)
    assert_type(mail("a@b", subject="c"), bool)
    assert_type(shared_with_options(1), int)
    assert_type(shared_with_empty_parentheses(1), int)
    assert_type(shared_bound(1), list[str])
    assert_type(shared_bound_with_options(1, y="a"), str)
    tick()
    bound_with_options()
    keyword_only(size=1)
    everything(1, "b", b"c", b"d", c=1.0, e=2)


def celery_still_there() -> None:
    """What celerykit does not type, Celery still offers."""
    add.delay(1, 2)
    add.s(1)
    add.si(1, 2)
    add.apply_async((1, 2), queue="high")
    assert_type(add.name, str)
    app.conf.task_always_eager = True
    app.send_task("other", args=(1,))
    takes_celery(untyped(app))
    use(untyped(add))


def takes_celery(_app: Celery) -> None:
    """A function that wants Celery's own app."""


# --- tasks: from elsewhere ---------------------------------------------------------------------


def add_floats(x: float, y: float) -> float:
    return x + y


class Registry:
    """Something that hands out tasks without types."""

    tasks: Mapping[str, Any]


adopted = retype(Registry().tasks["shop.add_floats"], like=add_floats)
adopted_from_class = retype(object(), like=add_floats)


@remote("billing.multiply", app=app)
def multiply(x: int, y: int = 1) -> float:
    raise NotImplementedError


@remote("billing.ping")
def ping() -> None:
    raise NotImplementedError


@remote("billing.first", app=celery_app)
def first_of(items: Sequence[T]) -> T:
    raise NotImplementedError


class Billing(Service, prefix="billing"):
    """A service with three tasks."""

    def charge(self, user: int, cents: int) -> str:
        """Return the id of a charge."""
        raise NotImplementedError

    def refund(self, charge: str, *, reason: str = "") -> None:
        """Give the money back."""
        raise NotImplementedError

    def balances(self, *users: int) -> dict[int, int]:
        """Return the balance of each user."""
        raise NotImplementedError


class Unprefixed(Service):
    """A service whose tasks have bare names."""

    def hello(self) -> str:
        """Say hello."""
        raise NotImplementedError


def elsewhere() -> None:
    billing = Billing(app)
    keeps: TypedTask[[float, float], float] = adopted
    use(keeps)
    assert_type(call(adopted, 1, 2.5), Call[float])
    assert_type(call(adopted_from_class, x=1, y=2), Call[float])
    assert_type(call(multiply, 2), Call[float])
    assert_type(call(multiply, 2, y=3).send(), Handle[float])
    assert_type(call(ping), Call[None])
    assert_type(step(multiply, y=3), Step[int, float])
    assert_type(call(billing.charge, 7, cents=1250), Call[str])
    assert_type(call(billing.refund, "c1", reason="late"), Call[None])
    assert_type(call(billing.balances, 1, 2, 3), Call[dict[int, int]])
    assert_type(step(billing.charge, 1250), Step[int, str])
    assert_type(call(Billing().charge, 7, 1250), Call[str])
    assert_type(call(Billing(celery_app).charge, 7, 1250), Call[str])
    assert_type(call(first_of, ["a"]), Call[str])
    assert_type(call(Unprefixed(app=None).hello), Call[str])
    assert_type(multiply.name, str)
    annotated: RemoteTask[[], None] = ping
    use(annotated)


# --- call and step -----------------------------------------------------------------------------


def calls() -> None:
    assert_type(call(add, 1, 2), Call[int])
    assert_type(call(add, 1, y=2), Call[int])
    assert_type(call(add, x=1, y=2), Call[int])
    assert_type(call(tick), Call[None])
    assert_type(call(scaled, 1), Call[float])
    assert_type(call(bound, 1, loud=True), Call[bytes])
    assert_type(call(bound_with_options), Call[None])
    assert_type(call(unbound, 1), Call[int])
    assert_type(call(total), Call[int])
    assert_type(call(total, 1, 2, 3), Call[int])
    assert_type(call(tagged, "a", name=1, other=2), Call[dict[str, int]])
    assert_type(call(keyword_only, size=1), Call[None])
    assert_type(call(everything, 1, "b", b"c", b"d", c=1.0, d=False, e=2), Call[None])
    assert_type(call(optional), Call[int | None])
    assert_type(call(optional, None), Call[int | None])
    assert_type(call(many, [Dog()], {"rex": Dog()}), Call[list[Dog]])
    assert_type(call(untidy, object()), Call[Any])
    assert_type(call(pair, 1, 2), Call[list[int]])
    assert_type(call(pair, "a", "b"), Call[list[str]])
    assert_type(call(mail, "a@b"), Call[bool])
    assert_type(call(shared_with_options, 1), Call[int])
    assert_type(call(shared_bound, 1), Call[list[str]])
    assert_type(call(shared_bound_with_options, 1, y="a"), Call[str])


def steps() -> None:
    assert_type(step(show), Step[int, str])
    assert_type(step(add, 2), Step[int, int])
    assert_type(step(add, y=2), Step[int, int])
    assert_type(step(scaled, factor=2), Step[int, float])
    assert_type(step(bound, loud=True), Step[int, bytes])
    assert_type(step(mail, "subject"), Step[str, bool])
    assert_type(step(shared_bound), Step[int, list[str]])
    assert_type(step(tagged, name=1), Step[str, dict[str, int]])
    assert_type(step(optional), Step[int | None, int | None])
    assert_type(step(everything, "b", b"c", c=1.0), Step[int, None])
    assert_type(step(log), Step[str, None])


def what_a_call_does() -> None:
    add_call = call(add, 1, 2)
    assert_type(add_call.send(), Handle[int])
    assert_type(add_call.apply(), Handle[int])
    assert_type(add_call.check(), list[Finding])
    add_call.signature()
    step(add, 2).signature()
    assert_type(add_call == call(add, 1, 2), bool)
    assert_type({add_call}, set[Call[int]])


def what_a_handle_does() -> None:
    handle = call(add, 1, 2).send()
    assert_type(handle.id, str)
    assert_type(handle.get(5), int)
    assert_type(handle.get(timeout=5), int)
    assert_type(handle.get(timeout=0.5), int)
    assert_type(handle.get(timeout=timedelta(minutes=1)), int)
    assert_type(handle.get(timeout=None), int)
    assert_type(call(many, [], {}).apply().get(timeout=None), list[Dog])
    use(handle.async_result)


# --- options: each keeps the type --------------------------------------------------------------


def options_of_a_call() -> None:
    it = call(add, 1, 2)
    moment = datetime.now(timezone.utc)
    assert_type(it.queue("high"), Call[int])
    assert_type(it.exchange("orders").routing_key("eu.orders"), Call[int])
    assert_type(it.countdown(10), Call[int])
    assert_type(it.countdown(0.5), Call[int])
    assert_type(it.countdown(timedelta(seconds=10)), Call[int])
    assert_type(it.eta(moment), Call[int])
    assert_type(it.expires(3600), Call[int])
    assert_type(it.expires(timedelta(hours=1)), Call[int])
    assert_type(it.expires(moment), Call[int])
    assert_type(it.expires(None), Call[int])
    assert_type(it.priority(Priority.HIGH), Call[int])
    assert_type(it.priority(9), Call[int])
    assert_type(it.time_limit(60), Call[int])
    assert_type(it.time_limit(60, soft=50.5), Call[int])
    assert_type(it.time_limit(timedelta(minutes=1), soft=timedelta(seconds=50)), Call[int])
    assert_type(it.time_limit(None, soft=None), Call[int])
    assert_type(it.retry(), Call[int])
    assert_type(it.retry(max_retries=None, interval_start=0, interval_step=0.2), Call[int])
    assert_type(it.retry(interval_max=timedelta(seconds=1), retry_errors=(OSError,)), Call[int])
    assert_type(it.retry(retry_errors=None), Call[int])
    assert_type(it.no_retry(), Call[int])
    assert_type(it.serializer("json"), Call[int])
    assert_type(it.compression("zstd"), Call[int])
    assert_type(it.task_id("a-1"), Call[int])
    assert_type(it.task_id(UUID(int=1)), Call[int])
    assert_type(it.shadow("shop.slow"), Call[int])
    assert_type(it.headers(tenant="acme", tries=1, ratio=0.5, dry=True, none=None), Call[int])
    assert_type(it.headers({"x-tenant": "acme"}), Call[int])
    assert_type(it.headers({"x-deep": {"a": [1, {"b": None}]}}, tenant=["a", "b"]), Call[int])
    assert_type(it.stamp(tenant="acme"), Call[int])
    assert_type(it.stamp({"x-tenant": "acme"}, more=1), Call[int])
    assert_type(it.ignore_result(), Call[int])
    assert_type(it.ignore_result(ignore=False), Call[int])
    assert_type(it.redact("x", "y"), Call[int])
    assert_type(it.extra(MessageGroupId="g", delivery_mode=1, mandatory=True), Call[int])


def headers_from_variables(
    names: list[str],
    row: tuple[int, str],
    column: Sequence[float],
    deep: dict[str, list[dict[str, bool]]],
    several: Mapping[str, str | int | None],
) -> None:
    it = call(add, 1, 2)
    assert_type(it.headers(names=names, row=row, column=column), Call[int])
    assert_type(it.headers(deep, deep=deep, nested=[row, [names]], empty=[]), Call[int])
    assert_type(it.stamp(several, several=several), Call[int])
    assert_type(it.options(headers=deep, stamp=several), Call[int])


def options_of_a_step() -> None:
    it = step(show)
    moment = datetime.now(timezone.utc)
    assert_type(it.queue("high").exchange("x").routing_key("k"), Step[int, str])
    assert_type(it.countdown(10).expires(3600), Step[int, str])
    assert_type(it.eta(moment).priority(Priority.LOW), Step[int, str])
    assert_type(it.time_limit(60, soft=50).retry(max_retries=3).no_retry(), Step[int, str])
    assert_type(it.serializer("json").compression("gzip"), Step[int, str])
    assert_type(it.task_id("a").shadow("b").headers(c="d").stamp(e="f"), Step[int, str])
    assert_type(it.ignore_result().redact("number").extra(app_id="g"), Step[int, str])
    assert_type(it.link(step(mail)).link_error(step(log)), Step[int, str])
    assert_type(it.options(queue="high"), Step[int, str])


def options_at_once() -> None:
    it = call(add, 1, 2)
    soon = datetime.now(timezone.utc) + timedelta(minutes=5)
    kept: CallOptions = {
        "queue": "high",
        "exchange": "orders",
        "routing_key": "eu",
        "countdown": timedelta(seconds=10),
        "expires": None,
        "priority": Priority.HIGH,
        "retry": True,
        "retry_policy": {
            "max_retries": None,
            "interval_start": 0,
            "interval_step": 0.2,
            "interval_max": 1,
            "retry_errors": (OSError, TimeoutError),
        },
        "serializer": "json",
        "compression": "gzip",
        "time_limit": 60,
        "soft_time_limit": None,
        "task_id": UUID(int=1),
        "shadow": "slow",
        "headers": {"tenant": "acme"},
        "stamp": {"tenant": ["acme"]},
        "ignore_result": False,
        "redact": ["x"],
    }
    empty = CallOptions()
    assert_type(it.options(**kept), Call[int])
    assert_type(it.options(**empty), Call[int])
    assert_type(it.options(), Call[int])
    assert_type(it.options(queue="high", countdown=10), Call[int])
    assert_type(it.options(eta=soon, expires=soon, priority=9), Call[int])
    assert_type(it.options(retry=False, task_id="a", headers={}), Call[int])
    assert_type(it.options(retry_policy={"max_retries": 3}), Call[int])


# --- what follows ------------------------------------------------------------------------------


@app.task
def greet(animal: Animal) -> str:
    return repr(animal)


@app.task
def adopt(name: str) -> Dog:
    use(name)
    return Dog()


def links() -> None:
    assert_type(call(add, 1, 2).link(step(show)), Call[int])
    assert_type(call(add, 1, 2).link(step(show).link(step(mail))), Call[int])
    assert_type(call(add, 1, 2).link(step(show), step(add, 2), call(tick)), Call[int])
    assert_type(call(add, 1, 2).link(step(optional)), Call[int])
    assert_type(call(add, 1, 2).link(step(untidy)), Call[int])
    assert_type(call(add, 1, 2).link(step(multiply, 3)), Call[int])
    assert_type(call(add, 1, 2).link(call(mail, "a@b")), Call[int])
    assert_type(call(adopt, "rex").link(step(greet)), Call[Dog])
    assert_type(call(add, 1, 2).link_error(call(mail, "a@b")), Call[int])
    assert_type(call(add, 1, 2).link_error(step(log, level="warning")), Call[int])
    assert_type(call(add, 1, 2).link_error(step(log), call(tick)), Call[int])


# --- annotations of users ----------------------------------------------------------------------


def covariance(dog: Call[Dog], sent: Handle[Dog]) -> None:
    wider: Call[Animal] = dog
    wider_sent: Handle[Animal] = sent
    anything: Call[object] = call(add, 1, 2)
    mixed: list[Call[Any]] = [call(add, 1, 2), call(tick)]
    either: Call[int] | Call[str] = call(add, 1, 2)
    use(wider, wider_sent, anything, mixed, either)


def variance_of_steps(takes_animal: Step[Animal, Dog]) -> None:
    takes_dog: Step[Dog, Dog] = takes_animal
    gives_animal: Step[Animal, Animal] = takes_animal
    gives_anything: Step[Dog, object] = takes_animal
    use(takes_dog, gives_animal, gives_anything)


def takes_a_task(task: TypedTask[[int, int], T]) -> Call[T]:
    return call(task, 1, 2)


def takes_a_callable(task: Callable[[int], T], value: int) -> T:
    return call(task, value).send().get(timeout=1)


def takes_a_step(following: Step[int, T]) -> Call[int]:
    return call(add, 1, 2).link(following)


def gives_options(*, urgent: bool) -> CallOptions:
    return {"priority": Priority.HIGHEST} if urgent else {}


class Sender(Generic[T]):
    """A user's class around a call."""

    def __init__(self, wanted: Call[T]) -> None:
        self.wanted = wanted

    def result(self) -> T:
        """Send the call and wait."""
        return self.wanted.send().get(timeout=1)


def users_own() -> None:
    assert_type(takes_a_task(add), Call[int])
    assert_type(takes_a_callable(show, 1), str)
    assert_type(takes_a_callable(multiply, 1), float)
    assert_type(takes_a_step(step(show)), Call[int])
    assert_type(call(add, 1, 2).options(**gives_options(urgent=True)), Call[int])
    assert_type(Sender(call(add, 1, 2)).result(), int)
    assert_type([call(add, n, n) for n in range(3)], list[Call[int]])
    assert_type([c.send().get(timeout=1) for c in [call(show, 1)]], list[str])


async def coroutines() -> None:
    """A coroutine function keeps its own type: Celery does not await it."""
    unawaited: Call[Awaitable[str]] = call(later, 1)
    use(unawaited)
    assert_type(await later(1), str)


# --- rules that may not object, and the guard --------------------------------------------------


def allowed() -> None:
    assert_type(call(add, 1, 2).allow("CK302"), Call[int])
    assert_type(call(add, 1, 2).allow("CK302", "CK304").queue("high").send(), Handle[int])
    assert_type(call(add, 1, 2).allow(), Call[int])
    assert_type(step(add, 2).allow("CK302"), Step[int, int])


def guarded() -> None:
    watching = guard(app)
    assert_type(watching, Guard)
    assert_type(guard(celery_app), Guard)
    assert_type(guard(untyped(app)), Guard)
    assert_type(guard(app, action="raise", allow=["CK302"]), Guard)
    assert_type(guard(celery_app, action="warn", allow={"CK302", "CK304"}), Guard)
    assert_type(guard(app, allow=(code for code in ("CK302",))), Guard)
    assert_type(watching.allowed, frozenset[str])
    if watching.action == "raise":
        watching.remove()
    kept: list[Guard] = [watching]
    use(kept)


# --- priorities, findings, errors --------------------------------------------------------------


def small_words(finding: Finding) -> None:
    assert_type(Priority("high"), Priority)
    assert_type([each.value for each in Priority], list[str])
    assert_type(finding.code, str)
    assert_type(finding.task, str)
    assert_type(finding.option, str)
    assert_type(finding.value, str)
    assert_type(finding.message, str)
    assert_type(finding.remedy, str)
    assert_type(finding.name, str)
    assert_type(finding.read_more, str)
    assert_type(str(finding), str)
    assert_type(celerykit.__version__, str)


def refused() -> list[str]:
    try:
        call(add, 1, 2).send()
    except CallRejected as rejected:
        assert_type(rejected.findings, tuple[Finding, ...])
        return [finding.code for finding in rejected.findings if finding.level == "error"]
    except ResultBackendNotConfigured as no_backend:
        assert_type(no_backend.task_id, str)
        problem = no_backend.problem
        assert_type(problem.message, str)
        return [problem.kind, problem.app, problem.setting, problem.value, problem.where]
    except ResultUnavailable as unavailable:
        assert_type(unavailable.task_id, str)
        return [unavailable.reason]
    except CelerykitError:
        raise
    return []


class_of_errors: list[type[CelerykitError]] = [
    CallRejected,
    ResultBackendNotConfigured,
    ResultUnavailable,
    errors.CallRejected,
]
class_of_warnings: list[type[errors.CelerykitWarning]] = [CallWarning, errors.CallWarning]
