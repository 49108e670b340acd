"""
Tasks that are run again, by their own wish or by Celery's.
"""

from celery import chord

from tests.fidelity.scenario import Lab, scenario


@scenario("try 0", "try 1", "try 2", results=["SUCCESS 'done'"])
def retries_until_it_works(lab: Lab):
    """
    A task is run again as often as it asks.
    """
    return [lab.tasks.retried.delay(2)]


@scenario("try 0", "say other", "try 1", results=["SUCCESS 'done'"])
def a_retry_goes_to_the_end(lab: Lab):
    """
    A task that is run again at once waits behind what waits already.
    """
    result = lab.tasks.retried.delay(1)
    lab.tasks.say.delay("other")
    return [result]


@scenario(
    "try 0",
    "try 1",
    results=[
        'FAILURE MaxRetriesExceededError("Can\'t retry fidelity.gives_up[own] args:() kwargs:{}")'
    ],
)
def retries_come_to_an_end(lab: Lab):
    """
    A task may ask no more often than its limit says.
    """
    return [lab.tasks.gives_up.apply_async(task_id=lab.id("own"))]


@scenario("try 0", "try 1", results=["FAILURE LookupError('mine')"])
def an_error_of_ones_own_after_the_last_retry(lab: Lab):
    """
    After the last retry the error is the one that the task named.
    """
    return [lab.tasks.gives_up.delay("mine")]


@scenario("try 1 0", "try 2 10", "try 3 20", results=["SUCCESS 23"])
def a_retry_with_other_arguments(lab: Lab):
    """
    A task may be run again with other arguments.
    """
    return [lab.tasks.retried_otherwise.delay(1)]


@scenario("try 0", "try 1", "try 2", results=["SUCCESS 'done'"])
def autoretry(lab: Lab):
    """
    Celery runs a task again after an error that it was told of.
    """
    return [lab.tasks.autoretried.delay(2)]


@scenario("try 0", "try 1", "try 2", results=["FAILURE KeyError(9)"])
def autoretry_comes_to_an_end(lab: Lab):
    """
    After the last one the error stays.
    """
    return [lab.tasks.autoretried.delay(9)]


@scenario("try 0", results=["FAILURE KeyError('final')"])
def an_error_without_autoretry(lab: Lab):
    """
    An error that Celery was told to leave is final.
    """
    return [lab.tasks.not_autoretried.delay()]


@scenario("try 0", "try 1", "say done", results=["SUCCESS 'done'"])
def a_link_after_retries(lab: Lab):
    """
    A callback follows once, when the task has succeeded.
    """
    return [lab.tasks.retried.apply_async((1,), link=lab.tasks.say.s())]


@scenario("try 0", "try 1", "old errback of own", results=["FAILURE LookupError('mine')"])
def an_errback_after_retries(lab: Lab):
    """
    An errback follows once, when the task has failed for good.
    """
    errback = lab.tasks.old_errback.s()
    own = lab.id("own")
    return [lab.tasks.gives_up.apply_async(("mine",), link_error=errback, task_id=own)]


@scenario("try 0", "try 1", "add 5 1", results=["SUCCESS 6"])
def a_retry_in_a_chain(lab: Lab):
    """
    The chain goes on after the retry.
    """
    return [(lab.tasks.retried.s(1, 5) | lab.tasks.add.s(1)).apply_async()]


@scenario("try 0", "add 1 1", "try 1", "total [5, 2]", results=["SUCCESS 7"])
def a_retry_in_a_chord(lab: Lab):
    """
    The body waits for the member that is run again.
    """
    header = [lab.tasks.retried.s(1, 5), lab.tasks.add.s(1, 1)]
    return [chord(header, lab.tasks.total.s()).apply_async()]


@scenario(
    "before_start",
    "handled success",
    "on_success",
    "after_return SUCCESS",
    "before_start",
    "handled failure",
    "on_failure LookupError('failure')",
    "after_return FAILURE",
    results=["SUCCESS 'success'", "FAILURE LookupError('failure')"],
)
def handlers_of_a_task(lab: Lab):
    """
    A task's own handlers are called around it.
    """
    return [lab.tasks.handled.delay("success"), lab.tasks.handled.delay("failure")]


@scenario(
    "before_start",
    "handled retry",
    "on_retry",
    "before_start",
    "handled retry",
    "on_failure LookupError('mine')",
    "after_return FAILURE",
)
def handlers_of_a_retry(lab: Lab):
    """
    A retry is no end.
    """
    lab.tasks.handled.delay("retry")
    return []
