"""
Tasks side by side, and tasks over many arguments.
"""

from celery import group

from tests.fidelity.scenario import Lab, scenario


@scenario("add 1 1", "add 2 2", "add 3 3", results=["SUCCESS 2", "SUCCESS 4", "SUCCESS 6"])
def a_group(lab: Lab):
    """
    Members are sent in their order.
    """
    return [group(lab.tasks.add.s(n, n) for n in (1, 2, 3)).apply_async()]


@scenario("add 1 1", results=["SUCCESS 2"])
def a_group_of_one(lab: Lab):
    """
    A group may have one member.
    """
    return [group(lab.tasks.add.s(1, 1)).apply_async()]


@scenario()
def a_group_of_none(lab: Lab):
    """
    A group may have no member.
    """
    return [group([]).apply_async()]


@scenario("add 1 1", "add 2 2", "add 3 3", results=["SUCCESS 2", "SUCCESS 4", "SUCCESS 6"])
def a_group_in_a_group(lab: Lab):
    """
    Groups within a group are run with it.
    """
    add = lab.tasks.add
    return [group(add.s(1, 1), group(add.s(2, 2), add.s(3, 3))).apply_async()]


@scenario("add 1 1", "add 2 2", "add 2 10", "add 4 20", results=["SUCCESS 12", "SUCCESS 24"])
def chains_in_a_group(lab: Lab):
    """
    The chains of a group take turns.
    """
    add = lab.tasks.add
    return [group(add.s(1, 1) | add.s(10), add.s(2, 2) | add.s(20)).apply_async()]


@scenario(
    "add 1 1",
    "boom",
    "add 2 2",
    results=["SUCCESS 2", "FAILURE ZeroDivisionError('as it must')", "SUCCESS 4"],
)
def an_error_in_a_group(lab: Lab):
    """
    The others are run all the same.
    """
    tasks = lab.tasks
    return [group(tasks.add.s(1, 1), tasks.boom.s(), tasks.add.s(2, 2)).apply_async()]


@scenario(
    *("add 1 1", "add 2 2", "say [2, 4]", "say [2, 4]"),
    results=["SUCCESS [2, 4]", "SUCCESS [2, 4]"],
)
def a_group_after_a_group(lab: Lab):
    """
    Each member of the second takes what all of the first returned.
    """
    add, say = lab.tasks.add, lab.tasks.say
    return [(group(add.s(1, 1), add.s(2, 2)) | group(say.s(), say.s())).apply_async()]


@scenario("add 1 2", "add 3 4", results=["SUCCESS [3, 7]"])
def starmap(lab: Lab):
    """
    One message runs a task for each set of arguments.
    """
    return [lab.tasks.add.starmap([(1, 2), (3, 4)]).apply_async()]


@scenario("total [1, 2]", "total [3]", results=["SUCCESS [3, 3]"])
def mapped(lab: Lab):
    """
    One message runs a task for each argument.
    """
    return [lab.tasks.total.map([[1, 2], [3]]).apply_async()]


@scenario("add 1 2", "add 3 4", "add 5 6", results=["SUCCESS [3, 7]", "SUCCESS [11]"])
def chunks(lab: Lab):
    """
    Each message runs a task for some sets of arguments.
    """
    return [lab.tasks.add.chunks([(1, 2), (3, 4), (5, 6)], 2).group().apply_async()]


@scenario("add 1 2", "add 3 4", "total [3, 7]", results=["SUCCESS 10"])
def a_starmap_in_a_chain(lab: Lab):
    """
    What follows takes all that it returned.
    """
    return [(lab.tasks.add.starmap([(1, 2), (3, 4)]) | lab.tasks.total.s()).apply_async()]


@scenario("say a", "say b", "say c", results=["SUCCESS 'b'"])
def a_countdown_of_a_group(lab: Lab):
    """
    Members may be skewed, so that each starts later than the one before.
    """
    made = group(lab.tasks.say.s("a"), lab.tasks.say.s("b"), lab.tasks.say.s("c"))
    return made.skew(start=0.1, stop=1, step=0.1).apply_async().results[1:2]
