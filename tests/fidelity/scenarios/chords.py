"""
A task that takes what a whole group returned.
"""

from celery import chain, chord, group

from tests.fidelity.scenario import Lab, scenario


@scenario("add 1 1", "add 2 2", "total [2, 4]", results=["SUCCESS 6"])
def a_chord(lab: Lab):
    """
    The body takes what the header returned, in its order.
    """
    add = lab.tasks.add
    return [chord([add.s(1, 1), add.s(2, 2)], lab.tasks.total.s()).apply_async()]


@scenario("add 1 1", "total [2]", results=["SUCCESS 2"])
def a_chord_of_one(lab: Lab):
    """
    A header may have one member.
    """
    return [chord([lab.tasks.add.s(1, 1)], lab.tasks.total.s()).apply_async()]


@scenario("total []", results=["SUCCESS 0"])
def a_chord_of_none(lab: Lab):
    """
    A header may have no member.
    """
    return [chord([], lab.tasks.total.s()).apply_async()]


@scenario("add 1 1", "add 2 2", "add 3 3", "total [2, 4]", "total [6, 6]", results=["SUCCESS 12"])
def a_chord_of_chords(lab: Lab):
    """
    A chord may be a member of a header.
    """
    add, total = lab.tasks.add, lab.tasks.total
    inner = chord([add.s(1, 1), add.s(2, 2)], total.s())
    return [chord([inner, add.s(3, 3)], total.s()).apply_async()]


@scenario("add 1 1", "add 2 2", "total [2]", "total [4]", "total [2, 4]", results=["SUCCESS 6"])
def chords_of_chords_of_one(lab: Lab):
    """
    Each member of a header may be a chord.
    """
    add, total = lab.tasks.add, lab.tasks.total
    header = [chord([add.s(1, 1)], total.s()), chord([add.s(2, 2)], total.s())]
    return [chord(header, total.s()).apply_async()]


@scenario("add 1 1", "add 2 2", "add 2 10", "total [12, 4]", results=["SUCCESS 16"])
def chains_in_a_header(lab: Lab):
    """
    The body waits for the last task of each chain.
    """
    add = lab.tasks.add
    return [chord([add.s(1, 1) | add.s(10), add.s(2, 2)], lab.tasks.total.s()).apply_async()]


@scenario("add 1 1", "add 2 1", "add 2 2", "spread [[3, 4]]", results=["SUCCESS 7"])
def a_group_in_a_chain_in_a_chord(lab: Lab):
    """
    A chain of a header may end in a group.
    """
    add = lab.tasks.add
    header = [add.s(1, 1) | group(add.s(1), add.s(2))]
    return [chord(header, lab.tasks.spread.s()).apply_async()]


@scenario("add 1 1", "add 3 3", "add 2 2", "total [2, 6, 4]", results=["SUCCESS 12"])
def a_group_in_a_header(lab: Lab):
    """
    The members of a group in a header are members of the header, after the others.
    """
    add = lab.tasks.add
    header = group(add.s(1, 1), group(add.s(2, 2), add.s(3, 3)))
    return [chord(header, lab.tasks.total.s()).apply_async()]


@scenario("add 1 1", "add 2 2", "total [2, 4]", "add 6 1", results=["SUCCESS 7"])
def a_chain_as_a_body(lab: Lab):
    """
    A body may be a chain.
    """
    add = lab.tasks.add
    body = chain(lab.tasks.total.s(), add.s(1))
    return [chord([add.s(1, 1), add.s(2, 2)], body).apply_async()]


@scenario("add 1 1", "total [2]", "say [2]", results=["SUCCESS 2", "SUCCESS [2]"])
def a_group_as_a_body(lab: Lab):
    """
    A body may be a group, each of whose members takes what the header returned.
    """
    body = group(lab.tasks.total.s(), lab.tasks.say.s())
    return [chord([lab.tasks.add.s(1, 1)], body).apply_async()]


@scenario("add 1 1", "add 2 2", "total [2, 4]", "add 6 1", "say 7", results=["SUCCESS 7"])
def a_group_of_one_in_a_body(lab: Lab):
    """
    A group of one, on the way, is its member.
    """
    add, total = lab.tasks.add, lab.tasks.total
    body = total.s() | group(add.s(1)) | lab.tasks.say.s()
    return [chord([add.s(1, 1), add.s(2, 2)], body).apply_async()]


@scenario("add 1 1", "add 2 2", "say alone", results=["SUCCESS 'alone'"])
def an_immutable_body(lab: Lab):
    """
    An immutable body waits for the header, and takes nothing of it.
    """
    add = lab.tasks.add
    return [chord([add.s(1, 1), add.s(2, 2)], lab.tasks.say.si("alone")).apply_async()]


@scenario(
    "boom",
    "add 1 1",
    results=["""FAILURE ChordError("Dependency bad raised ZeroDivisionError('as it must')")"""],
)
def an_error_in_a_header(lab: Lab):
    """
    The body is not run, and its result says which member failed.
    """
    header = [lab.tasks.boom.s().set(task_id=lab.id("bad")), lab.tasks.add.s(1, 1)]
    return [chord(header, lab.tasks.total.s()).apply_async()]


@scenario("add 1 1", "boom", results=["FAILURE ZeroDivisionError('as it must')"])
def an_error_in_a_body(lab: Lab):
    """
    The error of a body is its own.
    """
    return [chord([lab.tasks.add.s(1, 1)], lab.tasks.boom.s()).apply_async()]


@scenario("boom", "add 3 3", results=["PENDING"])
def an_error_in_a_chord_of_chords(lab: Lab):
    """
    An error does not go up through the bodies: Celery leaves the outer one for ever.
    """
    tasks = lab.tasks
    inner = chord([tasks.boom.s().set(task_id=lab.id("bad"))], tasks.total.s())
    body = tasks.total.s()
    return [chord([inner, tasks.add.s(3, 3)], body).apply_async()]


@scenario("conducts", "add 1 1", "add 2 2", "total [2, 4]", results=["SUCCESS"])
def a_chord_sent_by_a_task(lab: Lab):
    """
    A task may send a chord.
    """
    return [lab.tasks.conducts.delay()]


@scenario("added", "add 1 1", "add 5 5", "sorted [1, 2, 10]", results=["SUCCESS 13"])
def a_member_that_adds_another(lab: Lab):
    """
    A member may add one more to the header that it is in.
    """
    header = [lab.tasks.added.s(), lab.tasks.add.s(1, 1)]
    return [chord(header, lab.tasks.total_sorted.s()).apply_async()]


@scenario("add 1 1", "silent 2", "total [2, 2]", results=["SUCCESS 4"])
def an_ignored_result_in_a_header(lab: Lab):
    """
    A member whose result is not kept counts all the same.
    """
    header = [lab.tasks.add.s(1, 1), lab.tasks.silent.s(2)]
    return [chord(header, lab.tasks.total.s()).apply_async()]


@scenario("boom", "add 2 2", results=["PENDING"])
def an_error_before_a_group_in_a_header(lab: Lab):
    """
    The body of a chain whose end is a group never comes, and its result neither.
    """
    add, boom = lab.tasks.add, lab.tasks.boom
    header = [boom.s() | group(add.s(1), add.s(2)), add.s(2, 2)]
    return [chord(header, lab.tasks.spread.s()).apply_async()]


@scenario("boom", "add 1 1", "add 2 2", "say [2, 4]", "say nothing")
def an_error_in_one_of_two_chords(lab: Lab):
    """
    The other is not touched.
    """
    tasks = lab.tasks
    chord([tasks.boom.s()], tasks.total.s()).apply_async()
    chord([tasks.add.s(1, 1), tasks.add.s(2, 2)], tasks.say.s()).apply_async(link=tasks.say.si())
    return []


@scenario("add 1 1", "add 2 2", "total [2, 4]", "add 6 1", "add 6 2", "total [7, 8]", "say 15")
def a_chord_after_a_chord(lab: Lab):
    """
    Chords may follow each other in a chain.
    """
    add, total = lab.tasks.add, lab.tasks.total
    second = chord([add.s(1), add.s(2)], total.s())
    made = chain(chord([add.s(1, 1), add.s(2, 2)], total.s()), second, lab.tasks.say.s())
    made.apply_async()
    return []


@scenario(
    *("add 1 1", "add 2 1", "boom"),
    results=["""FAILURE ChordError("Join error: ZeroDivisionError('as it must')")"""],
)
def an_error_in_a_group_in_a_chain_in_a_chord(lab: Lab):
    """
    The error of a member of the group is the one of the chord.
    """
    add = lab.tasks.add
    header = [add.s(1, 1) | group(add.s(1), lab.tasks.boom.s())]
    return [chord(header, lab.tasks.spread.s()).apply_async()]


@scenario("add 1 1", "add 2 2", "total [2, 4]", results=["SUCCESS 6"])
def a_chord_of_a_generator(lab: Lab):
    """
    A header may be made while it is sent.
    """
    add = lab.tasks.add
    return [chord((add.s(n, n) for n in (1, 2)), lab.tasks.total.s()).apply_async()]
