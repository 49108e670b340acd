"""
What is said beside the arguments: ids, headers, stamps, priorities, queues, ignored results.
"""

from celerykit import call
from tests.fidelity.scenario import Lab, scenario


@scenario("family own None own", results=["SUCCESS 'own'"])
def an_id_of_ones_own(lab: Lab):
    """
    A task runs under the id that it was sent with.
    """
    return [lab.tasks.family.apply_async(task_id=lab.id("own"))]


@scenario("request {'shadow': 'other', 'retries': 0, 'tenant': 'acme'}", results=["SUCCESS"])
def headers_and_a_shadow(lab: Lab):
    """
    A task sees its headers, and the name that it is shown by.
    """
    names = ("shadow", "retries", "tenant")
    return [lab.tasks.request.apply_async(names, headers={"tenant": "acme"}, shadow="other")]


@scenario(
    "request {'argsrepr': '(1)', 'kwargsrepr': '{2}', 'ignore_result': False}",
    results=["SUCCESS"],
)
def arguments_shown_otherwise(lab: Lab):
    """
    A task sees in what form its arguments are shown.
    """
    names = ("argsrepr", "kwargsrepr", "ignore_result")
    return [lab.tasks.request.apply_async(names, argsrepr="(1)", kwargsrepr="{2}")]


@scenario("request {'timelimit': [9, 8]}", results=["SUCCESS"])
def limits_are_known_to_the_task(lab: Lab):
    """
    A task sees its own time limits.
    """
    return [lab.tasks.request.apply_async(("timelimit",), time_limit=9, soft_time_limit=8)]


@scenario("not limited", results=["SUCCESS 'in time'"])
def a_soft_time_limit(lab: Lab):
    """
    Only a worker of processes tells a task that it takes too long.
    """
    return [lab.tasks.limited.apply_async(soft_time_limit=0.05)]


@scenario("add 1 2", "silent 1", "silent 2", results=["PENDING", "PENDING", "SUCCESS 2"])
def ignored_results(lab: Lab):
    """
    No result is kept of a call, or a task, that ignores it; a call may keep one all the same.
    """
    sent = [
        lab.tasks.add.apply_async((1, 2), ignore_result=True),
        lab.tasks.silent.delay(1),
        lab.tasks.silent.apply_async((2,), ignore_result=False),
    ]
    return [lab.app.AsyncResult(each.id) for each in sent]


@scenario("stamped {'tenant': 'acme'}", "stamped {'tenant': 'acme'}", results=["SUCCESS"])
def stamps_go_along_a_chain(lab: Lab):
    """
    The stamp of a chain is the stamp of each of its tasks.
    """
    chain = lab.tasks.stamped.s() | lab.tasks.stamped.s()
    chain.stamp(tenant="acme")
    return [chain.apply_async()]


@scenario("stamped {'tenant': 'acme'}", results=["SUCCESS"])
def a_stamp_of_a_call(lab: Lab):
    """
    A call's stamp comes as it was written.
    """
    return [call(lab.tasks.stamped).stamp(tenant="acme").send().async_result]


@scenario("say first", "say 0", "say None", "say 3", "say 4", "say 6", "say 9")
def priorities_of_what_waits(lab: Lab):
    """
    Redis gives out what is most urgent first, 0 before 9, the older one of the same step first.
    """
    lab.tasks.say.apply_async(("first",), priority=0)  # a worker of processes takes one ahead
    for priority in (9, 6, 3, 4, 0, None):
        lab.tasks.say.apply_async((str(priority),), priority=priority)
    return []


@scenario("say b1", "say a1", "say b2", "say a2")
def two_queues(lab: Lab):
    """
    A worker that reads two queues takes turns.
    """
    for word in ("a1", "a2"):
        lab.tasks.say.delay(word)
    for word in ("b1", "b2"):
        lab.tasks.say.apply_async((word,), queue=lab.app.conf.other_queue)
    return []


@scenario("say 1", "say 2", "say 3", "say 4", results=["SUCCESS 4"])
def first_come_first_served(lab: Lab):
    """
    What has neither priority nor eta is run in the order in which it was sent.
    """
    return [lab.tasks.say.delay(number) for number in (1, 2, 3, 4)][-1:]


@scenario("kinds (1,) {}", results=["SUCCESS [1]"])
def a_compressed_body(lab: Lab):
    """
    A body that is compressed, in a serializer of the call's own, comes as it was.
    """
    return [lab.tasks.kinds.apply_async((1,), compression="zlib", serializer="json")]
