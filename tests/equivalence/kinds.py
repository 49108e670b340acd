"""
Every kind of task of this process: how celerykit sends it, and what plain Celery does.
"""

import warnings
from typing import Any

import celery
import pytest
from celery import Task

from celerykit import call, retype, shared_task, typed_app, untyped

from .lab import Lab
from .pairs import Make, Pair, Send, as_current, into

KINDS: dict[str, Make] = {}
kind = into(KINDS)


@kind
def delayed(lab: Lab) -> Pair:
    """
    A call without options, and delay().
    """
    return lambda: call(lab.add, 2, y=3).send(), lambda: lab.add.delay(2, y=3)


@kind
def delayed_signature(lab: Lab) -> Pair:
    """
    The signature of a call, and delay().
    """
    return lambda: call(lab.add, 2, y=3).signature().delay(), lambda: lab.add.si(2, y=3).delay()


@kind
def bound(lab: Lab) -> Pair:
    """
    A task that gets itself as first argument.
    """

    @lab.app.task(bind=True, shared=False)
    def retried(self: Any, order: int) -> None:
        """Nothing runs here."""

    return (
        lambda: call(retried, 7).countdown(3).send(),
        lambda: retried.apply_async((7,), {}, countdown=3),
    )


@kind
def typed(lab: Lab) -> Pair:
    """
    A task of an app that was given back its types.
    """

    @typed_app(lab.app).task(shared=False)
    def typed(order: int, *, fast: bool = False) -> None:
        """Nothing runs here."""

    return (
        lambda: call(typed, 7, fast=True).send(),
        lambda: untyped(typed).apply_async((7,), {"fast": True}),
    )


@kind
def shared(lab: Lab) -> Pair:
    """
    A task of whichever app is the current one.
    """

    @shared_task(name=lab.name("shared"))
    def shared(order: int) -> None:
        """Nothing runs here."""

    return (
        as_current(lab, lambda: call(shared, 7).priority(3).send()),
        as_current(lab, lambda: untyped(shared).apply_async((7,), {}, priority=3)),
    )


@kind
def class_based(lab: Lab) -> Pair:
    """
    A task that is a class, registered by hand.
    """

    class Multiply(Task):
        name = "equal.multiply"

        def run(self, x: int, y: int = 1) -> int:
            return x * y

    task = lab.app.register_task(Multiply())
    like = retype(task, like=lambda x, y=1: x * y)
    return (
        lambda: call(like, 7, y=2).queue(lab.high).send(),
        lambda: task.apply_async((7,), {"y": 2}, queue=lab.high),
    )


@kind
def untyped_arguments(lab: Lab) -> Pair:
    """
    A task whose arguments Celery does not check.
    """

    @lab.app.task(typing=False, shared=False)
    def anything() -> None:
        """Nothing runs here."""

    return lambda: call(anything, 1, b=2).send(), lambda: anything.delay(1, b=2)


@kind
def with_attributes(lab: Lab) -> Pair:
    """
    A task with options of its own, and a call that sets none.
    """
    task = attributed(lab)
    return lambda: call(task, 7).send(), lambda: task.delay(7)


@kind
def over_attributes(lab: Lab) -> Pair:
    """
    A task with options of its own, and a call that sets each of them.
    """
    task = attributed(lab)
    limits = {"time_limit": 60, "soft_time_limit": None}
    options = {"queue": lab.topic.name, "routing_key": "eu.y", "priority": 1, "expires": None}
    more = {"serializer": "json", "compression": "zlib", "ignore_result": False}
    return (
        lambda: call(task, 7).options(**limits, **options, **more).send(),
        lambda: task.apply_async((7,), {}, **limits, **options, **more),
    )


def attributed(lab: Lab) -> Any:
    """
    A task that sets every option that a task may set.
    """

    def attributed(order: int) -> None:
        """Nothing runs here."""

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer versions of Celery advise against queue=
        return lab.app.task(
            queue=lab.high,
            priority=7,
            expires=600,
            shared=False,
            time_limit=30,
            soft_time_limit=20,
            serializer="pickle",
            compression="gzip",
            ignore_result=True,
            delivery_mode=1,
        )(attributed)


@kind
def own_apply_async(lab: Lab) -> Pair:
    """
    A task with an apply_async() of its own, which adds a header and says what it was given.
    """

    class Noting(Task):
        def apply_async(self, args: Any = None, kwargs: Any = None, **options: Any) -> Any:
            headers = {**options.pop("headers", {}), "given": repr((args, kwargs, options))}
            return super().apply_async(args, kwargs, headers=headers, **options)

    @lab.app.task(base=Noting, shared=False)
    def noting(order: int, *, fast: bool) -> None:
        """Nothing runs here."""

    return (
        lambda: call(noting, 7, fast=True).headers(a=1).countdown(3).queue(lab.high).send(),
        lambda: noting.apply_async(
            (7,), {"fast": True}, headers={"a": 1}, countdown=3, queue=lab.high
        ),
    )


@kind
def own_shadow_name(lab: Lab) -> Pair:
    """
    A task that chooses the name to show by its arguments and options.
    """

    def shown(self: Any, args: Any, kwargs: Any, options: Any) -> str:
        return repr((args, kwargs, options))

    @lab.app.task(shadow_name=shown, shared=False)
    def shy(order: int) -> None:
        """Nothing runs here."""

    return (
        lambda: call(shy, 7).countdown(3).priority(2).send(),
        lambda: shy.apply_async((7,), {}, countdown=3, priority=2),
    )


@kind
def pydantic_dicts(lab: Lab) -> Pair:
    """
    A task that makes pydantic models of the dicts it is sent.
    """
    _, order = pydantic_task(lab)
    values = {"number": 7, "dishes": ["soup"]}
    return (
        lambda: call(order, values, quick=True).queue(lab.high).send(),
        lambda: order.apply_async((values,), {"quick": True}, queue=lab.high),
    )


@kind
def pydantic_models(lab: Lab) -> Pair:
    """
    A task that is sent pydantic models; Celery makes dicts of them.
    """
    model, order = pydantic_task(lab)
    if not hasattr(Task, "_dump_pydantic_arguments"):
        pytest.skip("this Celery cannot send a pydantic model")
    value = model(number=7, dishes=["soup"])
    return lambda: call(order, value).send(), lambda: order.delay(value)


def pydantic_task(lab: Lab) -> tuple[Any, Any]:
    """
    A pydantic model, and a task that takes one.
    """
    if celery.VERSION < (5, 5):
        pytest.skip("this Celery knows no pydantic")
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("Order", number=int, dishes=list[str])

    def order(order: Any, *, quick: bool = False) -> None:
        """Nothing runs here."""

    order.__annotations__["order"] = model
    return model, lab.app.task(pydantic=True, shared=False)(order)


@kind
def redacted(lab: Lab) -> Pair:
    """
    A call with arguments to hide, and what plain Celery is to show instead of them.
    """

    @lab.app.task(shared=False)
    def login(user: str, password: str, pin: str = "", n: int = 0) -> None:
        """Nothing runs here."""

    shown = {"argsrepr": "('ann', ***)", "kwargsrepr": "{'pin': ***, 'n': 1}"}
    hidden = call(login, "ann", "secret", pin="1234", n=1).redact("pin").redact("password")
    return (
        hidden.queue(lab.high).send,
        lambda: login.apply_async(
            ("ann", "secret"), {"pin": "1234", "n": 1}, queue=lab.high, **shown
        ),
    )


@kind
def inside_a_task(lab: Lab) -> Pair:
    """
    A call made while another task runs, which becomes its parent and remembers it.
    """

    @lab.app.task(bind=True, shared=False)
    def parent(self: Any, send: Send) -> Any:
        sent = send()
        children = [child.id for child in self.request.children]
        assert children == [sent.id]
        return sent

    return (
        lambda: run_inside(parent, lambda: call(lab.add, 2, 3).stamp(a=1).send()),
        lambda: run_inside(parent, lambda: lab.add.si(2, 3).stamp(a=1).apply_async()),
    )


def run_inside(parent: Any, send: Send) -> Any:
    """
    What a task returns that runs at once, in this process, and sends something.
    """
    return parent.apply((send,), task_id="the-parent", throw=True).get(disable_sync_subtasks=False)
