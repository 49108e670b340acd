"""
Stamps, callbacks and signatures: what celerykit says beside what Celery's canvas says.
"""

from celery import chain

from celerykit import call, step

from .lab import Lab
from .pairs import Make, Pair, into

CANVAS: dict[str, Make] = {}
canvas = into(CANVAS)


@canvas
def stamped(lab: Lab) -> Pair:
    """
    A call with stamps, and Signature.stamp().
    """
    return (
        lambda: call(lab.add, 2, 3).stamp(tenant="acme", tries=[1, 2]).send(),
        lambda: lab.add.si(2, 3).stamp(tenant="acme", tries=[1, 2]).apply_async(),
    )


@canvas
def stamped_twice(lab: Lab) -> Pair:
    """
    A call that gets one stamp after the other.
    """
    return (
        lambda: call(lab.add, 2, 3).stamp(tenant="acme").stamp(n=1).send(),
        lambda: lab.add.si(2, 3).stamp(tenant="acme").stamp(n=1).apply_async(),
    )


@canvas
def stamped_signature(lab: Lab) -> Pair:
    """
    The signature of a call, stamped by Celery.
    """
    return (
        lambda: call(lab.add, 2, 3).stamp(a=1).signature().stamp(b=2).apply_async(),
        lambda: lab.add.si(2, 3).stamp(a=1, b=2).apply_async(),
    )


@canvas
def stamped_callbacks(lab: Lab) -> Pair:
    """
    A call with callbacks: stamping it stamps them too, as in Celery.
    """

    def plain() -> object:
        signature = lab.add.si(2, 3)
        signature.link(lab.add.s(5).stamp(own=1))
        signature.link_error(lab.report.si("failed"))
        return signature.stamp(tenant="acme").apply_async()

    ours = call(lab.add, 2, 3).link(step(lab.add, 5).stamp(own=1))
    return (
        lambda: ours.link_error(call(lab.report, "failed")).stamp(tenant="acme").send(),
        plain,
    )


@canvas
def stamped_callbacks_of_callbacks(lab: Lab) -> Pair:
    """
    A call whose callback has a callback: a stamp reaches all of them.
    """

    def plain() -> object:
        inner = lab.add.s(5)
        inner.link(lab.anything.s())
        signature = lab.add.si(2, 3)
        signature.link(inner)
        return signature.stamp(tenant="acme").apply_async()

    inner = step(lab.add, 5).link(step(lab.anything))
    return lambda: call(lab.add, 2, 3).stamp(tenant="acme").link(inner).send(), plain


@canvas
def linked_one_by_one(lab: Lab) -> Pair:
    """
    A call that gets one callback after the other.
    """

    def plain() -> object:
        signature = lab.add.si(2, 3)
        signature.link(lab.add.s(5))
        signature.link(lab.anything.si())
        signature.link_error(lab.report.s())
        return signature.apply_async()

    ours = call(lab.add, 2, 3).link(step(lab.add, 5)).link(call(lab.anything))
    return lambda: ours.link_error(step(lab.report)).send(), plain


@canvas
def signature_with_more_options(lab: Lab) -> Pair:
    """
    The signature of a call, sent with more options.
    """
    ours = call(lab.add, 2, 3).countdown(3).queue(lab.high).signature()
    plain = lab.add.si(2, 3).set(countdown=3, queue=lab.high)
    return (
        lambda: ours.apply_async(countdown=5, priority=4),
        lambda: plain.apply_async(countdown=5, priority=4),
    )


@canvas
def signature_from_its_dict(lab: Lab) -> Pair:
    """
    The signature of a call, after it travelled as a dict.
    """
    ours = call(lab.add, 2, y=3).countdown(3).headers(a=1).signature()
    plain = lab.add.si(2, y=3).set(countdown=3, headers={"a": 1})
    return (
        lambda: lab.app.signature(dict(ours)).apply_async(),
        lambda: lab.app.signature(dict(plain)).apply_async(),
    )


@canvas
def chain_of_signatures(lab: Lab) -> Pair:
    """
    A chain of Celery's, made of signatures of calls and steps.
    """
    signatures = (call(lab.add, 2, 3), step(lab.add, 5).queue(lab.high), call(lab.anything))
    ours = chain(*(each.signature() for each in signatures))
    plain = chain(lab.add.si(2, 3), lab.add.s(5).set(queue=lab.high), lab.anything.si())
    return ours.apply_async, plain.apply_async
