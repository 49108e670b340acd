"""
How a task may end.
"""

from tests.fidelity.scenario import Lab, scenario


@scenario("boom", "say next", results=["FAILURE ZeroDivisionError('as it must')"])
def an_error(lab: Lab):
    """
    The error of a task is its result, and the next task is run.
    """
    result = lab.tasks.boom.delay()
    lab.tasks.say.delay("next")
    return [result]


@scenario("expected", results=["FAILURE KeyError('known')"])
def an_expected_error(lab: Lab):
    """
    An error that was to be expected is an error.
    """
    return [lab.tasks.expected.delay()]


@scenario(
    "fails strangely",
    results=["""FAILURE NotOnlyTextError('code', "{'a': <class 'object'>}")"""],
)
def an_error_that_json_cannot_carry(lab: Lab):
    """
    What cannot be carried of an error comes as text.
    """
    return [lab.tasks.fails_strangely.delay()]


@scenario(
    "unserialisable",
    results=[
        """FAILURE EncodeError("TypeError('Object of type object is not JSON serializable')")""",
    ],
)
def a_result_that_json_cannot_carry(lab: Lab):
    """
    A task whose result cannot be kept has failed.
    """
    return [lab.tasks.unserialisable.delay()]


@scenario("ignored", results=["PENDING"])
def ignored_by_the_task(lab: Lab):
    """
    A task that raises Ignore has no state.
    """
    return [lab.tasks.ignored.delay()]


@scenario("halfway", results=["HALFWAY {'done': 50}"])
def a_state_of_ones_own(lab: Lab):
    """
    A task may leave a state of its own.
    """
    return [lab.tasks.halfway.delay()]


@scenario("rejected False", "rejected True", results=["SUCCESS 'taken'"])
def rejected_once(lab: Lab):
    """
    A message that is given back is delivered again, and says so.
    """
    return [lab.tasks.rejected.delay(requeue=True)]


@scenario("rejected False", "say next")
def rejected_for_good(lab: Lab):
    """
    A message that is thrown away does not come again.
    """
    lab.tasks.rejected.delay(requeue=False)
    lab.tasks.say.delay("next")
    return []


@scenario("rejected False", "say next", "rejected True", results=["SUCCESS 'taken'"])
def rejected_behind_others(lab: Lab):
    """
    Where a message that is given back is delivered again, with others waiting.
    """
    result = lab.tasks.rejected.delay(requeue=True)
    lab.tasks.say.delay("next")
    return [result]
