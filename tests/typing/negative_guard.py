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
    guard()
    guard("x")
    guard(None)
    guard(add)
    guard(it)
    guard(Celery)
    guard([app])
    guard(app, celery_app)


def how_it_is_watched() -> None:
    guard(app, "raise")
    guard(app, action="refuse")
    guard(app, action=True)
    guard(app, action=None)
    guard(app, allow=3)
    guard(app, allow=[302])
    guard(app, allow=None)
    guard(app, ignore=["CK302"])
    guard(celery_app, action="refuse")
    guard(celery_app, allow=3)


def a_guard() -> None:
    Guard()
    Guard(app)
    watching.remove(app)
    watching.allow("CK302")
    watching.send_task("shop.add")
    watching.action = "refuse"
    watching.allowed = ["CK302"]
    watching.actions = "raise"
    watching(app)
    with watching:
        pass
    text: str = guard(app)
    use(text)


@guard
def decorated() -> None:
    pass


def rules_that_may_not_object() -> None:
    it.allow(302)
    it.allow(["CK302"])
    it.allow(None)
    it.allow(codes="CK302")
    it.allowed("CK302")
    it.options(allow=["CK302"])
    step(add, 2).allow(302)
    step(add, 2).allow("CK302").send()
    text: str = it.allow("CK302").send().get(timeout=5)
    use(text)


def use(*_values: object) -> None:
    """Take what a case has made."""
