"""
Groups of many members beside Celery's own group of the same.
"""

from collections.abc import Callable
from typing import Any

from celery import group

from celerykit import Call, call, chunks, step
from celerykit import group as several

from .lab import DAY, NOON, Lab
from .pairs import Make, Pair, into

SIZE = 12

MANY: dict[str, Make] = {}
many = into(MANY)


def alike(lab: Lab, change: Callable[[Call[Any]], Call[Any]], **options: Any) -> Pair:
    """
    Members that differ in their arguments only, each with the same options.
    """
    rows = [(number, str(number)) for number in range(SIZE)]
    return (
        lambda: several(change(call(lab.anything, *row)) for row in rows).send(),
        lambda: group([lab.anything.si(*row).set(**options) for row in rows]).apply_async(),
    )


@many
def plain(lab: Lab) -> Pair:
    """
    Nothing but arguments.
    """
    return alike(lab, lambda each: each)


@many
def with_a_queue(lab: Lab) -> Pair:
    """
    A queue and headers.
    """
    return alike(
        lab,
        lambda each: each.queue(lab.high).headers(a=1, b=[None, "x"]),
        queue=lab.high,
        headers={"a": 1, "b": [None, "x"]},
    )


@many
def with_times(lab: Lab) -> Pair:
    """
    A countdown, an expiry, limits.
    """
    return alike(
        lab,
        lambda each: each.countdown(5).expires(60).time_limit(9, soft=8),
        countdown=5,
        expires=60,
        time_limit=9,
        soft_time_limit=8,
    )


@many
def with_moments(lab: Lab) -> Pair:
    """
    An eta and an expiry that are moments.
    """
    last = NOON + DAY
    return alike(lab, lambda each: each.eta(NOON).expires(last), eta=NOON, expires=last)


@many
def with_a_priority(lab: Lab) -> Pair:
    """
    A priority, and another serializer.
    """
    return alike(
        lab, lambda each: each.priority(3).serializer("yaml"), priority=3, serializer="yaml"
    )


@many
def without_results(lab: Lab) -> Pair:
    """
    No result, a shadow, a compression.
    """
    return alike(
        lab,
        lambda each: each.ignore_result().shadow("tardy").compression("gzip"),
        ignore_result=True,
        shadow="tardy",
        compression="gzip",
    )


@many
def with_stamps(lab: Lab) -> Pair:
    """
    A stamp.
    """

    def plain() -> Any:
        members = [lab.add.si(number, 1) for number in range(SIZE)]
        for member in members:
            member.stamp(tenant="acme")
        return group(members).apply_async()

    return (
        lambda: several(call(lab.add, n, 1).stamp(tenant="acme") for n in range(SIZE)).send(),
        plain,
    )


@many
def with_callbacks(lab: Lab) -> Pair:
    """
    A callback and an errback.
    """

    def plain() -> Any:
        members = [lab.add.si(number, 1) for number in range(SIZE)]
        for member in members:
            member.link(lab.add.s(10))
            member.link_error(lab.report.s())
        return group(members).apply_async()

    return (
        lambda: several(
            call(lab.add, number, 1).link(step(lab.add, 10)).link_error(step(lab.report))
            for number in range(SIZE)
        ).send(),
        plain,
    )


@many
def of_all_kinds(lab: Lab) -> Pair:
    """
    Tasks here and elsewhere, routed by name, with ids of their own, with named arguments.
    """
    app = lab.app

    def ours() -> Any:
        members = []
        for number in range(SIZE):
            members += [
                call(lab.add, number, y=1),
                call(lab.elsewhere, number, 2),
                call(lab.add, x=number, y=3).task_id(f"chosen-{number}"),
            ]
        return several(members).send()

    def plain() -> Any:
        members = []
        for number in range(SIZE):
            members += [
                lab.add.si(number, y=1),
                app.signature("elsewhere.add", args=(number, 2), immutable=True),
                lab.add.si(x=number, y=3).set(task_id=f"chosen-{number}"),
            ]
        return group(members, app=app).apply_async()

    return ours, plain


@many
def chunked(lab: Lab) -> Pair:
    """
    One task for many rows, in fewer messages.
    """
    rows = [[number, 1] for number in range(4 * SIZE)]
    return (
        lambda: chunks(lab.add, [(number, 1) for number in range(4 * SIZE)], 4).send(),
        lambda: lab.add.chunks(rows, 4).apply_async(),
    )
