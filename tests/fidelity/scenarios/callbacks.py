"""
What follows a task: link and link_error, of tasks, chains, groups and chords.
"""

from celery import chain, chord, group

from celerykit import call, step
from tests.fidelity.scenario import Lab, scenario


@scenario("add 1 2", "say 3", "say linked", results=["SUCCESS 3"])
def links_in_order(lab: Lab):
    """
    Callbacks follow a success in their order, with its result unless they are immutable.
    """
    links = [lab.tasks.say.s(), lab.tasks.say.si("linked")]
    return [lab.tasks.add.apply_async((1, 2), link=links, link_error=lab.tasks.say.si("never"))]


@scenario("add 1 2", "add 3 10", "say 13", results=["SUCCESS 3"])
def a_link_of_a_link(lab: Lab):
    """
    A callback may have a callback.
    """
    link = lab.tasks.add.s(10)
    link.link(lab.tasks.say.s())
    return [lab.tasks.add.apply_async((1, 2), link=link)]


@scenario("add 1 2", "say 3", results=["SUCCESS 3"])
def a_link_of_a_call(lab: Lab):
    """
    A callback that celerykit attached follows too.
    """
    return [call(lab.tasks.add, 1, 2).link(step(lab.tasks.say)).send().async_result]


@scenario("add 1 2", "add 3 1", "add 3 2", "total [4, 5]", results=["SUCCESS 3"])
def a_canvas_as_a_link(lab: Lab):
    """
    A whole canvas may follow.
    """
    body = group(lab.tasks.add.s(1), lab.tasks.add.s(2)) | lab.tasks.total.s()
    return [lab.tasks.add.apply_async((1, 2), link=body)]


@scenario("boom", "old errback of own", results=["FAILURE ZeroDivisionError('as it must')"])
def an_errback_of_the_old_style(lab: Lab):
    """
    An errback of one parameter is a task, and takes the id of what failed.
    """
    errback = lab.tasks.old_errback.s()
    return [lab.tasks.boom.apply_async(link_error=errback, task_id=lab.id("own"))]


@scenario(
    "boom",
    "new errback of own: ZeroDivisionError('as it must')",
    results=["FAILURE ZeroDivisionError('as it must')"],
)
def an_errback_of_the_new_style(lab: Lab):
    """
    An errback of three parameters is called where the task failed.
    """
    errback = lab.tasks.new_errback.s()
    return [lab.tasks.boom.apply_async(link_error=errback, task_id=lab.id("own"))]


@scenario(
    "boom",
    "new errback of own: ZeroDivisionError('as it must')",
    "say next",
    "old errback of own",
    "say immutable",
)
def errbacks_of_both_styles(lab: Lab):
    """
    The new ones come at once, the old ones wait their turn.
    """
    tasks = lab.tasks
    errbacks = [tasks.old_errback.s(), tasks.new_errback.s(), tasks.say.si("immutable")]
    tasks.boom.apply_async(link_error=errbacks, task_id=lab.id("own"))
    tasks.say.delay("next")
    return []


@scenario(
    "add 1 1", "boom", "old errback of bad", results=["FAILURE ZeroDivisionError('as it must')"]
)
def an_errback_of_a_chain(lab: Lab):
    """
    The errback of a chain is told which task failed, and what follows is not run.
    """
    bad = lab.tasks.boom.s().set(task_id=lab.id("bad"))
    made = chain(lab.tasks.add.s(1, 1), bad, lab.tasks.say.s())
    return [made.apply_async(link_error=lab.tasks.old_errback.s())]


@scenario("add 1 1", "boom", "say nothing", "say failed", results=["SUCCESS 2"])
def callbacks_of_a_group(lab: Lab):
    """
    The callback of a group follows its first member without a result, its errback any that fails.
    """
    made = group(lab.tasks.add.s(1, 1), lab.tasks.boom.s())
    made.link(lab.tasks.say.s())
    made.link_error(lab.tasks.say.si("failed"))
    return made.apply_async().results[:1]


@scenario("add 1 1", "add 2 2", "total [2, 4]", "say 6", results=["SUCCESS 6"])
def a_link_of_a_chord(lab: Lab):
    """
    The callback of a chord follows its body.
    """
    made = chord([lab.tasks.add.s(1, 1), lab.tasks.add.s(2, 2)], lab.tasks.total.s())
    return [made.apply_async(link=lab.tasks.say.s())]


@scenario(
    "boom",
    "add 1 1",
    "old errback of body",
    results=["""FAILURE ChordError("Dependency bad raised ZeroDivisionError('as it must')")"""],
)
def an_errback_of_a_chord(lab: Lab):
    """
    The errback of a body is told when a member of the header fails.
    """
    body = lab.tasks.total.s().set(task_id=lab.id("body"))
    body.link_error(lab.tasks.old_errback.s())
    header = [lab.tasks.boom.s().set(task_id=lab.id("bad")), lab.tasks.add.s(1, 1)]
    return [chord(header, body).apply_async()]


@scenario(
    "boom",
    "add 1 1",
    """new errback of body: ChordError("Dependency bad raised ZeroDivisionError('as it must')")""",
    results=["""FAILURE ChordError("Dependency bad raised ZeroDivisionError('as it must')")"""],
)
def an_errback_of_the_new_style_of_a_chord(lab: Lab):
    """
    One of the new style is called with the error of the chord.
    """
    body = lab.tasks.total.s().set(task_id=lab.id("body"))
    body.link_error(lab.tasks.new_errback.s())
    header = [lab.tasks.boom.s().set(task_id=lab.id("bad")), lab.tasks.add.s(1, 1)]
    return [chord(header, body).apply_async()]
