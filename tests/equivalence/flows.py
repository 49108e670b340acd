"""
Flows beside the canvas of Celery's that means the same, where Celery's does what it says.
"""

from celery import chain, chord, group

from celerykit import call, chunks, fan, step, xmap, xstarmap
from celerykit import group as several

from .lab import Lab
from .pairs import Make, Pair, into

FLOWS: dict[str, Make] = {}
flow = into(FLOWS)


@flow
def chain_of_three(lab: Lab) -> Pair:
    """
    Three tasks, each with the result of the one before.
    """
    ours = call(lab.add, 1, 2) | step(lab.add, 3) | step(lab.add, 4)
    return ours.send, lambda: chain(lab.add.si(1, 2), lab.add.s(3), lab.add.s(4)).apply_async()


@flow
def chain_with_options(lab: Lab) -> Pair:
    """
    Tasks of which each has options of its own.
    """
    first = call(lab.add, 1, 2).queue(lab.high).headers(a=1)
    ours = first | step(lab.add, 3).countdown(5).priority(3).expires(60)
    return ours.send, lambda: chain(
        lab.add.si(1, 2).set(queue=lab.high, headers={"a": 1}),
        lab.add.s(3).set(countdown=5, priority=3, expires=60),
    ).apply_async()


@flow
def chain_that_drops(lab: Lab) -> Pair:
    """
    A task that runs after another, without its result.
    """
    ours = call(lab.add, 1, 2).then(call(lab.add, 3, 4)) | step(lab.add, 5)
    return ours.send, lambda: chain(lab.add.si(1, 2), lab.add.si(3, 4), lab.add.s(5)).apply_async()


@flow
def chain_with_callbacks(lab: Lab) -> Pair:
    """
    A chain whose last task has a callback, and whose tasks all have an errback.
    """

    def plain() -> object:
        signature = chain(lab.add.si(1, 2), lab.add.s(3))
        signature.tasks[-1].link(lab.anything.s())
        for task in signature.tasks:
            task.link_error(lab.report.s())
        return signature.apply_async()

    ours = (call(lab.add, 1, 2) | step(lab.add, 3)).link(step(lab.anything))
    return ours.link_error(step(lab.report)).send, plain


@flow
def group_of_two(lab: Lab) -> Pair:
    """
    Two tasks at once.
    """
    ours = several(call(lab.add, 1, 2), call(lab.add, 3, 4).queue(lab.high))
    return ours.send, lambda: group(
        lab.add.si(1, 2), lab.add.si(3, 4).set(queue=lab.high)
    ).apply_async()


@flow
def group_of_chains(lab: Lab) -> Pair:
    """
    Two chains at once.
    """
    ours = several(call(lab.add, 1, 2) | step(lab.add, 3), call(lab.add, 4, 5) | step(lab.add, 6))
    return ours.send, lambda: group(
        chain(lab.add.si(1, 2), lab.add.s(3)), chain(lab.add.si(4, 5), lab.add.s(6))
    ).apply_async()


@flow
def chord_of_two(lab: Lab) -> Pair:
    """
    A task that waits for two others.
    """
    ours = several(call(lab.add, 1, 2), call(lab.add, 3, 4)) | step(lab.anything)
    return ours.send, lambda: chord(
        [lab.add.si(1, 2), lab.add.si(3, 4)], lab.anything.s()
    ).apply_async()


@flow
def chord_of_one(lab: Lab) -> Pair:
    """
    A task that waits for one other, in a list.
    """
    ours = several(call(lab.add, 1, 2)) | step(lab.anything)
    return ours.send, lambda: chord([lab.add.si(1, 2)], lab.anything.s()).apply_async()


@flow
def chord_that_goes_on(lab: Lab) -> Pair:
    """
    A task that waits for two others, and one after it.
    """
    ours = several(call(lab.add, 1, 2), call(lab.add, 3, 4)) | step(lab.anything) | step(lab.add, 1)
    plain = chord([lab.add.si(1, 2), lab.add.si(3, 4)], lab.anything.s()) | lab.add.s(1)
    return ours.send, plain.apply_async


@flow
def chain_into_a_chord(lab: Lab) -> Pair:
    """
    A task whose result goes to two others, and a task that waits for both.
    """
    ours = call(lab.add, 1, 2) | fan(step(lab.add, 3), step(lab.add, 4)) | step(lab.anything)
    return ours.send, lambda: chain(
        lab.add.si(1, 2), group(lab.add.s(3), lab.add.s(4)), lab.anything.s()
    ).apply_async()


@flow
def chain_into_a_group(lab: Lab) -> Pair:
    """
    A task whose result goes to two others.
    """
    ours = call(lab.add, 1, 2) | fan(step(lab.add, 3), step(lab.add, 4))
    return ours.send, lambda: chain(
        lab.add.si(1, 2), group(lab.add.s(3), lab.add.s(4))
    ).apply_async()


@flow
def mapped(lab: Lab) -> Pair:
    """
    One task for many items, in one message.
    """
    return xmap(lab.anything, [1, 2]).send, lambda: lab.anything.map([1, 2]).apply_async()


@flow
def star_mapped(lab: Lab) -> Pair:
    """
    One task for many rows, in one message.
    """
    ours = xstarmap(lab.add, [(1, 2), (3, 4)])
    return ours.send, lambda: lab.add.starmap([[1, 2], [3, 4]]).apply_async()


@flow
def chunked(lab: Lab) -> Pair:
    """
    One task for many rows, in few messages.
    """
    rows = [[1, 2], [3, 4], [5, 6]]
    ours = chunks(lab.add, [(1, 2), (3, 4), (5, 6)], 2)
    return ours.send, lambda: lab.add.chunks(rows, 2).apply_async()


def signed(make: Make) -> Make:
    """
    The same flow, as the canvas that it gives, sent by Celery.
    """

    def pair(lab: Lab) -> Pair:
        ours, theirs = make(lab)
        built = ours.__self__
        return lambda: built.signature().apply_async(), theirs

    return pair
