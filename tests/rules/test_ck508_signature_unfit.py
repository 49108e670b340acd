"""
CK508: a signature becomes a flow only if it means what it seems to mean.
"""

import celery
import pytest

from celerykit import from_signature

from .asking import printed, refusal


@pytest.fixture(autouse=True)
def _current(app, set_current):
    """
    Make the app the current one, as in a worker.
    """
    set_current(app)


def test_a_chain_of_none_is_refused():
    """
    A chain in which nothing is left to do is no flow.
    """
    empty = celery.chain()

    assert str(refusal(lambda: from_signature(empty, returns=int))) == printed(
        "CK508",
        f"{empty!r} is a chain of no task. Leave it out: Celery would send nothing.",
        task="from_signature()",
    )


@pytest.mark.parametrize("kind", ["chain", "group", "chord"])
def test_options_of_a_canvas_are_refused(add, kind):
    """
    Options of a whole canvas reach one of its tasks, or overrule those of all: neither is meant.
    """
    header = celery.group(add.s(3), add.s(4))
    signature = {
        "chain": celery.chain(add.s(1, 2), add.s(3)).set(queue="high"),
        "group": celery.chain(add.s(1, 2), header.clone().set(queue="high")),
        "chord": celery.chord(header.clone(), add.s(3)).set(queue="high"),
    }[kind]

    (finding,) = refusal(lambda: from_signature(signature, returns=int)).findings

    assert "has options of its own" in finding.message
    assert finding.message.endswith("queue")
    assert ".defaults()" in finding.remedy


def test_what_has_no_end_or_no_start_is_refused(app, add):
    """
    A chord without a body, a group at the end, chunks, and what is no signature say what to write.
    """
    linked = add.s(1, 2)
    linked.link(celery.chain(add.s(1), add.s(2)))
    cases = [
        (celery.chord([add.s(1, 2)]), "has no body"),
        (celery.group(add.s(1, 2), add.s(3, 4)), "ends in a group"),
        (add.chunks([(1, 2)], 1), "is a group of chunks"),
        (linked, "is a callback of several tasks"),
        (add, "is not a signature"),
        ({"name": "shop.add"}, "is not a signature"),
    ]

    for signature, problem in cases:
        (finding,) = refusal(lambda given=signature: from_signature(given, returns=int)).findings
        assert problem in finding.message

    immutable = refusal(lambda: from_signature(add.si(1, 2), takes=int, returns=int)).findings[0]
    assert "is immutable, and takes no value" in immutable.message


def test_near_miss_what_means_something_passes(add):
    """
    Options of single tasks, and the id that a send wrote into a chain, are no obstacle.
    """
    used = celery.chain(add.s(1, 2).set(queue="high"), add.s(3))
    used.apply_async()

    assert repr(from_signature(used, returns=int)) == (
        "call(shop.add, 1, 2).queue('high') | step(shop.add, 3)"
    )


def test_harm_the_options_of_a_chain_reach_its_first_task_alone(app, add, work, messages):
    """
    Celery gives them to the first task, and those of a group to all of its members.
    """
    assert celery.chain().apply_async() is None
    celery.chain(add.s(1, 2), add.s(3)).apply_async(queue="high")
    celery.group(add.s(1, 2).set(queue="own"), add.s(3, 4)).apply_async(queue="high")

    (chain, *members) = messages("high")

    assert chain.payload[2]["chain"][0]["options"].get("queue") is None
    assert len(members) == 2
    with pytest.raises(AttributeError):
        celery.chord([add.s(1, 2)]).apply_async()
