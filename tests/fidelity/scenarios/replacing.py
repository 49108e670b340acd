"""
Tasks that put another in their place, and tasks that send others.
"""

from celery import chord, group

from tests.fidelity.scenario import Lab, scenario


@scenario("replaced by task", "add 5 6", results=["SUCCESS 11"])
def replaced_by_a_task(lab: Lab):
    """
    The result is the one of the task that took its place.
    """
    return [lab.tasks.replaced.delay("task")]


@scenario("replaced by chain", "add 1 1", "add 2 2", "add 4 3", results=["SUCCESS 7"])
def replaced_by_a_chain(lab: Lab):
    """
    The result is the one of the chain's last task.
    """
    return [lab.tasks.replaced.delay("chain")]


@scenario("replaced by group", "add 1 1", "add 2 2", results=["SUCCESS [2, 4]"])
def replaced_by_a_group(lab: Lab):
    """
    The result is what all members returned.
    """
    return [lab.tasks.replaced.delay("group")]


@scenario("replaced by chord", "add 1 1", "add 2 2", "total [2, 4]", results=["SUCCESS 6"])
def replaced_by_a_chord(lab: Lab):
    """
    The result is the one of the body.
    """
    return [lab.tasks.replaced.delay("chord")]


@scenario("replaced by itself", "replaced by task", "add 5 6", results=["SUCCESS 11"])
def replaced_twice(lab: Lab):
    """
    What takes its place may be replaced, too.
    """
    return [lab.tasks.replaced.delay("itself")]


@scenario("replaced by failing", "boom", results=["FAILURE ZeroDivisionError('as it must')"])
def replaced_by_what_fails(lab: Lab):
    """
    The error is the one of the task that took its place.
    """
    return [lab.tasks.replaced.delay("failing")]


@scenario(
    *("add 1 1", "replaced by chord", "add 1 1", "add 2 2", "total [2, 4]", "add 6 1"),
    results=["SUCCESS 7"],
)
def replaced_in_a_chain(lab: Lab):
    """
    The chain goes on after what took its place.
    """
    add = lab.tasks.add
    return [(add.s(1, 1) | lab.tasks.replaced_after.s("chord") | add.s(1)).apply_async()]


@scenario("replaced by task", "add 1 1", "add 5 6", "total [11, 2]", results=["SUCCESS 13"])
def replaced_in_a_header(lab: Lab):
    """
    The body waits for what took its place.
    """
    header = [lab.tasks.replaced.s("task"), lab.tasks.add.s(1, 1)]
    return [chord(header, lab.tasks.total.s()).apply_async()]


@scenario("replaced by chain", "add 1 1", "add 2 2", "add 4 3", "say 7", results=["SUCCESS 7"])
def replaced_with_a_link(lab: Lab):
    """
    The callback follows what took its place.
    """
    return [lab.tasks.replaced.apply_async(("chain",), link=lab.tasks.say.s())]


@scenario("parent", "parent's end", "say other", "say a", "say b", results=["SUCCESS 2"])
def children_wait_their_turn(lab: Lab):
    """
    What a task sends waits behind what waits already.
    """
    result = lab.tasks.parent.delay("a", "b")
    lab.tasks.say.delay("other")
    return [result]


@scenario("grandparent", "parent", "parent's end", "say grandchild", results=["SUCCESS"])
def grandchildren(lab: Lab):
    """
    What a task sends may send.
    """
    return [lab.tasks.grandparent.delay()]


@scenario("applies", "add 1 2", results=["SUCCESS 3"])
def a_task_that_runs_another(lab: Lab):
    """
    apply() in a task runs the other in its place.
    """
    return [lab.tasks.applies.delay()]


@scenario("waits", "say never waited for", results=["SUCCESS 'RuntimeError'"])
def a_task_that_waits(lab: Lab):
    """
    A task that reads a result that is not there is refused.
    """
    return [lab.tasks.waits.delay()]


@scenario("family a None a", "family b a a", results=["SUCCESS 'b'"])
def the_family_of_a_link(lab: Lab):
    """
    What follows is the child of what it follows.
    """
    family = lab.tasks.family
    link = family.s().set(task_id=lab.id("b"))
    family.apply_async(task_id=lab.id("a"), link=link)
    return [lab.app.AsyncResult(lab.id("b"))]


@scenario("family g None g", "family h None h", results=["SUCCESS 'g'", "SUCCESS 'h'"])
def the_family_of_a_group(lab: Lab):
    """
    Each member of a group comes from itself.
    """
    family = lab.tasks.family
    return [group(family.s().set(task_id=lab.id(word)) for word in "gh").apply_async()]
