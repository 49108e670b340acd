"""
What runs in this process runs as it does with plain Celery.
"""

from collections.abc import Callable
from typing import Any

import pytest
from celery.result import EagerResult

from celerykit import call, step

from .lab import Lab
from .published import exact, without_ids

OPTIONS: dict[str, dict[str, Any]] = {
    "none": {},
    "time": {"countdown": 10, "expires": 3600, "time_limit": 60, "soft_time_limit": 50},
    "place": {"queue": "elsewhere", "priority": 7, "retry": False},
    "headers": {"headers": {"tenant": "acme"}, "shadow": "shown"},
    "form": {"serializer": "yaml", "compression": "gzip"},
    "no result": {"ignore_result": True},
}


@pytest.fixture
def eager(make_lab: Callable[..., Lab]) -> Lab:
    """
    A lab whose app runs every call at once, in this process.
    """
    return make_lab(task_always_eager=True)


def spy(lab: Lab) -> Any:
    """
    A task that returns all it knows of its own call.
    """

    @lab.app.task(bind=True, shared=False)
    def spied(self: Any, *args: Any, **kwargs: Any) -> Any:
        known = {name: exact(value) for name, value in vars(self.request).items()}
        return known, exact(args), exact(kwargs)

    return spied


def seen(handle: Any) -> Any:
    """
    All that a result tells, with the task's id written as <id>.
    """
    result = getattr(handle, "async_result", handle)
    assert type(result) is EagerResult
    told = [exact(result.result), result.state, result.successful(), result.name, result.ignored]
    return without_ids(told, {result.id: "<id>"})


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_always_eager(eager: Lab, options: dict[str, Any]) -> None:
    """
    With task_always_eager, a call runs with the request that plain Celery gives it.
    """
    task = spy(eager)

    ours = call(task, 1, [2], key={"a": [3]}).options(**options).send()
    theirs = task.apply_async((1, [2]), {"key": {"a": [3]}}, **options)

    assert seen(ours) == seen(theirs)
    assert [*eager.arrived()] == []


@pytest.mark.parametrize("options", OPTIONS.values(), ids=OPTIONS)
def test_apply(lab: Lab, options: dict[str, Any]) -> None:
    """
    apply() runs a call here and now, with the request that plain Celery's apply() gives it.
    """
    task = spy(lab)

    ours = call(task, 1, [2], key={"a": [3]}).options(**options).apply()
    theirs = task.apply((1, [2]), {"key": {"a": [3]}}, **options)

    assert seen(ours) == seen(theirs)
    assert [*lab.arrived()] == []


@pytest.mark.parametrize("verb", ["send", "apply"])
def test_stamps(eager: Lab, verb: str) -> None:
    """
    A task that runs at once finds its stamps where plain Celery puts them.
    """
    task = spy(eager)

    ours = getattr(call(task).stamp(tenant="acme", n=1), verb)()
    theirs = task.si().stamp(tenant="acme", n=1).apply()

    assert stamps(ours) == stamps(theirs)


def stamps(handle: Any) -> Any:
    """
    What a spied task knew of its stamps.
    """
    known = getattr(handle, "async_result", handle).result[0]
    return sorted(known["stamped_headers"]), known["stamps"]


def test_failure(eager: Lab) -> None:
    """
    A task that fails at once leaves the error in its result, as plain Celery's does.
    """
    ours, theirs = call(eager.add, 2, "3").send(), eager.add.delay(2, "3")

    assert seen(ours) == seen(theirs)
    with pytest.raises(TypeError):
        ours.get(timeout=1)


def test_callbacks(eager: Lab) -> None:
    """
    A task that runs at once runs its callbacks, with the values that plain Celery gives them.
    """
    heard: list[Any] = []

    @eager.app.task(shared=False)
    def hear(*args: Any) -> None:
        heard.append(args)

    call(eager.add, 2, 3).link(step(hear, "step"), call(hear, "call")).send()
    eager.add.apply_async((2, 3), link=[hear.s("step"), hear.si("call")])

    assert heard == [(5, "step"), ("call",)] * 2


def test_signature(eager: Lab) -> None:
    """
    The signature of a call runs at once where plain Celery's does.
    """
    task = spy(eager)

    ours = call(task, 1).headers(a=1).signature()
    theirs = task.si(1).set(headers={"a": 1})

    assert seen(ours.apply_async()) == seen(theirs.apply_async())
    assert seen(ours.apply()) == seen(theirs.apply())
