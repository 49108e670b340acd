"""
One task after another.
"""

from celery import chain, group

from tests.fidelity.scenario import Lab, scenario


@scenario("add 1 1", "add 2 2", "add 4 3", results=["SUCCESS 7", "SUCCESS 4", "SUCCESS 2"])
def a_chain(lab: Lab):
    """
    Each task takes the result of the one before, and each result can be read.
    """
    add = lab.tasks.add
    last = chain(add.s(1, 1), add.s(2), add.s(3)).apply_async()
    return [last, last.parent, last.parent.parent]


@scenario("add 1 1", results=["SUCCESS 2"])
def a_chain_of_one(lab: Lab):
    """
    A chain of one task is that task.
    """
    return [chain(lab.tasks.add.s(1, 1)).apply_async()]


@scenario("add 1 1", "say alone", "add 9 1", results=["SUCCESS 10"])
def immutable_steps(lab: Lab):
    """
    An immutable step takes nothing of the one before.
    """
    return [chain(lab.tasks.add.s(1, 1), lab.tasks.say.si("alone"), lab.tasks.add.si(9, 1))()]


@scenario("add 1 1", "add 2 2", "add 4 3", "add 7 4", results=["SUCCESS 11"])
def chains_in_a_chain(lab: Lab):
    """
    Chains within a chain are one chain.
    """
    add = lab.tasks.add
    made = chain(chain(add.s(1, 1), add.s(2)), chain(add.s(3), chain(add.s(4))))
    return [made.apply_async()]


@scenario("add 1 1", "add 5 1", "add 2 2", "add 6 2", results=["SUCCESS 4", "SUCCESS 8"])
def two_chains_at_once(lab: Lab):
    """
    Chains take turns.
    """
    add = lab.tasks.add
    return [(add.s(1, 1) | add.s(2)).apply_async(), (add.s(5, 1) | add.s(2)).apply_async()]


@scenario(
    "add 1 1",
    "boom",
    results=[
        "FAILURE ZeroDivisionError('as it must')",
        "FAILURE ZeroDivisionError('as it must')",
        "SUCCESS 2",
    ],
)
def an_error_in_a_chain(lab: Lab):
    """
    What follows the error is not run, and fails with it.
    """
    last = (lab.tasks.add.s(1, 1) | lab.tasks.boom.s() | lab.tasks.say.s()).apply_async()
    return [last, last.parent, last.parent.parent]


@scenario("add 1 1", "add 2 1", "add 2 2", results=["SUCCESS 3", "SUCCESS 4"])
def a_group_at_the_end(lab: Lab):
    """
    Each member of a group takes the result of the task before.
    """
    add = lab.tasks.add
    return [(add.s(1, 1) | group(add.s(1), add.s(2))).apply_async()]


@scenario("add 1 1", "add 2 1", "add 2 2", "total [3, 4]", "add 7 5", results=["SUCCESS 12"])
def a_group_in_the_middle(lab: Lab):
    """
    A group with a task behind it is a chord.
    """
    add = lab.tasks.add
    made = add.s(1, 1) | group(add.s(1), add.s(2)) | lab.tasks.total.s() | add.s(5)
    return [made.apply_async()]


@scenario(
    "add 1 1",
    "add 2 2",
    "total [2, 4]",
    "add 6 1",
    "add 6 2",
    "total [7, 8]",
    results=["SUCCESS 15"],
)
def two_groups_in_a_chain(lab: Lab):
    """
    A chain may widen and narrow more than once.
    """
    add, total = lab.tasks.add, lab.tasks.total
    first = group(add.s(1, 1), add.s(2, 2)) | total.s()
    return [(first | group(add.s(1), add.s(2)) | total.s()).apply_async()]


@scenario("family a None a", "family b a a", "family c b a", results=["SUCCESS 'c'"])
def the_family_of_a_chain(lab: Lab):
    """
    Each task of a chain is the child of the one before, and all come from the first.
    """
    family = lab.tasks.family
    return [chain(family.s().set(task_id=lab.id(word)) for word in "abc").apply_async()]


@scenario("silent 1", "say 1", results=["SUCCESS 1"])
def an_ignored_result_in_a_chain(lab: Lab):
    """
    A task whose result is not kept hands it on all the same.
    """
    return [(lab.tasks.silent.s(1) | lab.tasks.say.s()).apply_async()]


@scenario("add 1 1", "add 2 3", "total [5]", results=["SUCCESS 5"])
def a_chain_in_a_chord(lab: Lab):
    """
    The body takes the result of the chain's last task.
    """
    add = lab.tasks.add
    return [(group(add.s(1, 1) | add.s(3)) | lab.tasks.total.s()).apply_async()]
